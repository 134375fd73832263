import json
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from peptidesite.consent import cookie

from .consent_page import banner, choose, state, store, stored_bits

pytestmark = pytest.mark.django_db(transaction=True)

CASES = json.loads((Path(__file__).parents[1] / "consent_cases.json").read_text())
READ = """
    async (cases) => {
        const said = [];
        for (const [text, day, policy, material] of cases) {
            Date.now = () => day * 86400000 + 43200000;
            document.cookie = `cc=${text}; path=/`;
            const script = document.createElement("script");
            script.src = "/static/consent-head.js";
            Object.assign(script.dataset, {policy, material});
            await new Promise((resolve) => {
                script.onload = resolve;
                document.head.append(script);
            });
            const {consent, consentNews} = document.documentElement.dataset;
            said.push([consent, Number(consentNews)]);
        }
        return said;
    }
"""
HEAD = "<!doctype html><script src='/consent-head.js' data-policy='1' data-material='1'></script>"
GPC = "Object.defineProperty(navigator, 'globalPrivacyControl', {value: %s})"


@pytest.fixture
def private_page(open_page):
    """A visitor whose browser sends Global Privacy Control."""
    page = open_page(extra_http_headers={"Sec-GPC": "1"})
    page.add_init_script(GPC % "true")
    return page


def test_the_script_reads_cookies_by_the_same_table_as_the_server(page):
    # A page without scripts of its own, which would follow each change.
    page.route("**/blank/", lambda route: route.fulfill(content_type="text/html", body="<p>"))
    page.goto("/blank/")

    said = page.evaluate(READ, CASES)

    assert said == [[expected, news] for *_, expected, news in CASES]


def test_over_https_the_script_reads_the_cookie_of_this_host(page):
    script = settings.BASE_DIR / "static" / "consent-head.js"
    page.route("https://site.test/", lambda route: route.fulfill(body=HEAD))
    page.route("https://site.test/consent-head.js", lambda route: route.fulfill(path=script))
    for name, bits in [("__Host-cc", 5), ("cc", 7)]:
        value = f"1.1.{bits}.{cookie.today()}"
        page.context.add_cookies(
            [{"name": name, "value": value, "url": "https://site.test/", "secure": True}]
        )

    page.goto("https://site.test/")

    assert state(page) == "5"


@pytest.mark.parametrize("bits", [0, 7], ids=["refusal", "grant"])
@pytest.mark.parametrize(
    ("age", "asks"), [(-2, True), (-1, False), (0, False), (179, False), (180, True)]
)
def test_a_choice_holds_for_180_days(bits, age, asks, page, live_server):
    store(page, live_server, f"1.1.{bits}.{cookie.today() - age}")

    page.goto("/")

    assert state(page) == ("ask" if asks else str(bits))
    expect(banner(page)).to_be_visible(visible=asks)


@pytest.mark.parametrize("value", ["", "garbage", "2.1.7.20779", "1.1.9.20779", "%00"])
def test_a_broken_cookie_asks_again_without_an_error(value, page, live_server):
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    store(page, live_server, value)

    page.goto("/")

    expect(banner(page)).to_be_visible()
    assert errors == []


def test_global_privacy_control_means_no_banner_and_all_off(private_page):
    private_page.goto("/")

    expect(banner(private_page)).to_be_hidden()
    assert state(private_page) == "0"
    assert stored_bits(private_page) is None


def test_without_script_global_privacy_control_hides_the_banner(open_page):
    page = open_page(java_script_enabled=False, extra_http_headers={"Sec-GPC": "1"})

    page.goto("/")

    expect(banner(page)).to_be_hidden()


def test_an_explicit_choice_wins_over_global_privacy_control(private_page):
    private_page.goto("/cookies/")
    expect(private_page.get_by_text("Global Privacy Control signal")).to_be_visible()

    private_page.locator("main").get_by_role("button", name="Accept all").click()

    expect(private_page.get_by_text("You have allowed: Marketing")).to_be_visible()
    assert state(private_page) == "7"
    assert stored_bits(private_page) == 7


@pytest.mark.parametrize("signal", ["false", "'true'", "1", "undefined"])
def test_any_other_signal_is_as_if_absent(signal, page):
    page.add_init_script(GPC % signal)

    page.goto("/")

    assert state(page) == "ask"


def test_analytics_alone_is_saved_on_the_preferences_page(page):
    page.goto("/cookies/")

    page.get_by_label("Analytics").check()
    page.get_by_role("button", name="Save my choice").click()

    expect(page.get_by_text("You have allowed: Analytics.")).to_be_visible()
    assert state(page) == "2"
    assert stored_bits(page) == 2


def test_nothing_is_ticked_before_a_choice(page):
    page.goto("/cookies/")

    switches = page.get_by_role("checkbox")

    expect(switches).to_have_count(3)
    for switch in switches.all():
        expect(switch).not_to_be_checked()


def test_the_preferences_page_shows_what_its_own_banner_decided(page):
    page.goto("/cookies/")

    choose(page, "Reject all")

    expect(page.get_by_text("You have refused all optional cookies.")).to_be_visible()
    expect(banner(page)).to_be_hidden()


@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_a_form_on_another_site_changes_nothing(choice, page, live_server):
    page.route(
        "http://elsewhere.test/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{live_server.url}/consent/">'
            f'<button name="choice" value="{choice}">Win</button></form>',
        ),
    )
    page.goto("http://elsewhere.test/")

    page.get_by_role("button", name="Win").click()

    expect(page.get_by_role("heading", name="Your choice was not saved")).to_be_visible()
    assert stored_bits(page) is None
