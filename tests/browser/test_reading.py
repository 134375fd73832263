import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from monographs import notices
from monographs.models import State, Topic

pytestmark = pytest.mark.django_db(transaction=True)

MONOGRAPH = "/monographs/thymosin-alpha-1/"
PATHS = ["/", "/monographs/", MONOGRAPH, f"{MONOGRAPH}versions/", "/topics/immunology/"]
PATHS += ["/cookies/", "/nothing/", "/letters/T/", "/contact/", "/newsletter/"]
PATHS += ["/search/?q=formula", "/search/?q=nothing+like+it"]
FAINT = Path(__file__).with_name("faint.js").read_text()
FORMULA = "C129H215N33O55" * 5


@pytest.fixture(autouse=True)
def monograph(make_revision, publisher):
    """A monograph with notices, whose words are longer than a small screen is wide."""
    revision = make_revision(
        State.PUBLISHED,
        title=f"Thymosin Alpha-1, {FORMULA}",
        metric=f"Its formula is {FORMULA} [@key1].\n\n| a | b |\n|---|---|\n| {FORMULA} | 1 |",
        facts={
            "sequence": "SDAAVDTSSEITTKDLKEKKEVVEEAEN",
            "modifications": FORMULA,
            "synonyms": [FORMULA],
        },
    )
    revision.topics.add(Topic.objects.create(name="Immunology", slug="immunology"))
    for kind in notices.GIVEN:
        notices.give(kind, revision, actor=publisher, text=f"It was {FORMULA}, in all of it.")
    return revision


def width_beyond_the_window(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_no_page_scrolls_sideways(path, width, open_page):
    page = open_page(viewport={"width": width, "height": 800})

    page.goto(path)

    assert width_beyond_the_window(page) <= 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_letters_of_twice_the_size_fit_too(path, width, open_page):
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(path)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert width_beyond_the_window(page) <= 0


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_one_main_heading_and_its_landmarks(path, page):
    page.goto(path)

    for role in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_the_skip_link_leads_past_the_header(page):
    page.goto(MONOGRAPH)
    link = page.get_by_role("link", name="Skip to the text")

    link.focus()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_the_skip_link_is_out_of_sight_until_it_has_the_focus(page):
    page.goto(MONOGRAPH)

    expect(page.get_by_role("link", name="Skip to the text")).not_to_be_in_viewport()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_table_of_contents_leads_to_every_section(script, open_page):
    page = open_page(java_script_enabled=script)
    page.goto(MONOGRAPH)
    links = page.get_by_role("navigation", name="On this page").get_by_role("link")

    assert links.count() == 8
    for link in links.all():
        link.click()

        expect(page).to_have_url(re.compile(f"{link.get_attribute('href')}$"))
        expect(page.get_by_role("region", name=link.inner_text())).to_be_in_viewport()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_citation_leads_to_its_reference(script, open_page):
    page = open_page(java_script_enabled=script)
    page.goto(MONOGRAPH)

    page.locator("#metric .citation a").click()

    expect(page.locator("#ref-key1")).to_be_in_viewport()


def test_a_section_can_be_linked_to_by_keyboard(page):
    page.goto(MONOGRAPH)

    page.get_by_role("link", name="Link to Mechanism").press("Enter")

    expect(page).to_have_url(re.compile("#mechanism$"))


def test_the_digest_opens_without_script(open_page, monograph):
    page = open_page(java_script_enabled=False)
    page.goto(MONOGRAPH)
    digest = page.get_by_text(monograph.digest)
    expect(digest).to_be_hidden()

    page.get_by_text("Fingerprint of this text").click()

    expect(digest).to_be_visible()


def test_a_visitor_finds_a_monograph_without_script(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/")

    page.get_by_role("navigation", name="Main").get_by_text("Monographs A–Z").click()
    page.get_by_role("link", name="T", exact=True).click()
    page.get_by_role("link", name="Thymosin Alpha-1").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Thymosin Alpha-1")


def test_reading_asks_no_other_origin_for_anything(page, live_server):
    requested = []
    page.on("request", lambda request: requested.append(request.url))

    page.goto(MONOGRAPH, wait_until="networkidle")

    assert requested
    assert all(url.startswith(live_server.url) for url in requested)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colours_of_the_system(scheme, open_page):
    page = open_page(color_scheme=scheme)
    page.goto("/")

    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = sum(map(int, re.findall(r"\d+", colour))) > 3 * 128
    assert light == (scheme == "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_every_text_stands_out_from_what_is_behind_it(path, scheme, open_page):
    page = open_page(color_scheme=scheme)
    page.goto(path)

    shown, faint = page.evaluate(FAINT)

    assert shown > 20
    assert faint == []


def test_print_leaves_out_what_is_only_for_the_screen(page):
    page.goto(MONOGRAPH)

    page.emulate_media(media="print")

    for role in ("banner", "contentinfo"):
        expect(page.get_by_role(role)).to_have_count(0)
    expect(page.locator(".contents, .consent-banner").filter(visible=True)).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
