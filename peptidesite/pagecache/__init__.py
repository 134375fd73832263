"""Public pages in front of Django: who asks for one that was rendered gets its bytes.

It knows neither what the pages are about nor the database; it is told a number that grows when
something public changes. Pages of an earlier edition are then rendered anew, by one thread,
while the others serve the former page for a moment and wait after that.
"""

import logging
import threading
import time
from contextlib import closing

from .negotiation import encoding_for, has_it
from .pages import Page
from .stores import Disk, Memory

__all__ = ["Disk", "Memory", "PageCache"]

logger = logging.getLogger(__name__)

# Together with rendering, less than the second within which a change is to show.
SECONDS_KNOWN, SECONDS_OLD = 0.6, 0.1
# While a thread asks for the edition, the others go by what they know for so long, then wait.
SECONDS_SURE, SECONDS_FOR_AN_ANSWER = 0.8, 0.3
SECONDS_ALONE = 60
SECONDS_WAITED = 10
MOST_BYTES = 2_000_000  # of one page
# Browsers ask each time; a cache in front keeps a page for moments, and longer while it asks.
SHARED = "public, max-age=0, s-maxage=5, stale-while-revalidate=30"
NEVER = ("private", "no-store", "no-cache")


class PageCache:
    """Wraps a WSGI application.

    `edition` is called, at most once in SECONDS_KNOWN, for the number of the present edition:
    an int that grows when something public changes, the time of that in seconds since
    1970-01-01 UTC. It may raise; pages then stay as they are for SECONDS_ALONE. `memory` is a
    Memory and `disk` a Disk or None. `passes` are the paths (tuple of str) below which nothing
    is kept.
    """

    def __init__(self, application, *, edition, memory, disk=None, passes=()):
        self._application = application
        self._ask_edition = edition
        self._memory = memory
        self._disk = disk
        self._passes = passes
        self._edition = self._former_edition = None
        self._asked_at = self._told_at = self._changed_at = float("-inf")
        self._asking = threading.Lock()
        self._rendering = {}

    def __call__(self, environ, start_response):
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        edition = self._present_edition()
        if edition is None:
            return self._application(environ, start_response)
        page = self._memory.get(key)
        if page is None or page.edition != edition:
            page = self._from_disk(key, edition) or self._wait_or_render(
                environ, start_response, key, edition, page
            )
            if not isinstance(page, Page):
                return page
        return self._serve(page, key, environ, start_response)

    def _key(self, environ):
        """Return (scheme, host, path), None for a request whose answer is not to be kept."""
        path, host = environ["PATH_INFO"], environ.get("HTTP_HOST", "")
        # A page does not depend on how its host is spelled, and every spelling would be kept.
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or environ.get("QUERY_STRING")
            or path.startswith(self._passes)
            or host != host.lower()
        ):
            return None
        return environ["wsgi.url_scheme"], host, path

    def _present_edition(self):
        """Return the number of the edition, None if nobody knows it any more."""
        now = time.monotonic()
        if now - self._asked_at < SECONDS_KNOWN:
            is_old = now - self._told_at >= SECONDS_SURE
            if is_old and self._asking.acquire(timeout=SECONDS_FOR_AN_ANSWER):
                self._asking.release()
        elif self._asking.acquire(blocking=False):
            try:
                self._asked_at = now
                self._note(self._ask_edition(), now)
            except Exception:  # noqa: BLE001 - it is not for us to know what may go wrong there
                logger.exception("The number of the edition is not known.")
            finally:
                self._asking.release()
        return self._edition if now - self._told_at < SECONDS_ALONE else None

    def _note(self, edition, now):
        if edition != self._edition:
            self._former_edition, self._edition, self._changed_at = self._edition, edition, now
        self._told_at = now

    def _from_disk(self, key, edition):
        page = self._disk and self._disk.get(key, edition)
        if page:
            self._memory.put(key, page)
        return page

    def _wait_or_render(self, environ, start_response, key, edition, former):
        """Return the Page, or what the application answered where there is none to keep."""
        done = threading.Event()
        other = self._rendering.setdefault(key, done)
        if other is not done:
            if former and self._may_still_be_given(former):
                return former
            other.wait(SECONDS_WAITED)
            page = self._memory.get(key)
            if page and page.edition == edition:
                return page
            return self._application(environ, start_response)
        try:
            return self._render(environ, start_response, key, edition)
        finally:
            del self._rendering[key]
            done.set()

    def _may_still_be_given(self, page):
        """Say whether a page was of the present edition until a moment ago."""
        is_recent = time.monotonic() - self._changed_at < SECONDS_OLD
        return is_recent and page.edition == self._former_edition

    def _render(self, environ, start_response, key, edition):
        answered = []

        def note(status, headers, exc_info=None):
            answered[:] = [status, headers, exc_info]

        # A page is kept whole, so it is asked for whole.
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        asked = {**environ, "REQUEST_METHOD": "GET"} if is_head else environ
        response = self._application(asked, note)
        status, headers, exc_info = answered
        if not _may_be_kept(status, headers, response):
            start_response(status, [*headers, ("X-Cache", "miss")], exc_info)
            return response
        with closing(response):
            text = b"".join(response)
        page = Page.of(edition, _with_cache_control(headers), text)
        if len(text) <= MOST_BYTES:
            self._memory.put(key, page)
            if self._disk:
                self._disk.put(key, page)
        encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        etag, headers, not_modified, body = page.answer(encoding)
        answer = etag, _missed(headers), _missed(not_modified), body
        return _respond(environ, start_response, page, answer)

    def _serve(self, page, key, environ, start_response):
        encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        answer = page.answers.get(encoding)
        if answer is None:
            answer = page.answer(encoding)
            self._memory.put(key, page)
        return _respond(environ, start_response, page, answer)


def _respond(environ, start_response, page, answer):
    etag, headers, not_modified, body = answer
    if has_it(environ, etag, page.edition):
        start_response("304 Not Modified", not_modified)
        return []
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _may_be_kept(status, headers, response):
    names = {name.lower(): value.lower() for name, value in headers}
    return (
        status == "200 OK"
        and not getattr(response, "streaming", False)
        and "set-cookie" not in names
        and names.get("vary", "accept-encoding") == "accept-encoding"
        and "content-encoding" not in names
        and not any(word in names.get("cache-control", "") for word in NEVER)
    )


def _with_cache_control(headers):
    if any(name.lower() == "cache-control" for name, _ in headers):
        return headers
    return [*headers, ("Cache-Control", SHARED)]


def _missed(headers):
    return [(name, "miss" if name == "X-Cache" else value) for name, value in headers]
