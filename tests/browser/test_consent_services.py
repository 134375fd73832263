"""Services start with a grant, stop with its end, and follow in every tab."""

import pytest
from playwright.sync_api import expect

from peptidesite.consent.models import Record, Tally
from tests.consent_site import add_service, publish

from .consent_page import banner, choose, state, stored_bits
from .test_consent_banner import SHIFTS

pytestmark = pytest.mark.django_db(transaction=True)

OURS = {"marketing": "marketing.js", "analytics": "analytics.js"}
OURS["personalization"] = "personalization.js"
ADS = "https://cdn.example.org/ads.js"
ADS_SCRIPT = """
    document.cookie = "_x_1=1; path=/; max-age=1000";
    document.cookie = "_x_here=1; path=" + location.pathname + "; max-age=1000";
    localStorage.setItem("ads", "1");
    sessionStorage.setItem("ads", "1");
    indexedDB.open("ads");
    window.adsRun = (window.adsRun || 0) + 1;
"""


def watch(page):
    """Return the growing list of the addresses that the page asks for."""
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def started(addresses):
    return {name for name, script in OURS.items() if any(script in a for a in addresses)}


def serve_ads(page):
    page.context.route(
        "https://cdn.example.org/**",
        lambda route: route.fulfill(content_type="text/javascript", body=ADS_SCRIPT),
    )


@pytest.fixture
def ads(privacy_editor):
    kinds = ("local", "session", "indexed")
    add_service(
        script=ADS,
        origins="https://cdn.example.org",
        asks_consent_mode=True,
        declared=["_x_*", *({"kind": kind, "name": "ads"} for kind in kinds)],
    )
    return publish(privacy_editor, news="We show advertising now.")


def preferences(page):
    return page.locator("main")


def test_accepting_starts_all_services_without_a_reload_and_stores_one_record(page):
    addresses = watch(page)
    page.goto("/", wait_until="networkidle")
    assert started(addresses) == set()
    page.evaluate("window.sameDocument = true")

    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    page.wait_for_load_state("networkidle")

    assert started(addresses) == set(OURS)
    assert page.evaluate("window.sameDocument")
    assert Record.objects.get().bits == 7


def test_rejecting_starts_nothing_and_raises_the_tally(page):
    addresses = watch(page)
    page.goto("/")

    choose(page, "Reject all")
    expect(banner(page)).to_be_hidden()
    page.goto("/monographs/", wait_until="networkidle")

    assert started(addresses) == set()
    assert page.context.cookies()[0]["value"].count(".") == 3
    assert not Record.objects.exists()
    assert Tally.objects.get().count == 1


def test_what_is_allowed_alone_starts_alone(page):
    page.goto("/cookies/")
    addresses = watch(page)

    page.get_by_role("checkbox", name="Analytics").check()
    page.get_by_role("button", name="Save my choice").click()
    expect(page.get_by_text("You have allowed: Analytics.")).to_be_visible()
    page.goto("/", wait_until="networkidle")

    assert started(addresses) == {"analytics"}


def test_a_third_party_is_asked_for_nothing_before_the_grant(page, ads):
    serve_ads(page)
    addresses, complaints = watch(page), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/", wait_until="networkidle")
    assert [a for a in addresses if "example.org" in a] == []
    assert page.evaluate("window.dataLayer") is None

    choose(page, "Accept all")
    page.wait_for_function("() => window.adsRun")

    assert page.evaluate("window.adsRun") == 1
    assert [a for a in addresses if "example.org" in a] == [ADS]
    assert complaints == []


def test_consent_mode_says_denied_first_and_then_what_is_granted(page, ads):
    serve_ads(page)
    page.goto("/cookies/")
    page.get_by_role("checkbox", name="Marketing").check()
    page.get_by_role("button", name="Save my choice").click()
    page.wait_for_function("() => window.adsRun")

    layer = page.evaluate("dataLayer.map((entry) => [...entry])")

    signals = ["ad_storage", "ad_user_data", "ad_personalization"]
    others = ["analytics_storage", "functionality_storage", "personalization_storage"]
    denied = dict.fromkeys([*signals, *others], "denied")
    assert layer == [
        ["consent", "default", denied],
        ["consent", "update", {**denied, **dict.fromkeys(signals, "granted")}],
    ]


def kept(page):
    """Return the names of all that the browser keeps for this site, but for our own choice."""
    cookies = {cookie["name"] for cookie in page.context.cookies()}
    stores = page.evaluate(
        "async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage), "
        "...(await indexedDB.databases()).map((database) => database.name)]"
    )
    return cookies - {"cc"} | set(stores)


@pytest.mark.parametrize("way", ["banner elsewhere", "preferences"])
def test_withdrawing_takes_back_all_that_was_declared(way, page, ads, live_server):
    serve_ads(page)
    page.goto("/")
    choose(page, "Accept all")
    page.wait_for_function("() => window.adsRun")
    page.context.add_cookies(
        [
            {"name": "_x_hidden", "value": "1", "url": live_server.url, "httpOnly": True},
            {"name": "another", "value": "1", "url": live_server.url},
        ]
    )
    assert {"_x_1", "_x_here", "_x_hidden", "ads", "another"} <= kept(page)

    if way == "preferences":
        page.goto("/cookies/")
        preferences(page).get_by_role("button", name="Reject all").click()
        expect(page.get_by_text("You have refused all optional cookies")).to_be_visible()
        page.wait_for_load_state("networkidle")
    else:
        other = page.context.new_page()
        other.goto("/cookies/")
        preferences(other).get_by_role("button", name="Reject all").click()
        expect(other.get_by_text("You have refused all optional cookies")).to_be_visible()
        page.wait_for_function("() => !window.adsRun")
    page.goto("/", wait_until="networkidle")

    assert kept(page) == {"another"}
    assert page.evaluate("window.adsRun") is None
    assert [record.bits for record in Record.objects.order_by("sequence")] == [7, 0]


def test_a_second_tab_follows(page, ads):
    serve_ads(page)
    other = page.context.new_page()
    page.goto("/")
    other.goto("/monographs/")

    choose(page, "Accept all")

    expect(banner(other)).to_be_hidden()
    other.wait_for_function("() => window.adsRun")
    assert state(other) == "7"


def test_of_opposite_answers_in_two_tabs_the_last_wins_everywhere(page):
    other = page.context.new_page()
    page.goto("/")
    other.goto("/cookies/")
    choose(page, "Accept all")
    expect(banner(other)).to_be_hidden()

    preferences(other).get_by_role("button", name="Reject all").click()
    expect(other.get_by_text("You have refused all optional cookies")).to_be_visible()

    page.wait_for_function("() => document.documentElement.dataset.consent === '0'")
    assert stored_bits(page) == 0


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_who_granted_is_asked_again_with_what_is_new(script, open_page, privacy_editor):
    page = open_page(java_script_enabled=script)
    page.goto("/")
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    add_service()
    publish(privacy_editor, news="We show advertising now.")
    add_service(slug="more")
    publish(privacy_editor, news="And more of it.")

    page.goto("/monographs/")

    expect(banner(page)).to_be_visible()
    expect(banner(page).get_by_role("listitem")).to_have_text(
        ["And more of it.", "We show advertising now."]
    )
    page.goto("/cookies/")
    expect(preferences(page).get_by_text("We show advertising now.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Marketing")).not_to_be_checked()


def test_until_then_the_old_grant_is_void(page, privacy_editor):
    page.goto("/")
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    add_service()
    publish(privacy_editor)
    addresses = watch(page)

    page.goto("/", wait_until="networkidle")

    assert state(page) == "ask"
    assert started(addresses) == set()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_only_what_is_new_since_the_choice_is_named(script, open_page, privacy_editor):
    page = open_page(java_script_enabled=script)
    add_service()
    publish(privacy_editor, news="We show advertising now.")
    page.goto("/")
    expect(banner(page)).to_be_visible()
    expect(banner(page).get_by_role("listitem")).to_have_count(0)
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    add_service(slug="more")
    publish(privacy_editor, news="And more of it.")

    page.goto("/monographs/")

    expect(banner(page).get_by_role("listitem")).to_have_text(["And more of it."])


def test_who_refused_is_not_asked_again_and_a_typo_is_nobodys_business(page, privacy_editor):
    page.goto("/")
    choose(page, "Reject all")
    expect(banner(page)).to_be_hidden()
    service = add_service()
    publish(privacy_editor)

    page.goto("/")
    expect(banner(page)).to_be_hidden()

    page.goto("/cookies/")
    preferences(page).get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("You have allowed")).to_be_visible()
    service.purpose = "Shows advertisements."
    service.save()
    publish(privacy_editor, is_material=False, news="")
    page.goto("/")
    expect(banner(page)).to_be_hidden()
    assert state(page) == "7"


def test_the_news_shift_nothing(page, privacy_editor):
    page.goto("/")
    choose(page, "Accept all")
    expect(banner(page)).to_be_hidden()
    add_service()
    publish(privacy_editor)
    page.add_init_script(SHIFTS)

    page.goto("/", wait_until="networkidle")

    expect(banner(page).get_by_role("listitem")).to_be_visible()
    assert page.evaluate("window.shifts") == []


def test_too_many_at_once_are_told_to_wait(page):
    page.route("**/consent/", lambda route: route.fulfill(status=429))
    page.goto("/")

    choose(page, "Accept all")

    expect(page.get_by_role("alert")).to_contain_text("try again in a minute")
    assert state(page) == "ask"


@pytest.fixture
def video(settings, privacy_editor):
    settings.ROOT_URLCONF = "tests.browser.embed_site"
    add_service(slug="video", name="Videos", origins="https://video.example.org")
    publish(privacy_editor)


def serve_video(page):
    page.context.route(
        "https://video.example.org/**",
        lambda route: route.fulfill(content_type="text/html", body="A film."),
    )


def test_an_embed_is_a_plain_link_without_script(open_page, video):
    page = open_page(java_script_enabled=False)
    page.goto("/video/")

    link = page.get_by_role("link", name="How it is made")
    expect(link).to_have_attribute("href", "https://video.example.org/watch/1")
    expect(page.get_by_role("button", name="Load once")).to_be_hidden()
    assert page.locator("iframe").count() == 0


def test_an_embed_is_loaded_once_and_nothing_is_stored(page, video):
    serve_video(page)
    addresses = watch(page)
    page.goto("/video/", wait_until="networkidle")
    assert not [a for a in addresses if "video.example.org" in a]

    page.get_by_role("button", name="Load once").click()

    expect(page.frame_locator("iframe").get_by_text("A film.")).to_be_visible()
    assert page.context.cookies() == []
    assert kept(page) == set()
    page.reload()
    expect(page.get_by_role("button", name="Load once")).to_be_visible()


def test_an_embed_is_always_loaded_once_it_is_allowed(page, video):
    serve_video(page)
    page.goto("/video/")

    page.get_by_role("button", name="Always allow Marketing").click()

    expect(page.frame_locator("iframe").get_by_text("A film.")).to_be_visible()
    expect(banner(page)).to_be_hidden()
    assert state(page) == "1"
    assert Record.objects.get().bits == 1
    page.reload()
    expect(page.frame_locator("iframe").get_by_text("A film.")).to_be_visible()


def test_offline_an_embed_says_that_it_could_not_be_allowed(page, video):
    page.goto("/video/", wait_until="networkidle")
    page.context.set_offline(True)

    page.get_by_role("button", name="Always allow Marketing").click()

    expect(page.locator(".embed [role=alert]")).to_contain_text("could not be saved")
    assert page.locator("iframe").count() == 0


def test_the_keyboard_works_an_embed(page, video):
    serve_video(page)
    page.goto("/video/")

    page.get_by_role("link", name="How it is made").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.frame_locator("iframe").get_by_text("A film.")).to_be_visible()
