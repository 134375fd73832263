"""Text size, colours and what was read last: for the page at hand, or kept if allowed."""

import pytest
from playwright.sync_api import expect

from monographs.models import State

from .consent_page import banner, choose
from .test_consent_services import kept

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/monographs/thymosin-alpha-1/"


@pytest.fixture(autouse=True)
def live(make_revision):
    return make_revision(State.PUBLISHED)


def pick(page, *labels):
    page.locator(".reading summary").click()
    for label in labels:
        page.get_by_label(label, exact=True).check()


def look(page):
    """Return what size letters have, in pixels, and which colour the paper."""
    return page.evaluate(
        "[parseFloat(getComputedStyle(document.documentElement).fontSize),"
        " getComputedStyle(document.body).backgroundColor]"
    )


def test_without_consent_they_work_for_the_page_at_hand_and_are_forgotten(page):
    page.goto("/")
    choose(page, "Reject all")
    size, paper = look(page)

    pick(page, "Larger", "Dark")

    assert look(page)[0] > 1.3 * size
    assert look(page)[1] != paper
    page.goto(PAGE, wait_until="networkidle")
    assert look(page) == [size, paper]
    assert kept(page) == set()


def test_with_consent_they_are_there_on_the_next_page_from_its_first_paint(page):
    page.goto("/")
    size, paper = look(page)
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    pick(page, "Large", "Dark")
    page.context.route(
        "**/*.js",
        lambda route: route.abort() if "personal" in route.request.url else route.continue_(),
    )

    page.goto(PAGE, wait_until="networkidle")

    assert look(page)[0] > 1.1 * size
    assert look(page)[1] != paper
    expect(page.get_by_label("Large", exact=True)).to_be_checked()


def test_what_was_set_before_the_grant_is_kept_with_it(page):
    page.goto("/")
    pick(page, "Large")
    choose(page, "Accept all")
    page.wait_for_function("() => localStorage.getItem('reading')")

    page.goto(PAGE)

    assert page.locator("html").get_attribute("data-size") == "large"


def test_what_was_read_last_is_on_the_home_page(page):
    page.goto(PAGE)
    choose(page, "Accept all")
    page.wait_for_function("() => localStorage.getItem('recently-read')")

    page.goto("/")

    recently = page.get_by_role("region", name="Recently read")
    expect(recently.get_by_role("link")).to_have_text(["Thymosin Alpha-1"])
    recently.get_by_role("link").click()
    expect(page).to_have_title("Thymosin Alpha-1 – Peptidesite")


def test_a_page_that_is_not_there_was_not_read(page):
    page.goto("/")
    choose(page, "Accept all")
    page.goto("/monographs/nothing/", wait_until="networkidle")

    assert "recently-read" not in kept(page)


def test_what_is_kept_is_gone_with_the_consent(page):
    page.goto(PAGE)
    choose(page, "Accept all")
    pick(page, "Large")
    page.wait_for_function("() => localStorage.length === 2")
    page.goto("/cookies/")

    page.locator("main").get_by_role("button", name="Reject all").click()
    expect(page.get_by_text("You have refused all optional cookies")).to_be_visible()
    page.wait_for_function("() => localStorage.length === 0")
    page.goto("/", wait_until="networkidle")

    assert kept(page) == set()
    assert page.get_by_role("region", name="Recently read").count() == 0
    assert page.locator("html").get_attribute("data-size") is None


@pytest.mark.parametrize(
    "stored",
    ["", "null", "7", "{}", '[null, 7, {"path": "//x.example/"}, {"path": "/monographs/a/"}]'],
)
def test_odd_things_in_the_storage_are_no_error(stored, page):
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto("/")
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    page.evaluate(
        "(text) => ['reading', 'recently-read'].forEach((name) => (localStorage[name] = text))",
        stored,
    )

    page.goto("/", wait_until="networkidle")

    assert errors == []
    assert page.locator("a[href*='x.example']").count() == 0


def test_without_script_there_is_nothing_that_would_not_work(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/")

    expect(page.locator(".reading summary")).to_be_hidden()


def test_the_keyboard_opens_and_closes_it(page):
    page.goto(PAGE)
    page.locator(".reading summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Larger", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.locator("html").get_attribute("data-size") == "large"

    page.keyboard.press("Escape")

    expect(page.get_by_label("Larger", exact=True)).to_be_hidden()
    expect(page.locator(".reading summary")).to_be_focused()


def test_it_prints_on_white_paper(page):
    page.goto(PAGE)
    pick(page, "Dark")

    page.emulate_media(media="print")

    assert look(page)[1] == "rgb(255, 255, 255)"
