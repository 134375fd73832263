"""Searching by keyboard, on a phone, with and without scripts."""

import pytest
from playwright.sync_api import expect

from monographs import search
from monographs.models import State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def published(make_revision):
    for name in ("Buserelin", "Goserelin", "Nafarelin"):
        make_revision(State.PUBLISHED, slug=name.lower(), title=name, risk=f"{name} has risks.")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_monograph_is_found_and_opened_by_keyboard(script, open_page):
    page = open_page(java_script_enabled=script)
    page.goto("/")

    page.get_by_role("searchbox").press_sequentially("goserelin")
    page.keyboard.press("Enter")
    hit = page.get_by_role("main").get_by_role("link", name="Goserelin")
    expect(page.get_by_role("searchbox")).to_have_value("goserelin")
    hit.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Goserelin")


def test_more_results_lead_on_and_are_numbered_on(page, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    page.goto("/search/?q=risks")
    results = page.get_by_role("main").get_by_role("listitem")
    expect(results).to_have_count(2)

    page.get_by_role("link", name="More results").click()

    expect(results).to_have_count(1)
    expect(page.get_by_role("main").locator("ol")).to_have_attribute("start", "3")


def test_a_word_that_is_misspelled_leads_to_the_right_one(page):
    page.goto("/search/?q=gosrelin")

    page.get_by_role("main").get_by_role("link", name="goserelin").click()

    expect(page.get_by_role("link", name="Goserelin")).to_be_visible()
