import pytest
from playwright.sync_api import expect

from .consent_page import banner, choose, state, stored_bits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(open_page):
    return open_page(java_script_enabled=False)


@pytest.mark.parametrize(
    ("label", "bits"), [("Accept all", 7), ("Reject all", 0)], ids=["accept", "reject"]
)
def test_the_banner_decides_and_stays_hidden(label, bits, page):
    page.goto("/monographs/")

    choose(page, label)

    page.wait_for_url("**/monographs/")
    expect(banner(page)).to_be_hidden()
    assert stored_bits(page) == bits
    page.goto("/")
    expect(banner(page)).to_be_hidden()


def test_the_preferences_are_reached_from_the_banner_and_kept(page):
    page.goto("/")

    banner(page).get_by_role("link", name="Manage preferences").click()
    page.get_by_label("Analytics").check()
    page.get_by_role("button", name="Save my choice").click()

    expect(page.get_by_text("You have allowed: Analytics.")).to_be_visible()
    expect(page.get_by_label("Analytics")).to_be_checked()
    expect(page.get_by_label("Marketing")).not_to_be_checked()
    assert stored_bits(page) == 2


def test_withdrawing_takes_no_more_clicks_than_granting(page):
    page.goto("/cookies/")
    preferences = page.locator("main")
    preferences.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("You have allowed: Marketing, Analytics")).to_be_visible()

    preferences.get_by_role("button", name="Reject all").click()

    expect(page.get_by_text("You have refused all optional cookies.")).to_be_visible()
    assert stored_bits(page) == 0


def test_without_style_the_banner_is_the_first_thing_and_works(page):
    page.route("**/*.css", lambda route: route.abort())
    page.goto("/")

    first = page.locator("body").inner_text().strip().splitlines()[0]
    choose(page, "Reject all")
    page.wait_for_url("**/")

    assert first == "Cookies"
    assert stored_bits(page) == 0


def test_a_blocked_head_script_means_no_banner_and_all_off(open_page):
    page = open_page()
    page.route("**/consent-head*.js", lambda route: route.abort())

    page.goto("/")

    expect(banner(page)).to_be_hidden()
    assert state(page) is None


def test_a_blocked_head_script_leaves_the_preferences_page_working(open_page):
    page = open_page()
    page.route("**/consent-head*.js", lambda route: route.abort())
    page.goto("/cookies/")

    page.get_by_label("Analytics").check()
    page.get_by_role("button", name="Save my choice").click()

    expect(page.get_by_text("You have allowed: Analytics.")).to_be_visible()
    assert stored_bits(page) == 2
