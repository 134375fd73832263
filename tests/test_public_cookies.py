"""Public pages give nobody a cookie, whatever their browser sends."""

import pytest
from django.test import Client

from monographs.models import State
from peptidesite.wsgi import utf8_only

ODD_COOKIES = ["csrftoken=x", "csrftoken=", "sessionid=abc", "sessionid=; csrftoken=\xe9"]


@pytest.mark.parametrize("cookie", ODD_COOKIES)
@pytest.mark.parametrize(
    "address", ["/", "/monographs/thymosin-alpha-1/", "/nowhere/", "/robots.txt", "/cookies/"]
)
def test_no_public_page_answers_a_cookie_with_a_cookie(address, cookie, client, make_revision):
    make_revision(State.PUBLISHED)

    response = client.get(address, headers={"Cookie": cookie})

    assert not response.cookies
    if address != "/cookies/":
        assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", ["/", "/monographs/", "/sitemap.xml", "/robots.txt"])
def test_posting_to_a_public_page_meets_no_csrf_page(address, db):
    response = Client(enforce_csrf_checks=True).post(address)

    assert response.status_code == 405


def test_the_desk_keeps_its_protection_against_forged_forms(db, author):
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)

    assert client.post("/admin/logout/").status_code == 403


def answer(content_type):
    """What the site answers a request of this content type, before Django gets to see it."""
    answers = []
    utf8_only(lambda environ, start_response: start_response("200 OK", []))(
        {"CONTENT_TYPE": content_type}, lambda status, headers: answers.append(status)
    )
    return answers[0]


@pytest.mark.parametrize("charset", ["hex", "rot13", "idna", "undefined", "utf-16"])
def test_a_request_in_an_odd_encoding_is_refused(charset):
    assert answer(f"multipart/form-data; boundary=x; charset={charset}") == "400 Bad Request"


@pytest.mark.parametrize("charset", ["", "; charset=UTF-8", '; charset="utf8"'])
def test_a_request_in_utf_8_is_answered(charset):
    assert answer(f"text/plain{charset}") == "200 OK"


@pytest.mark.parametrize("signed_in", [True, False], ids=["token is old", "session ended"])
def test_what_was_typed_is_given_back_to_someone_who_is_signed_out(signed_in, db, author):
    client = Client(enforce_csrf_checks=True)
    if signed_in:
        client.force_login(author)

    response = client.post(
        "/admin/monographs/monograph/add/", {"title": "An hour's <b>work</b>", "version": "1"}
    )

    page = response.content.decode()
    assert response.status_code == 403
    assert "An hour&#x27;s &lt;b&gt;work&lt;/b&gt;" in page
    assert "signed out" in page


def test_a_password_is_never_shown(db):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/admin/login/", {"username": "ada", "password": "secret-word"})

    assert response.status_code == 403
    assert b"secret-word" not in response.content
