"""Telling an editor who else has the same draft open."""

from datetime import UTC

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from monographs import presence


class PresencePages:
    """What the page of a draft sends while it is open, and when it is left."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/here/", view(self.here_view), name="monographs_revision_here"),
            path("<int:pk>/left/", view(self.left_view), name="monographs_revision_left"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def here_view(self, request, pk):
        revision = self._revision(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {"revision": revision, **presence_context(revision, request.user)}
        return render(request, "admin/monographs/revision/_presence.html", context)

    @method_decorator(require_POST)
    def left_view(self, request, pk):
        seen_at = _time(request.POST.get("seen", ""))
        if seen_at:
            presence.leave(self._revision(request, pk), request.user, seen_at)
        return HttpResponse(status=204)


def presence_context(revision, person):
    """Note that the person has the draft open, and return what its page shows of the others."""
    if revision.is_frozen:
        return {"others_here": []}
    return {
        "seen_at": presence.enter(revision, person),
        "others_here": presence.others(revision, person),
    }


def _time(value):
    try:
        time = parse_datetime(value)
        return time.astimezone(UTC) if time and time.tzinfo else None
    except (ValueError, OverflowError):
        return None
