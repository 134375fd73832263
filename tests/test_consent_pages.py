import re
from http import HTTPStatus

import pytest

from bench import consent_bytes
from peptidesite.consent import cookie

GPC = {"Sec-GPC": "1"}
GRANT, REFUSAL = "1.1.7.20779", "1.1.0.20779"


@pytest.fixture(autouse=True)
def today(monkeypatch, db):
    monkeypatch.setattr(cookie, "today", lambda: 20779)


@pytest.fixture
def visit(client):
    def visit(path, value=None, headers=None):
        if value is not None:
            client.cookies["cc"] = value
        return client.get(path, headers=headers)

    return visit


def switches(response):
    """Return the switches of the preferences page: name to whether it is on."""
    inputs = re.findall(r'<input type="checkbox"[^>]*>', response.text)
    return {re.search('value="(.*?)"', tag)[1]: " checked" in tag for tag in inputs}


@pytest.mark.parametrize(
    ("value", "headers", "display"),
    [
        pytest.param(None, {}, "block", id="newcomer"),
        pytest.param(GRANT, {}, "none", id="granter"),
        pytest.param(REFUSAL, {}, "none", id="refuser"),
        pytest.param("garbage", {}, "block", id="garbage"),
        pytest.param("1.1.0.20600", {}, "none", id="day 179"),
        pytest.param("1.1.0.20599", {}, "block", id="day 180"),
        pytest.param("1.2.0.20779", {}, "none", id="refusal of another policy"),
        pytest.param("1.2.7.20779", {}, "block", id="grant under another policy"),
        pytest.param(None, GPC, "none", id="GPC"),
        pytest.param("garbage", GPC, "none", id="GPC and garbage"),
        pytest.param(None, {"Sec-GPC": "0"}, "block", id="GPC off"),
        pytest.param(None, {"Sec-GPC": "true"}, "block", id="GPC malformed"),
    ],
)
def test_without_script_a_stylesheet_asks_only_the_undecided(visit, value, headers, display):
    response = visit("/consent/state.css", value, headers)

    assert response.text.strip() == f"html .consent-banner {{ display: {display} }}"
    assert response["Content-Type"] == "text/css"


@pytest.mark.parametrize("path", ["/consent/state.css", "/cookies/"])
def test_what_depends_on_the_choice_is_kept_by_no_cache(visit, path):
    response = visit(path)

    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert response["Vary"] == "Cookie, Sec-GPC"
    assert not response.cookies


@pytest.mark.parametrize(
    ("value", "on"),
    [
        pytest.param(None, set(), id="undecided"),
        pytest.param("garbage", set(), id="garbage"),
        pytest.param(REFUSAL, set(), id="refused"),
        pytest.param("1.1.2.20779", {"analytics"}, id="analytics"),
        pytest.param(GRANT, {"marketing", "analytics", "personalization"}, id="all"),
    ],
)
def test_the_switches_show_what_is_stored(visit, value, on):
    response = visit("/cookies/", value)

    names = ["marketing", "analytics", "personalization"]
    assert switches(response) == {name: name in on for name in names}


@pytest.mark.parametrize(
    ("value", "headers", "sentence"),
    [
        pytest.param(None, {}, "You have not chosen yet", id="undecided"),
        pytest.param(REFUSAL, {}, "You have refused all optional cookies", id="refused"),
        pytest.param("1.1.2.20779", {}, "You have allowed: Analytics.", id="analytics"),
        pytest.param(None, GPC, "Your browser sends the Global Privacy Control", id="GPC"),
        pytest.param(GRANT, GPC, "Marketing, Analytics, Personalization.", id="GPC, grant"),
    ],
)
def test_the_preferences_page_says_what_holds(visit, value, headers, sentence):
    response = visit("/cookies/", value, headers)

    assert sentence in response.text


def test_the_preferences_page_says_from_when_until_when(visit):
    response = visit("/cookies/", REFUSAL)

    assert "22 November 2026" in response.text
    assert "20 May 2027" in response.text


def test_strictly_necessary_is_explained_and_has_no_switch(visit):
    response = visit("/cookies/")

    assert "Strictly necessary" in response.text
    assert len(switches(response)) == 3


def test_an_error_page_leads_back_into_the_site(client):
    response = client.post("/consent/", headers={"Sec-Fetch-Site": "same-origin"})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert 'href="/cookies/"' in response.text


def test_the_site_declares_that_it_honours_gpc(visit):
    response = visit("/.well-known/gpc.json")

    assert response.json() == {"gpc": True, "lastUpdate": "2026-11-22"}
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/", "/monographs/"])
def test_a_public_page_is_the_same_bytes_for_everyone(client, visit, path):
    newcomer = visit(path)
    granter = visit(path, GRANT)
    refuser = visit(path, REFUSAL, GPC)

    assert newcomer.content == granter.content == refuser.content
    assert "Vary" not in newcomer
    assert not newcomer.cookies
    assert not granter.cookies


def test_what_every_page_loads_to_ask_stays_tiny():
    assert sum(zipped for _, zipped in consent_bytes.loaded().values()) <= 3_500
