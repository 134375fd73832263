"""Views are counted from the grant to its end, and not before or after."""

import pytest
from playwright.sync_api import expect

from monographs.models import State
from peptidesite.analytics.models import PageViews

from .consent_page import banner, choose

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/monographs/thymosin-alpha-1/"


@pytest.fixture(autouse=True)
def live(make_revision):
    return make_revision(State.PUBLISHED)


def counted():
    return {row.path: row.views for row in PageViews.objects.all()}


def is_remembered(page):
    return "visited" in {cookie["name"] for cookie in page.context.cookies()}


def allow(page):
    with page.expect_response("**/views/"):
        choose(page, "Accept all")


def test_nothing_is_counted_before_a_choice_or_after_a_refusal(page):
    page.goto(PAGE, wait_until="networkidle")
    choose(page, "Reject all")
    expect(banner(page)).to_be_hidden()
    page.goto("/", wait_until="networkidle")

    assert counted() == {}
    assert not is_remembered(page)


def test_each_view_is_counted_once_it_is_allowed(page):
    page.goto(PAGE)
    allow(page)
    with page.expect_response("**/views/"):
        page.goto("/")

    assert counted() == {PAGE: 1, "/": 1}
    assert is_remembered(page)


def test_reading_time_is_counted_when_the_page_is_left(page):
    page.goto(PAGE)
    allow(page)
    page.wait_for_timeout(1_100)
    with page.expect_response("**/views/"):
        page.goto("/")

    # The beacon of the page that was left may arrive after that of the new one.
    for _ in range(50):
        if PageViews.objects.get(path=PAGE).seconds:
            break
        page.wait_for_timeout(100)
    assert 1 <= PageViews.objects.get(path=PAGE).seconds <= 60
    assert counted()[PAGE] == 1


def test_after_withdrawing_nothing_more_is_counted_and_the_cookie_is_gone(page):
    page.goto(PAGE)
    allow(page)
    page.goto("/cookies/", wait_until="networkidle")
    page.locator("main").get_by_role("button", name="Reject all").click()
    expect(page.get_by_text("You have refused all optional cookies")).to_be_visible()
    before = counted()

    page.goto(PAGE, wait_until="networkidle")

    assert counted() == before
    assert not is_remembered(page)
