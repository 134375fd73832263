from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone


def editor_time_zone(get_response):
    """Show and take times at the desk in the time zone of the person who is signed in.

    Public pages are the same for everyone, so there it does not look who is there.
    """

    def middleware(request):
        if not request.path.startswith(settings.DESK) or not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(zone_of(request.user)):
            return get_response(request)

    return middleware


def zone_of(user):
    """Return the user's time zone (tzinfo), the site's where none is set or known."""
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
