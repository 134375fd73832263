from http import HTTPStatus

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from peptidesite.consent import cookie
from peptidesite.consent.cookie import Choice
from peptidesite.consent.models import Record, Tally

URL = "/consent/"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def today(monkeypatch, db):
    monkeypatch.setattr(cookie, "today", lambda: 20779)


@pytest.fixture
def send(client):
    def send(data, headers=SAME_ORIGIN, **extra):
        return client.post(URL, data, headers=headers, **extra)

    return send


@pytest.mark.parametrize(
    ("data", "bits"),
    [
        pytest.param({"choice": "accept"}, 7, id="accept"),
        pytest.param({"choice": "reject"}, 0, id="reject"),
        pytest.param({"choice": "save"}, 0, id="save nothing"),
        pytest.param({"choice": "save", "categories": ["marketing"]}, 1, id="save one"),
        pytest.param(
            {"choice": "save", "categories": ["analytics", "personalization"]}, 6, id="save two"
        ),
        pytest.param({"choice": "allow", "categories": ["marketing"]}, 1, id="allow one"),
        pytest.param(
            {"choice": "reject", "categories": ["analytics", "?"]}, 0, id="refusing never fails"
        ),
    ],
)
def test_a_choice_is_kept_in_the_cookie(send, data, bits):
    response = send(data)

    assert response.status_code == HTTPStatus.SEE_OTHER
    choice = Choice.parse(response.cookies["cc"].value)
    assert (choice.policy, choice.bits, choice.day) == (1, bits, 20779)
    assert (choice.record_id is None) == (bits == 0)
    assert response["Cache-Control"] == "no-store"


def test_allowing_one_category_more_leaves_the_others_as_they_are(send, client):
    client.cookies["cc"] = "1.1.2.20779"

    response = send({"choice": "allow", "categories": ["marketing"]})

    assert Choice.parse(response.cookies["cc"].value).bits == 3


@pytest.mark.parametrize(
    ("secure", "name"),
    [pytest.param(False, "cc", id="http"), pytest.param(True, "__Host-cc", id="https")],
)
def test_the_cookie_stays_on_this_host_for_180_days(send, secure, name):
    response = send({"choice": "reject"}, secure=secure)

    assert list(response.cookies) == [name]
    morsel = {key: value for key, value in response.cookies[name].items() if value}
    morsel.pop("expires")
    expected = {"max-age": 180 * 24 * 60 * 60, "path": "/", "samesite": "Lax"}
    assert morsel == (expected | {"secure": True} if secure else expected)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"choice": "everything"}, id="unknown choice"),
        pytest.param({"choice": "save", "categories": ["tracking"]}, id="unknown category"),
        pytest.param(
            {"choice": "save", "categories": ["analytics", "tracking"]}, id="one unknown"
        ),
    ],
)
def test_what_was_never_offered_is_refused(send, data):
    response = send(data)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "Your choice was not saved" in response.text
    assert not response.cookies


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="neither header"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="a subdomain"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="none"),
        pytest.param({"Sec-Fetch-Site": ""}, id="empty"),
        pytest.param(
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
            id="a fitting origin does not help",
        ),
        pytest.param({"Origin": "null"}, id="null origin"),
        pytest.param({"Origin": "http://sub.testserver"}, id="origin of a subdomain"),
        pytest.param({"Origin": "http://testserver:81"}, id="origin with another port"),
        pytest.param({"Origin": "https://testserver"}, id="origin with another scheme"),
    ],
)
def test_a_form_on_another_site_changes_nothing(send, headers):
    response = send({"choice": "accept"}, headers)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert not response.cookies


@pytest.mark.parametrize(
    ("secure", "origin"), [(False, "http://testserver"), (True, "https://testserver")]
)
def test_an_older_browser_is_known_by_its_origin(send, secure, origin):
    response = send({"choice": "accept"}, {"Origin": origin}, secure=secure)

    assert response.status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_the_endpoint_takes_nothing_but_posts(client, method):
    response = getattr(client, method)(URL)

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert not response.cookies


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/monographs/?page=2", "/monographs/?page=2"),
        ("/cookies/", "/cookies/"),
        ("/a b", "/a%20b"),
        ("", "/"),
        ("monographs/", "/"),
        ("https://example.com/", "/"),
        ("//example.com/", "/"),
        ("///example.com/", "/"),
        ("/\\example.com/", "/%5Cexample.com/"),
        ("\\\\example.com/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/", "/"),
        ("/\nSet-Cookie: a=b", "/%0ASet-Cookie:%20a=b"),
        ("/consent/", "/"),
        ("/consent/?a=b", "/"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_the_way_leads_on_within_the_site_only(send, path, location):
    response = send({"choice": "reject", "next": path})

    assert response["Location"] == location


@pytest.mark.parametrize(
    ("referrer", "location"),
    [
        ("http://testserver/search/?q=a%20b", "/search/?q=a%20b"),
        ("http://testserver/search/?q=a#b", "/search/?q=a#b"),
        ("http://testserver/other/?q=a", "/search/"),
        ("http://elsewhere.test/search/?q=a", "/search/"),
        ("http://[broken", "/search/"),
        ("", "/search/"),
    ],
)
def test_the_way_back_keeps_the_query_that_the_page_does_not_hold(send, referrer, location):
    headers = {**SAME_ORIGIN, "Referer": referrer}

    response = send({"choice": "reject", "next": "/search/"}, headers)

    assert response["Location"] == location


@pytest.mark.parametrize("choice", ["accept", "reject"])
@pytest.mark.parametrize(
    "body",
    [b"x" * 1_001, b"\xff\x00" * 600, b"next=" + b"%00" * 400],
    ids=lambda body: str(body)[:20],
)
def test_a_large_body_is_no_choice_and_no_error(client, choice, body):
    body = f"choice={choice}&".encode() + body

    response = client.post(
        URL, body, content_type="application/x-www-form-urlencoded", headers=SAME_ORIGIN
    )

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert not response.cookies
    assert not Record.objects.exists()
    assert not Tally.objects.exists()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=900))
def test_no_bytes_are_an_error(body):
    response = Client().post(
        URL, body, content_type="application/x-www-form-urlencoded", headers=SAME_ORIGIN
    )

    assert response.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.SEE_OTHER)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_text_leads_out_of_the_site(path):
    response = Client().post(URL, {"choice": "reject", "next": f"/{path}"}, headers=SAME_ORIGIN)

    if response.status_code == HTTPStatus.BAD_REQUEST:
        assert len(path.encode()) > 200  # of which a form of 1,000 bytes may have too much
        return
    assert response.status_code == HTTPStatus.SEE_OTHER
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith(("//", "/\\"))
