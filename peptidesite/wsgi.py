import os
import shutil
import time
from datetime import datetime

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peptidesite.settings")


def utf8_only(application):
    """Refuse a request in another encoding before Django tries to read it.

    Some that Python knows are no encodings of text, and no view could answer their error.
    """

    def wrapped(environ, start_response):
        _, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if parameters.get("charset", "utf-8").lower() in ("utf-8", "utf8"):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Send the request in UTF-8.\n"]

    return wrapped


def cached(application):
    """Put the page cache in front, unless it is switched off."""
    from django.conf import settings
    from django.utils import timezone

    from peptidesite.edition.models import number
    from peptidesite.pagecache import Disk, Memory, PageCache

    if not settings.PAGE_CACHE_MB:
        return application
    # Templates and static files are those of this start, in all workers of a server.
    started = int(os.environ.get("STARTED_AT") or time.time())

    def edition():
        # A text whose review is overdue says so from midnight on.
        midnight = datetime.combine(timezone.localdate(), datetime.min.time())
        begun, changed = max(started, int(timezone.make_aware(midnight).timestamp())), number()
        # A change within the second in which all began anew comes after that.
        return changed + 1 if changed >= begun else begun

    # A server that was started earlier had other templates.
    pages = settings.DATA_DIR / "pages"
    for former in pages.glob("*"):
        if former.name != str(started):
            shutil.rmtree(former, ignore_errors=True)
    disk_bytes = settings.PAGE_CACHE_DISK_MB * 1_000_000
    return PageCache(
        application,
        edition=edition,
        memory=Memory(settings.PAGE_CACHE_MB * 1_000_000),
        disk=Disk(pages / str(started), disk_bytes) if disk_bytes else None,
        passes=(settings.STATIC_URL, settings.DESK),
    )


application = cached(utf8_only(get_wsgi_application()))
