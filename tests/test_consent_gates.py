"""Nothing optional leaves the server without a grant, and nothing undeclared at all."""

from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

from peptidesite.consent import cookie, middleware, policies, withdrawal

from .consent_site import SAME_ORIGIN, add_service, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer():
    """Return the response of a view behind the consent middleware."""

    def answer(view, bits=None, headers=None, secure=False):
        request = RequestFactory().get("/", secure=secure, headers=headers or {})
        if bits is not None:
            name = cookie.name_for(request)
            request.META["HTTP_COOKIE"] = f"{name}=1.1.{bits}.{cookie.today()}"
        return middleware.consent(view)(request)

    return answer


def setting(name, **options):
    """Return a view that sets a cookie."""

    def view(request):
        response = HttpResponse()
        response.set_cookie(name, "x", **options)
        return response

    return view


@pytest.mark.parametrize("name", ["unknown", "cc2", "__Host-other", "sessionid2"])
def test_an_undeclared_cookie_is_an_error_here(name, answer):
    with pytest.raises(middleware.UndeclaredCookie, match=f"/ sets {name}"):
        answer(setting(name), bits=7)


@pytest.mark.parametrize("name", ["unknown", "visited"])
def test_visitors_just_do_not_get_it(name, answer, settings, caplog):
    settings.UNDECLARED_COOKIES_RAISE = False

    response = answer(setting(name))

    assert not response.cookies
    assert f"/ sets {name}" in caplog.text


def test_a_cookie_header_by_hand_does_not_get_past(answer, settings):
    def view(request):
        return HttpResponse(headers={"Set-Cookie": "unknown=x"})

    with pytest.raises(middleware.UndeclaredCookie):
        answer(view)
    settings.UNDECLARED_COOKIES_RAISE = False

    assert "Set-Cookie" not in answer(view).headers


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "cc"])
def test_what_is_strictly_necessary_passes(name, answer):
    response = answer(setting(name))

    assert name in response.cookies
    assert "Cache-Control" not in response


@pytest.mark.parametrize(
    ("bits", "passes"), [(None, False), (0, False), (5, False), (2, True), (7, True)]
)
def test_an_optional_cookie_passes_with_its_grant_only(bits, passes, answer, settings):
    settings.UNDECLARED_COOKIES_RAISE = False

    response = answer(setting("visited"), bits)

    assert ("visited" in response.cookies) == passes
    assert response["Cache-Control"] == "private"


def test_deleting_a_cookie_is_always_possible(answer):
    def view(request):
        response = HttpResponse()
        response.delete_cookie("whatever")
        return response

    assert answer(view).cookies["whatever"]["max-age"] == 0


@pytest.mark.parametrize(
    ("bits", "allowed"),
    [
        (None, set()),
        (0, set()),
        (1, {"marketing"}),
        (6, {"analytics", "personalization"}),
        (7, {"marketing", "analytics", "personalization"}),
    ],
)
def test_a_view_asks_what_is_allowed(bits, allowed, answer):
    def view(request):
        names = ["marketing", "analytics", "personalization", "necessary", "unknown"]
        return HttpResponse(" ".join(filter(request.consent.allows, names)))

    response = answer(view, bits)

    assert set(response.text.split()) == allowed | {"necessary"}
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_a_view_that_does_not_ask_stays_public(answer):
    response = answer(lambda request: HttpResponse(), bits=7)

    assert "Cache-Control" not in response
    assert "Vary" not in response


def directive(response, name):
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return next((set(values) for key, *values in parts if key == name), set())


def test_the_content_security_policy_allows_declared_origins_and_nothing_else(
    client, privacy_editor
):
    before = client.get("/")["Content-Security-Policy"]
    add_service(
        script="https://cdn.example.org/ads.js",
        origins="https://cdn.example.org\nhttps://*.ads.example.org",
    )
    assert client.get("/")["Content-Security-Policy"] == before
    publish(privacy_editor)

    response = client.get("/")

    origins = {"https://cdn.example.org", "https://*.ads.example.org"}
    assert directive(response, "script-src") == {"'self'", "https://cdn.example.org"}
    assert directive(response, "connect-src") == {"'self'", *origins}
    assert directive(response, "img-src") == {"'self'", "data:", *origins}
    assert directive(response, "frame-src") == origins
    assert directive(response, "style-src") == {"'self'"}
    assert directive(response, "default-src") == {"'none'"}


def test_scripts_of_services_stand_in_the_page_as_templates_only(client, privacy_editor):
    add_service(script="https://cdn.example.org/ads.js", origins="https://cdn.example.org")
    publish(privacy_editor)

    page = client.get("/").text

    outside = "".join(part.split("</template>")[-1] for part in page.split("<template"))
    assert "https://cdn.example.org/ads.js" in page
    assert "cdn.example.org" not in outside
    for ours in ("analytics", "personalization", "marketing"):
        assert f"/static/{ours}.js" in page
        assert f"/static/{ours}.js" not in outside


EMBED = Template(
    "{% load consent %}"
    '{% consent "video" "https://video.example.org/watch/1" "How it is made" %}'
    '<iframe src="https://video.example.org/embed/1" title="How it is made"></iframe>'
    "{% endconsent %}"
)


def test_an_embed_is_a_link_and_a_choice_until_it_is_allowed(privacy_editor):
    add_service(slug="video", origins="https://video.example.org")
    publish(privacy_editor)

    shown = EMBED.render(Context())

    before, inside = shown.split("<template>")
    assert '<a href="https://video.example.org/watch/1"' in before
    assert "Load once" in before
    assert "Always allow" in before
    assert "<iframe" in inside
    assert "<iframe" not in before


def test_an_embed_of_an_undeclared_service_is_a_link_alone():
    shown = EMBED.render(Context())

    assert '<a href="https://video.example.org/watch/1"' in shown
    assert "iframe" not in shown
    assert "button" not in shown


@pytest.mark.parametrize("sent", ["_x_1", "_x_abc"])
def test_withdrawing_deletes_cookies_by_pattern_on_each_domain_and_path(
    sent, client, privacy_editor, settings
):
    settings.ALLOWED_HOSTS = [".example.org"]
    add_service(declared=[{"name": "_x_*", "path": "/a/b"}, {"name": "fixed", "path": "/a"}])
    publish(privacy_editor)
    host = {"SERVER_NAME": "www.shop.example.org"}
    client.cookies.load({sent: "1", "other": "1", "_xother": "1"})

    response = client.post("/consent/", {"choice": "reject"}, headers=SAME_ORIGIN, **host)

    deleted = {
        (morsel.key, morsel["domain"], morsel["path"])
        for morsel in response.cookies.values()
        if morsel["max-age"] == 0
    }
    domains = ["", "www.shop.example.org", "shop.example.org", "example.org"]
    assert deleted == {
        *((sent, domain, path) for domain in domains for path in ("/a/b", "/a/", "/a", "/")),
        *(("fixed", domain, path) for domain in domains for path in ("/a", "/")),
    }


def test_what_is_still_allowed_is_not_deleted(client, privacy_editor):
    client.cookies.load({"visited": "1", "campaign": "x"})
    client.cookies["cc"] = f"1.1.7.{cookie.today()}"

    data = {"choice": "save", "categories": ["analytics"]}
    response = client.post("/consent/", data, headers=SAME_ORIGIN)

    assert {m.key for m in response.cookies.values() if m["max-age"] == 0} == {"campaign"}


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("localhost", []),
        ("localhost:8000", []),
        ("127.0.0.1:8000", []),
        ("[::1]:8000", []),
        ("example.org", ["example.org"]),
        ("a.b.example.org:443", ["a.b.example.org", "b.example.org", "example.org"]),
    ],
)
def test_parent_domains_are_those_a_cookie_may_be_set_on(host, domains):
    assert withdrawal.parent_domains(host) == domains


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        ("/", {"/"}),
        ("/a", {"/a", "/"}),
        ("/a/", {"/a/", "/a", "/"}),
        ("/a/b", {"/a/b", "/a/", "/a", "/"}),
    ],
)
def test_parent_paths_are_with_a_slash_and_without(path, paths):
    assert set(withdrawal.parent_paths(path)) >= paths
    assert "" not in withdrawal.parent_paths(path)


def test_the_declarations_are_there_for_the_script(client):
    response = client.get("/consent/declared.json")

    assert [2, "cookie", "visited", "/"] in response.json()
    assert all(bit for bit, *_ in response.json())
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/robots.txt", "/feed/"])
def test_no_public_answer_depends_on_the_choice(path, client):
    answers = []
    for value in (None, f"1.1.0.{cookie.today()}", f"1.1.7.{cookie.today()}.abcdefghabcdefgh"):
        client.cookies.clear()
        if value:
            client.cookies["cc"] = value
        response = client.get(path)
        answers.append((response.status_code, response.content, response.headers))

    assert answers[0] == answers[1] == answers[2]
    assert "private" not in response.get("Cache-Control", "")


def test_a_broken_page_still_has_no_trace_of_a_missing_policy(client, monkeypatch):
    monkeypatch.setattr(policies, "in_force", lambda: None)

    response = client.get("/nowhere/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "consent-banner" not in response.text
    assert "consent-head" not in response.text
