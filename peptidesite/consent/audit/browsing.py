"""A visitor in headless Chromium, who opens pages, uses what is on them, and is watched."""

import os
import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

from .findings import COOKIE, REQUEST, Found

# The one without windows does the same in half the time.
PROGRAMS = ("chromium-headless-shell", "chromium")
CAMPAIGN = "?utm_source=audit&utm_medium=audit&utm_campaign=audit"
TIMEOUT = 15_000  # milliseconds
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# What a page may not even ask for is a request, too.
WATCH = """
    window.blockedByPolicy = [];
    addEventListener("securitypolicyviolation", (event) => {
      window.blockedByPolicy.push(event.blockedURI);
    });
"""
SEND_GPC = 'Object.defineProperty(navigator, "globalPrivacyControl", { value: true });'

# Whatever a reader can set without sending it, is set.
USE = """
    for (const control of document.querySelectorAll("form:not([method=post]) input[type=radio]"))
      control.click();
"""
LOOK = """async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    indexed: (await indexedDB.databases()).map((database) => database.name),
    cache: await caches.keys(),
    worker: (await navigator.serviceWorker.getRegistrations()).map((worker) => worker.scope),
    blocked: window.blockedByPolicy,
    links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
})"""


def chromium():
    """Return the path (str) of Chromium, None if it is not there; CHROMIUM may name one."""
    found = [os.environ.get("CHROMIUM"), *map(shutil.which, PROGRAMS)]
    return next(filter(None, found), None)


class PageFailed(Exception):
    """A page could not be opened."""


class Visitor:
    """A browser profile of its own; `seen` is {Found: the page (str) where it first showed}."""

    def __init__(self, browser, *, gpc):
        headers = {"Sec-GPC": "1"} if gpc else {}
        self.context = browser.new_context(extra_http_headers=headers)
        self.context.set_default_timeout(TIMEOUT)
        self.context.add_init_script(WATCH + (SEND_GPC if gpc else ""))
        self.context.on("request", lambda request: self._note_request(request.url))
        self.page = self.context.new_page()
        self.address = ""
        self.seen = {}

    def begin(self, address):
        """Begin to open a page (its URL, a str) by a campaign's link. Raises PageFailed."""
        self.address = address
        self.response = self._goto(address + CAMPAIGN, "commit")

    def look(self):
        """Wait for the page that was begun, use it, and note what it leaves.

        Returns the URLs that it links to, None if it is no HTML. Raises PageFailed.
        """
        if "text/html" not in self.response.headers.get("content-type", ""):
            return None
        self.wait()
        self.page.evaluate(USE)
        self.wait()
        looked = self.page.evaluate(LOOK)
        for kind in ("local", "session", "indexed", "cache", "worker"):
            for name in looked[kind]:
                self._note(Found(kind, name, _origin(self.address)))
        for blocked in looked["blocked"]:
            self._note_request(blocked)
        for cookie in self.context.cookies():
            self._note(Found(COOKIE, cookie["name"], cookie["domain"], cookie["path"]))
        return looked["links"]

    def choose(self, preferences, choice):
        """Press accept or reject on the preferences page (its URL). Raises PageFailed."""
        self.address = preferences
        self._goto(preferences, "domcontentloaded")
        with self._failing(), self.page.expect_navigation(wait_until="commit"):
            self.page.click(f"main button[name=choice][value={choice}]")

    def wait(self):
        """Wait until nothing more is asked for. Raises PageFailed."""
        with self._failing():
            self.page.wait_for_load_state("networkidle")

    def forget(self):
        """Begin to note anew."""
        self.seen = {}

    def close(self):
        self.context.close()

    def _goto(self, address, until):
        with self._failing():
            response = self.page.goto(address, wait_until=until)
        if response.status >= 400:
            raise PageFailed(f"{address} answered {response.status}.")
        return response

    @contextmanager
    def _failing(self):
        from playwright.sync_api import Error

        try:
            yield
        except Error as error:
            raise PageFailed(f"{self.address}: {str(error).splitlines()[0]}") from error

    def _note_request(self, address):
        # Such as data: and blob:, which leave the browser for nowhere.
        if urlsplit(address).netloc and _origin(address) != _origin(self.address):
            self._note(Found(REQUEST, _origin(address), _origin(address)))

    def _note(self, found):
        self.seen.setdefault(found, urlsplit(self.address).path)


def _origin(address):
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
