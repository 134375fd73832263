"""The audit is green for the site as it is, and red for whatever is not declared."""

import shutil
import sys
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from monographs.models import State, Topic
from peptidesite.consent import middleware
from tests.consent_site import add_service, publish

from .conftest import CHROMIUM, MISSING
from .planted_site import planted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason=MISSING),
]


@pytest.fixture
def audit(live_server, settings):
    """Run the command on some paths, or on the whole site; return (its output, its error)."""
    settings.SITE_URL = live_server.url

    def run(out, errors, paths):
        try:
            call_command("audit_cookies", *(live_server.url + path for path in paths), stdout=out)
        except CommandError as error:
            errors.append(str(error))
        finally:
            connection.close()

    def audit(*paths):
        # Playwright has a loop in the tests' thread already.
        out, errors = StringIO(), []
        thread = threading.Thread(target=run, args=[out, errors, paths])
        thread.start()
        thread.join()
        return out.getvalue(), (errors or [None])[0]

    return audit


@pytest.fixture
def plant(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.browser.planted_site"

    def plant(**what):
        for name, value in what.items():
            monkeypatch.setitem(planted, name, value)

    return plant


def test_every_public_page_of_the_site_is_as_declared(audit, make_revision):
    live = make_revision(State.SUPERSEDED)
    live.topics.add(Topic.objects.create(name="Immunology", slug="immunology"))

    out, error = audit()

    assert error is None, out
    *lines, pages, end = out.splitlines()
    plain = ["no choice", "refused", "granted", "withdrawn"]
    states = [line.split("  ")[0] for line in lines[1:]]
    assert states == [*plain, *(f"{state}, with GPC" for state in plain)]
    page = "/monographs/thymosin-alpha-1/"
    assert set(pages.removeprefix("The pages: ").split()) == {
        *(
            "/",
            "/monographs/",
            "/contact/",
            "/newsletter/",
            "/search/",
            "/cookies/",
            "/cookies/v/1/",
        ),
        *(
            "/topics/immunology/",
            page,
            f"{page}versions/",
            f"{page}versions/1/",
            f"{page}versions/2/",
        ),
    }
    assert end == "All is as policy 1 declares."


# What the page takes back by itself is planted again, as a careless script would.
PLANTED = """
    document.cookie = "_spy=1; path=/";
    localStorage.setItem("spy", 1);
    sessionStorage.setItem("spy", 1);
    indexedDB.open("spy");
    caches.open("spy");
    new Image().src = "https://image.example/x";
    fetch("https://fetch.example/x").catch(() => {});
    setInterval(() => document.cookie = "campaign=1; path=/", 50);
"""
UNDECLARED = [
    "cookie _spy of localhost",
    "cookie _hidden of localhost",
    "local spy of http://localhost",
    "session spy of http://localhost",
    "indexed spy of http://localhost",
    "cache spy of http://localhost",
    "request https://image.example of https://image.example",
    "request https://fetch.example of https://fetch.example",
    "request https://frame.example of https://frame.example",
]


def test_each_thing_that_is_planted_is_named_with_its_page_and_origin(audit, plant, monkeypatch):
    # As a proxy in front would set it, past the site's own gate.
    monkeypatch.setattr(middleware, "_keep_what_is_declared", lambda *_: None)
    frame = '<iframe src="https://frame.example/embed" title="A film"></iframe>'
    plant(script=PLANTED, cookie="_hidden", markup=frame)

    out, error = audit("/planted/")

    before_a_choice = out.partition("\nrefused")[0]
    for thing in UNDECLARED:
        assert f"/planted/: {thing}" in before_a_choice
    assert out.count("declared by no service: declare it at the desk, or remove it") == 8 * 9
    early = "cookie campaign of localhost: declared for marketing, which is not allowed here"
    assert f"/planted/: {early}" in before_a_choice
    assert early not in out.partition("\ngranted")[2].partition("\nwithdrawn")[0]
    assert early in out.partition("\nwithdrawn")[2]
    # In each of eight states, but for the early one in six, and for what never showed in two.
    assert error == f"{8 * 9 + 6 + 2} differences from policy 1."


def test_what_is_declared_and_never_shows_is_found(audit, privacy_editor):
    never = "https://never.example"
    add_service(slug="past", name="Past service", origins=never, declared=["_past"])
    publish(privacy_editor, news="A service.")

    out, error = audit("/")

    assert "every page: cookie _past: Past service declares it, and it never showed" in out
    assert "every page: request https://never.example: Past service declares it" in out
    assert error.endswith("differences from policy 2.")


def test_where_the_site_does_not_answer_it_says_so(audit, settings):
    _, error = audit("/nothing/")

    assert "/nothing/" in error
    assert "answered 404. Is the site running" in error


def test_without_chromium_it_says_how_to_install_it(monkeypatch, db):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(CommandError, match="apt-get install chromium"):
        call_command("audit_cookies")


def test_without_playwright_it_says_how_to_install_it(monkeypatch, db):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)

    with pytest.raises(CommandError, match=r"pip install -r requirements-dev\.txt"):
        call_command("audit_cookies")
