"""An expert without an account reads a text and gives an opinion, in a browser without script."""

import pytest
from playwright.sync_api import expect

from monographs.models import Opinion, State
from tests.expert import SAID, link_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def link(make_revision, reviewer):
    return link_to(make_revision(State.IN_REVIEW), reviewer)


def test_an_opinion_is_given_by_keyboard(open_page, link):
    page = open_page(java_script_enabled=False)
    page.goto(link)

    page.get_by_role("link", name="To the form").press("Enter")
    page.get_by_label("I object to its publication").press("Space")
    page.get_by_role("textbox", name="Risk").fill("Too mild.")
    page.get_by_role("button", name="Send my opinion").press("Enter")
    expect(page.get_by_text("Nothing was sent yet")).to_be_in_viewport()
    page.get_by_role("link", name="Your credentials").press("Enter")
    page.get_by_label("Your credentials").fill(SAID["credentials"])
    page.get_by_label("Your competing interests").fill("none")
    page.get_by_role("button", name="Send my opinion").press("Enter")

    expect(page.get_by_role("heading", name="Thank you, Prof. Eva Expert")).to_be_in_viewport()
    assert page.context.cookies() == []
    assert Opinion.objects.get().remarks == {"risk": "Too mild."}


@pytest.mark.parametrize("letters", ["100%", "200%"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_never_scrolls_sideways(width, letters, open_page, link):
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(link)
    page.get_by_role("button", name="Send my opinion").click()
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()
    page.wait_for_load_state()

    page.evaluate(f"document.documentElement.style.fontSize = '{letters}'")

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_the_text_links_to_never_learns_the_address(open_page, link):
    page = open_page()
    page.goto(link)

    with page.expect_request("**/monographs/") as request:
        page.get_by_role("link", name="Monographs A–Z").click()

    assert "referer" not in request.value.headers
