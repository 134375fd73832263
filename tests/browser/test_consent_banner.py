import pytest
from playwright.sync_api import expect

from .consent_page import banner, choose, state, stored_bits

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = """
    (button) => {
        const style = getComputedStyle(button);
        const names = ["font", "color", "backgroundColor", "border", "padding", "opacity"];
        const {width, height} = button.getBoundingClientRect();
        return [width, height, ...names.map((name) => style[name])];
    }
"""
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts.push(entry.value);
    }).observe({type: "layout-shift", buffered: true});
"""
SHOWN_FROM_CACHE = """
    addEventListener("pageshow", (event) => { window.shownFromCache = event.persisted; });
"""


@pytest.mark.parametrize("path", ["/", "/monographs/", "/nowhere/"])
def test_a_newcomer_is_asked_and_nothing_is_stored(path, page, live_server):
    addresses, complaints = [], []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(path, wait_until="networkidle")

    expect(banner(page)).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases()") == []
    assert all(address.startswith(live_server.url) for address in addresses)
    assert [text for text in complaints if "404 (Not Found)" not in text] == []


@pytest.mark.parametrize(
    ("label", "bits", "words"),
    [
        pytest.param("Accept all", 7, "all optional cookies are allowed", id="accept"),
        pytest.param("Reject all", 0, "no optional cookies", id="reject"),
    ],
)
def test_one_click_decides_without_a_reload(label, bits, words, page):
    page.goto("/")
    page.evaluate("window.sameDocument = true")

    choose(page, label)

    confirmation = page.get_by_text(f"Your choice is saved: {words}")
    expect(confirmation).to_be_focused()
    expect(banner(page)).to_be_hidden()
    assert page.evaluate("window.sameDocument") is True
    assert state(page) == str(bits)
    assert stored_bits(page) == bits


@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refusing_looks_like_accepting(width, scheme, open_page):
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto("/")

    accept = banner(page).get_by_role("button", name="Accept all")
    reject = banner(page).get_by_role("button", name="Reject all")

    assert accept.evaluate(LOOKS) == reject.evaluate(LOOKS)


@pytest.mark.parametrize("path", ["/", "/monographs/", "/cookies/", "/nowhere/"])
def test_every_page_links_to_the_preferences(path, page):
    page.goto(path)

    link = page.get_by_role("contentinfo").get_by_role("link", name="Cookies")

    expect(link).to_have_attribute("href", "/cookies/")


def test_the_keyboard_reaches_the_banner_first_and_leaves_it(page):
    page.goto("/")
    focused = page.locator(":focus")

    for name in ["Accept all", "Reject all", "Manage preferences"]:
        page.keyboard.press("Tab")
        expect(focused).to_have_accessible_name(name)
        assert focused.evaluate("(element) => getComputedStyle(element).outlineStyle") != "none"
    page.keyboard.press("Tab")

    expect(focused).to_be_visible()
    assert focused.evaluate("(element) => element.closest('.consent-banner')") is None


def test_the_keyboard_alone_decides(page):
    page.goto("/")

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Your choice is saved: no optional cookies")).to_be_focused()
    assert stored_bits(page) == 0


def test_the_banner_covers_nothing(page):
    page.goto("/")

    position = banner(page).evaluate("(element) => getComputedStyle(element).position")

    assert position in ("static", "relative")


def test_going_on_without_an_answer_is_no_consent(page):
    page.goto("/")

    page.keyboard.press("Escape")
    page.mouse.wheel(0, 2000)
    page.get_by_role("link", name="Monographs A–Z").click()
    page.wait_for_url("**/monographs/")

    expect(banner(page)).to_be_visible()
    assert state(page) == "ask"
    assert stored_bits(page) is None


def test_going_back_after_a_choice_asks_no_more(page_with_history):
    page = page_with_history
    page.add_init_script(SHOWN_FROM_CACHE)
    page.goto("/")
    page.get_by_role("link", name="Monographs A–Z").click()
    page.wait_for_url("**/monographs/")
    choose(page, "Reject all")
    expect(banner(page)).to_be_hidden()

    page.go_back(wait_until="commit")

    page.wait_for_function("() => location.pathname === '/' && window.shownFromCache")
    expect(banner(page)).to_be_hidden()
    assert state(page) == "0"


def test_offline_the_banner_stays_and_says_so(page):
    page.goto("/", wait_until="networkidle")
    page.context.set_offline(True)

    choose(page, "Accept all")

    expect(page.get_by_role("alert")).to_contain_text("could not be saved")
    expect(banner(page)).to_be_visible()
    assert state(page) == "ask"


@pytest.mark.parametrize("status", [200, 400, 403, 503])
def test_a_failed_answer_is_no_choice(status, page):
    page.route("**/consent/", lambda route: route.fulfill(status=status))
    page.goto("/")

    choose(page, "Accept all")

    expect(page.get_by_role("alert")).to_contain_text("could not be saved")
    assert state(page) == "ask"


def test_a_second_attempt_clears_the_error(page):
    page.route("**/consent/", lambda route: route.fulfill(status=503), times=1)
    page.goto("/")
    choose(page, "Accept all")
    expect(page.get_by_role("alert")).to_contain_text("could not be saved")

    choose(page, "Accept all")

    expect(banner(page)).to_be_hidden()
    assert stored_bits(page) == 7


def test_a_browser_that_keeps_no_cookies_is_told(page):
    page.add_init_script("Object.defineProperty(Document.prototype, 'cookie', {get: () => ''})")
    page.goto("/")

    choose(page, "Accept all")

    expect(page.get_by_role("alert")).to_contain_text("could not be saved")
    expect(banner(page)).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("decided", [False, True], ids=["newcomer", "decided"])
def test_nothing_shifts_while_the_page_loads(width, decided, open_page):
    page = open_page(viewport={"width": width, "height": 800})
    page.goto("/")
    if decided:
        choose(page, "Reject all")
        expect(banner(page)).to_be_hidden()
    page.add_init_script(SHIFTS)

    page.goto("/", wait_until="networkidle")

    assert page.evaluate("window.shifts") == []
