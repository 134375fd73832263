"""Which link led here is noted once marketing is allowed, and counted at a campaign's goal."""

import pytest
from playwright.sync_api import expect

from peptidesite.campaigns.models import CampaignVisits

from .consent_page import banner, choose

pytestmark = pytest.mark.django_db(transaction=True)
LINK = "/?utm_source=Mail&utm_medium=letter&utm_campaign=Autumn%20%26%20more"


def campaign(page):
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    return cookies.get("campaign")


def test_before_a_choice_and_after_a_refusal_nothing_is_noted(page):
    page.goto(LINK, wait_until="networkidle")
    assert campaign(page) is None
    choose(page, "Reject all")
    expect(banner(page)).to_be_hidden()

    page.goto(LINK, wait_until="networkidle")

    assert campaign(page) is None


def test_with_the_grant_the_campaign_is_kept_30_days_and_counted_at_its_goal(page):
    page.goto(LINK)
    choose(page, "Accept all")
    page.wait_for_function("() => document.cookie.includes('campaign=')")
    kept = campaign(page)
    assert kept["value"] == "mail/letter/autumn---more"
    assert kept["expires"] - page.evaluate("Date.now()") / 1000 == pytest.approx(
        2_592_000, abs=60
    )

    with page.expect_response("**/campaigns/"):
        page.get_by_role("link", name="Newsletter").click()

    visit = CampaignVisits.objects.get()
    assert (visit.campaign, visit.goal, visit.count) == (kept["value"], "newsletter", 1)


def test_who_came_by_no_campaign_is_not_counted(page):
    page.goto("/contact/")
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    page.goto("/newsletter/", wait_until="networkidle")

    assert campaign(page) is None
    assert not CampaignVisits.objects.exists()


def test_the_campaign_is_forgotten_with_the_consent(page):
    page.goto(LINK)
    choose(page, "Accept all")
    page.wait_for_function("() => document.cookie.includes('campaign=')")
    page.goto("/cookies/")
    page.locator("main").get_by_role("button", name="Reject all").click()
    expect(page.get_by_text("You have refused all optional cookies")).to_be_visible()

    assert campaign(page) is None
