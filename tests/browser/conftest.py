import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from peptidesite.consent.audit.browsing import chromium

CHROMIUM = chromium()
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "Chromium is not installed: apt-get install chromium"


@pytest.fixture(scope="session")
def playwright():
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, where Django refuses its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield playwright


def launched(playwright, program):
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)

    browser = playwright.chromium.launch(
        executable_path=program,
        args=ARGUMENTS,
        # A visitor's browser has the back/forward cache, so the tests have it too.
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser(playwright):
    yield from launched(playwright, CHROMIUM)


@pytest.fixture(scope="session")
def browser_with_history(playwright):
    """The one without windows keeps no pages to go back to."""
    yield from launched(playwright, shutil.which("chromium"))


def opener(browser, live_server):
    contexts = []

    def open_page(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(5_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(browser, live_server):
    """Open a page in a new visitor's browser; takes the options of `new_context`."""
    yield from opener(browser, live_server)


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def page_with_history(browser_with_history, live_server):
    for open_page in opener(browser_with_history, live_server):
        yield open_page()
