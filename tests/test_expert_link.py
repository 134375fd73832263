"""The page behind an expert's link, which needs no account."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monographs import content, drafts, expert_views, experts
from monographs.models import Opinion, State

from .desk import page_of
from .expert import SAID, invite, link_to


@pytest.fixture
def invited(reviewer):
    """Have the reviewer invite an expert to a revision; return the Invitation and its token."""
    return lambda revision, **options: invite(revision, reviewer, **options)


@pytest.fixture
def link(reviewer):
    """Have the reviewer invite an expert to a revision and return the path of the link."""
    return lambda revision, **options: link_to(revision, reviewer, **options)


def rewrite(revision, author):
    text = {**revision.text, "risk": "Another sentence [@key1]."}
    return drafts.save(revision, author=author, version=revision.version, text=text)


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW])
def test_the_link_opens_the_text_for_someone_without_an_account(
    state, link, make_revision, client
):
    revision = make_revision(state, risk="A **grave** risk [@key1].")

    response = client.get(link(revision))

    page = response.content.decode()
    assert response.status_code == 200
    assert "A <strong>grave</strong> risk" in page
    assert "Isolation of a peptide" in page
    assert "A preview for Prof. Eva Expert" in page
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in page


def test_the_page_is_kept_from_search_engines_caches_and_other_sites(link, make_revision, client):
    for address, status in [(link(make_revision()), 200), ("/opinions/unknown/", 404)]:
        response = client.get(address)

        assert response.status_code == status
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex' in response.content.decode()
        assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
        assert response["Referrer-Policy"] == "no-referrer"
        assert "Vary" not in response or "Cookie" not in response["Vary"]
    assert "Disallow: /opinions/" in client.get("/robots.txt").content.decode()


def test_no_page_of_readers_leads_to_a_link(link, make_revision, client):
    address = link(make_revision(State.IN_REVIEW))

    for public in ("/", "/monographs/", "/sitemap.xml", "/robots.txt"):
        assert address not in client.get(public).content.decode()


@pytest.mark.parametrize("token", ["x" * 43, "x", "x" * 5_000, "-_-"])
def test_a_link_that_was_never_made_is_not_there(token, client, db):
    assert client.get(f"/opinions/{token}/").status_code == 404
    assert client.post(f"/opinions/{token}/", SAID).status_code == 404


@pytest.mark.parametrize("token", ["a%00b", "%ED%A0%80", "a%2Fb", "..", "a b", "%E2%80%AEa", ""])
def test_hostile_addresses_are_not_there(token, client, db):
    assert client.get(f"/opinions/{token}/").status_code == 404


def test_looking_changes_nothing(link, make_revision, client):
    address = link(make_revision())

    with CaptureQueriesContext(connection) as queries:
        client.get(address)
        client.head(address)

    assert all(query["sql"].startswith("SELECT") for query in queries)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(method, link, make_revision, client):
    response = getattr(client, method)(link(make_revision()))

    assert response.status_code == 405
    assert "no-store" in response["Cache-Control"]


def test_an_opinion_is_taken_and_shown_with_thanks(link, make_revision, client):
    revision = make_revision(State.IN_REVIEW)
    address = link(revision)
    said = {**SAID, "remark_risk": "Say more.\r\nMuch more.", "remark_whole": "# A good text"}

    response = client.post(address, said)
    thanks = client.get(address)

    page = thanks.content.decode()
    opinion = Opinion.objects.get()
    assert (response.status_code, response["Location"]) == (303, address)
    assert opinion.remarks == {"whole": "# A good text", "risk": "Say more.\nMuch more."}
    assert (opinion.verdict, opinion.credentials) == ("recommend", "MD, PhD")
    assert opinion.invitation.revision == revision
    assert "Thank you, Prof. Eva Expert" in page
    assert "Much more." in page
    assert "<textarea" not in page


def test_a_double_click_keeps_one_opinion_and_thanks_twice(link, make_revision, client):
    address = link(make_revision())

    first, second = client.post(address, SAID), client.post(address, SAID)

    assert (first.status_code, second.status_code) == (303, 303)
    assert Opinion.objects.count() == 1


def test_another_opinion_by_the_same_link_is_refused_and_given_back(link, make_revision, client):
    address = link(make_revision())
    client.post(address, SAID)

    for other in ({"verdict": "object", "remark_risk": "No <b>way</b>."}, {"name": ""}):
        response = client.post(address, {**SAID, "remark_whole": "Typed.", **other})

        page = response.content.decode()
        assert response.status_code == 409
        assert "it stays as it was" in page
        assert "Typed." in page
    assert Opinion.objects.get().verdict == "recommend"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"verdict": ""}, "verdict", "Choose one"),
        ({"verdict": "approve"}, "verdict", "Select a valid choice"),
        ({"name": " "}, "name", "Give a name"),
        ({"name": "\u200b"}, "name", "Give a name"),
        ({"name": "x" * 151}, "name", "150"),
        ({"credentials": ""}, "credentials", "degrees"),
        ({"competing_interests": ""}, "competing_interests", "none"),
        ({"remark_risk": "a\x00b"}, "remark_risk", "Null characters"),
        ({"remark_risk": "\u202ereversed"}, "remark_risk", "U+202E"),
        ({"remark_risk": "x" * 1_000_000}, "remark_risk", "1,000,000"),
    ],
)
def test_wrong_input_gets_its_message_and_is_not_lost(
    changes, field, words, link, make_revision, client
):
    said = {**SAID, "remark_metric": "An hour's work.", **changes}

    response = client.post(link(make_revision()), said)

    form = response.context["form"]
    assert words in " ".join(form.errors[field])
    assert form[field].value() == said.get(field, "")
    assert "An hour&#x27;s work." in response.content.decode()
    assert not Opinion.objects.exists()


def test_an_objection_says_to_what(link, make_revision, client):
    address = link(make_revision())

    refused = client.post(address, {**SAID, "verdict": "object", "remark_risk": " "})
    taken = client.post(address, {**SAID, "verdict": "object", "remark_risk": "Too short."})

    assert "Say what you object to" in refused.context["form"].errors["remark_whole"][0]
    assert taken.status_code == 303
    assert Opinion.objects.get().verdict == "object"


@pytest.mark.parametrize("size", [3_000_000, 50_000_000])
def test_more_than_fits_is_refused_with_a_clear_page(size, link, make_revision, client):
    body = b"verdict=object&remark_whole=" + b"x" * size

    response = client.post(
        link(make_revision()), body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 413
    assert "shorten it" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_form_of_too_many_fields_is_refused(link, make_revision, client):
    response = client.post(link(make_revision()), {f"field{n}": "x" for n in range(2_000)})

    assert response.status_code == 413


def revoked(invitation, revision, author, reviewer, move):
    experts.revoke(invitation, actor=reviewer)


def rewritten(invitation, revision, author, reviewer, move):
    rewrite(move(revision, "recall"), author)


def approved(invitation, revision, author, reviewer, move):
    move(revision, "approve")


def expired(invitation, revision, author, reviewer, move):
    pass  # the test looks two weeks later


ENDS = {
    revoked: experts.REVOKED,
    rewritten: experts.MOVED_ON,
    approved: experts.MOVED_ON,
    expired: experts.EXPIRED,
}


@pytest.mark.parametrize("end", ENDS)
def test_a_link_that_ended_is_gone_and_loses_nothing_typed(
    end, invited, make_revision, client, author, reviewer, move, monkeypatch
):
    revision = make_revision(State.IN_REVIEW, definition="A secret text [@key1].")
    invitation, token = invited(revision)
    end(invitation, revision, author, reviewer, move)
    if end is expired:
        later = timezone.now() + timedelta(days=14, seconds=1)
        monkeypatch.setattr(experts.timezone, "now", lambda: later)

    looked = client.get(f"/opinions/{token}/")
    sent = client.post(f"/opinions/{token}/", {**SAID, "remark_risk": "An hour's work."})

    assert (looked.status_code, sent.status_code) == (410, 410)
    assert ENDS[end] in looked.content.decode()
    assert "Rex Reviewer, who invited you" in looked.content.decode()
    assert looked["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in looked["Cache-Control"]
    assert "A secret text" not in sent.content.decode()
    assert "An hour&#x27;s work." in sent.content.decode()
    assert not Opinion.objects.exists()


def test_a_draft_that_is_submitted_as_it_was_stays_open_to_its_expert(
    link, make_revision, move, client
):
    revision = make_revision()
    address = link(revision)

    move(revision, "submit")

    assert client.get(address).status_code == 200


def test_the_draft_itself_has_no_public_address(link, make_revision, client):
    revision = make_revision()
    link(revision)

    for address in (revision.get_absolute_url(), revision.monograph.get_absolute_url()):
        assert client.get(address).status_code == 404


def test_a_busy_database_keeps_nothing_and_loses_nothing(
    link, make_revision, client, monkeypatch
):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    address = link(make_revision())
    monkeypatch.setattr(expert_views.experts, "give", busy)

    response = client.post(address, {**SAID, "remark_risk": "Typed."})

    assert response.status_code == 503
    assert "Typed." in response.content.decode()


def test_every_section_can_be_remarked_on(make_revision):
    form = expert_views.OpinionForm()

    labels = [field.label for field in form.remark_fields]

    assert labels == ["The whole text", *(name.capitalize() for name in content.SECTIONS)]


def test_the_revision_page_needs_an_account_still(invited, make_revision, client):
    revision = make_revision()
    invited(revision)

    assert client.get(page_of(revision)).status_code == 302


def test_no_secret_goes_into_the_log(link, make_revision, client, reviewer, caplog):
    address = link(make_revision())
    client.post(address, SAID)

    client.post(address, {**SAID, "verdict": "object", "remark_risk": "Another."})
    client.post(address, b"x" * 3_000_000, content_type="application/x-www-form-urlencoded")

    assert address not in caplog.text
