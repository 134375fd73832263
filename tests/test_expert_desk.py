"""Inviting experts at the desk, and reading there what they think."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs import drafts, experts
from monographs.models import Invitation, State

from .desk import page_of, shown
from .expert import give, invite


def experts_of(revision):
    return reverse("admin:monographs_revision_experts", args=[revision.pk])


def revocation_of(invitation):
    return reverse(
        "admin:monographs_revision_revoke", args=[invitation.revision_id, invitation.pk]
    )


def asked(revision, **changes):
    return {"expert": "Dr Eva Expert", "days": "14", "digest": revision.digest, **changes}


@pytest.mark.parametrize("person", ["reviewer", "publisher"])
def test_the_link_is_shown_once_and_kept_nowhere(person, make_revision, sign_in, request):
    revision = make_revision(State.IN_REVIEW)
    client = sign_in(request.getfixturevalue(person))

    answer = client.post(experts_of(revision), asked(revision))
    later = client.get(experts_of(revision))

    link = answer.context["link"]
    token = link.split("/")[-1]
    assert link == f"http://testserver/opinions/{token}"
    assert f'value="{link}"' in answer.content.decode()
    assert "cannot be shown again" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert token not in later.content.decode()
    assert not any(token in str(session.get_decoded()) for session in Session.objects.all())
    client.logout()
    assert client.get(link).status_code == 200


def test_the_link_is_open_for_the_days_that_were_given(make_revision, reviewer, sign_in):
    revision = make_revision()

    sign_in(reviewer).post(experts_of(revision), asked(revision, days="3"))

    invitation = Invitation.objects.get()
    assert timedelta(days=2.9) < invitation.expires_at - invitation.at < timedelta(days=3.1)
    assert (invitation.author, invitation.text_digest) == (reviewer, revision.digest)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("expert", "", "Give a name"),
        ("expert", "\u202eEva", "U+202E"),
        ("expert", "a\x00b", "Null characters"),
        ("expert", "x" * 151, "150"),
        ("days", "", "number of days"),
        ("days", "soon", "number of days"),
        ("days", "9" * 5_000, "number of days"),
        ("days", "0", "from 1 to 60"),
        ("days", "61", "from 1 to 60"),
    ],
)
def test_wrong_input_gets_its_message_and_is_not_lost(
    field, value, words, make_revision, reviewer, sign_in
):
    revision = make_revision()

    response = sign_in(reviewer).post(experts_of(revision), asked(revision, **{field: value}))

    form = response.context["form"]
    assert words in " ".join(form.errors[field])
    assert form[field].value() == value
    assert not Invitation.objects.exists()


def test_a_double_click_makes_one_link_and_says_what_to_do(make_revision, reviewer, sign_in):
    revision = make_revision()
    client = sign_in(reviewer)

    client.post(experts_of(revision), asked(revision))
    second = client.post(experts_of(revision), asked(revision))

    assert "has a link already. Revoke that one" in second.content.decode()
    assert Invitation.objects.count() == 1


def test_a_page_whose_text_was_changed_invites_nobody_until_it_is_read(
    make_revision, reviewer, author, sign_in
):
    revision = make_revision()
    stale = asked(revision)
    text = {**revision.text, "risk": "Another sentence [@key1]."}
    saved = drafts.save(revision, author=author, version=1, text=text)

    response = sign_in(reviewer).post(experts_of(revision), stale)

    page = response.content.decode()
    assert "changed since you opened it" in page
    assert 'value="Dr Eva Expert"' in page
    assert f'name="digest" value="{saved.digest}"' in page
    assert not Invitation.objects.exists()


def test_a_contributor_reads_and_does_not_invite(make_revision, author, reviewer, sign_in):
    revision = make_revision()
    invitation, _ = invite(revision, reviewer)
    client = sign_in(author)

    page = client.get(experts_of(revision)).content.decode()

    assert "Prof. Eva Expert" in page
    assert "Make a link" not in page
    assert ">Revoke<" not in page
    assert client.post(experts_of(revision), asked(revision)).status_code == 403
    assert client.post(revocation_of(invitation)).status_code == 403
    assert Invitation.objects.get().revoked_at is None


def test_nobody_else_learns_what_experts_think(make_revision, make_user, reviewer, sign_in):
    revision = make_revision()
    give(invite(revision, reviewer)[0], remarks={"risk": "Between us."})
    other = make_user("other", "Authors")
    other.user_permissions.set(Permission.objects.filter(codename="view_revision"))
    client = sign_in(other)

    assert client.get(experts_of(revision)).status_code == 403
    assert "Between us." not in client.get(page_of(revision)).content.decode()


def test_without_an_account_the_desk_shows_no_experts(make_revision, client):
    response = client.get(experts_of(make_revision()))

    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_a_link_is_revoked_and_the_second_click_is_told_so(
    make_revision, reviewer, publisher, sign_in, client
):
    invitation, token = invite(make_revision(), reviewer)
    client = sign_in(publisher)

    first = client.post(revocation_of(invitation), follow=True)
    second = client.post(revocation_of(invitation), follow=True)

    assert shown(first) == ["The link of Prof. Eva Expert is revoked."]
    assert shown(second) == ["This link was revoked."]
    assert "revoked by Pia Publisher" in second.content.decode()
    assert client.get(f"/opinions/{token}/").status_code == 410


def test_a_link_is_revoked_by_its_own_button_only(make_revision, reviewer, sign_in):
    invitation, _ = invite(make_revision(), reviewer)
    other = make_revision(slug="other")
    client = sign_in(reviewer)
    elsewhere = reverse("admin:monographs_revision_revoke", args=[other.pk, invitation.pk])

    assert client.get(revocation_of(invitation)).status_code == 405
    assert client.post(elsewhere).status_code == 404
    assert Invitation.objects.get().revoked_at is None


def test_each_link_says_how_it_stands(make_revision, reviewer, author, sign_in, move):
    revision = make_revision()
    invite(revision, reviewer, expert="Early")
    text = {**revision.text, "risk": "Another sentence [@key1]."}
    revision = drafts.save(revision, author=author, version=1, text=text)
    revoked, _ = invite(revision, reviewer, expert="Revoked")
    experts.revoke(revoked, actor=reviewer)
    invite(revision, reviewer, expert="Open")

    page = " ".join(sign_in(reviewer).get(experts_of(revision)).content.decode().split())

    assert "The text has moved on since this link was made." in page
    assert "The link was revoked by Rex Reviewer" in page
    assert "The link is open until" in page
    assert page.count(">Revoke<") == 1


@pytest.mark.parametrize("person", ["reviewer", "publisher", "author"])
def test_an_opinion_stands_on_the_page_of_its_revision_by_section(
    person, make_revision, reviewer, sign_in, request
):
    revision = make_revision(State.IN_REVIEW)
    give(
        invite(revision, reviewer)[0],
        verdict="object",
        remarks={"risk": "Too <b>mild</b>.", "whole": "Unclear."},
    )

    response = sign_in(request.getfixturevalue(person)).get(page_of(revision))

    page = response.content.decode()
    assert "Prof. Eva Expert objects to its publication" in page
    assert "Too &lt;b&gt;mild&lt;/b&gt;." in page
    assert page.index("On the whole text") < page.index("On risk")
    assert "The text was changed since." not in page
    assert experts_of(revision) in page


def test_an_opinion_on_an_earlier_text_says_so(make_revision, reviewer, author, sign_in):
    revision = make_revision()
    give(invite(revision, reviewer)[0])
    text = {**revision.text, "risk": "Another sentence [@key1]."}
    drafts.save(revision, author=author, version=1, text=text)

    page = sign_in(author).get(page_of(revision)).content.decode()

    assert "The text was changed since." in page


@pytest.mark.parametrize("state", State)
def test_the_page_of_experts_opens_in_every_state(state, make_revision, reviewer, sign_in):
    revision = make_revision(state)

    page = sign_in(reviewer).get(experts_of(revision)).content.decode()

    assert ("Make a link" in page) == (state in (State.DRAFT, State.IN_REVIEW))


@pytest.mark.usefixtures("policy_known")
def test_the_queries_do_not_grow_with_the_experts(make_revision, reviewer, sign_in):
    revision = make_revision(State.IN_REVIEW)
    client = sign_in(reviewer)
    give(invite(revision, reviewer)[0])
    pages = [experts_of(revision), page_of(revision)]
    for page in pages:
        client.get(page)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            for page in pages:
                client.get(page)
        counts.append(len(queries))
        for letter in "abcdefgh":
            if len(counts) == 1:
                give(invite(revision, reviewer, expert=letter)[0])

    assert counts[0] == counts[1]
