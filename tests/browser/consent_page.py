"""What a visitor sees of the consent, in the words of the tests."""

from peptidesite.consent import cookie


def banner(page):
    return page.get_by_role("region", name="Cookies", exact=True)


def choose(page, label):
    banner(page).get_by_role("button", name=label).click()


def state(page):
    return page.locator("html").get_attribute("data-consent")


def stored_bits(page):
    """Return the bits in the visitor's cookie; without it, None, and there is no other one."""
    cookies = {stored["name"]: stored["value"] for stored in page.context.cookies()}
    assert "cc" in cookies or not cookies
    return cookie.Choice.parse(cookies["cc"]).bits if cookies else None


def store(page, live_server, value):
    page.context.add_cookies([{"name": "cc", "value": value, "url": live_server.url}])
