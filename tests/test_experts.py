"""Experts without an account: a link to one text, and the opinion that comes back."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from monographs import drafts, experts, waiting, workflow
from monographs.models import Event, Invitation, Message, Opinion, State
from peptidesite.accounts.models import User

from .expert import SAID, give, invite


@pytest.fixture
def invited(reviewer):
    """Have the reviewer invite an expert to a revision; return the Invitation and its token."""
    return lambda revision, **options: invite(revision, reviewer, **options)


def rewrite(revision, author):
    text = {**revision.text, "risk": "Another sentence [@key1]."}
    return drafts.save(revision, author=author, version=revision.version, text=text)


def test_of_the_token_only_a_hash_is_kept(invited, make_revision):
    invitation, token = invited(make_revision())

    invitation.refresh_from_db()
    columns = [str(getattr(invitation, field.attname)) for field in invitation._meta.fields]
    assert len(token) >= 43
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert not any(token in column for column in columns)


def test_a_link_opens_by_its_hash_in_one_query(invited, make_revision):
    _, token = invited(make_revision())

    with CaptureQueriesContext(connection) as queries:
        experts.open_by(token)

    assert len(queries) == 1


def test_a_lone_surrogate_never_gets_in(invited, make_revision):
    invitation, _ = invited(make_revision())

    with pytest.raises(ValidationError) as refusal:
        give(invitation, remarks={"risk": "\ud800"}, name="\ud800x")

    assert set(refusal.value.message_dict) == {"risk", "name"}


def test_ten_recommendations_approve_nothing(invited, make_revision, author, reviewer, move):
    revision = make_revision(State.IN_REVIEW)
    everyone = [author, reviewer]
    before = [workflow.moves_for(revision, person) for person in everyone]
    version, events = revision.version, Event.objects.count()
    for number in range(10):
        invitation, _ = invited(revision, expert=f"Expert {'abcdefghij'[number]}")
        give(invitation)

    revision.refresh_from_db()

    assert [workflow.moves_for(revision, person) for person in everyone] == before
    assert (revision.state, revision.version, revision.approver) == ("in_review", version, None)
    assert list(revision.contributors.all()) == [author]
    assert Event.objects.count() == events
    for name, refusal in [
        ("approve", (PermissionDenied, workflow.TransitionNotAllowed)),
        ("publish", (PermissionDenied, workflow.TransitionNotAllowed)),
    ]:
        with pytest.raises(refusal):
            workflow.perform(
                name, revision, actor=author, digest=revision.digest, interests="none"
            )


def test_an_author_who_reviews_cannot_approve_after_an_opinion(
    invited, make_revision, coauthor, author, groups
):
    author.groups.add(groups["Reviewers"], groups["Clinicians"])
    author = type(author).objects.get(pk=author.pk)
    revision = make_revision(State.IN_REVIEW)
    give(invited(revision)[0])

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform(
            "approve", revision, actor=author, digest=revision.digest, interests="none"
        )


@pytest.mark.parametrize("days", [0, -1, 61, "14", None, 10**30])
def test_a_link_is_open_for_one_to_sixty_days(days, invited, make_revision):
    with pytest.raises(ValidationError) as refusal:
        invited(make_revision(), days=days)

    assert "from 1 to 60" in refusal.value.message_dict["days"][0]


@pytest.mark.parametrize("state", [s for s in State if s not in (State.DRAFT, State.IN_REVIEW)])
def test_nobody_is_asked_about_a_text_that_is_decided(state, invited, make_revision):
    with pytest.raises(ValidationError, match="before a text is approved"):
        invited(make_revision(state))


def test_a_text_that_changed_since_the_page_was_opened_goes_to_nobody(
    make_revision, reviewer, author
):
    revision = make_revision()
    rewrite(revision, author)

    with pytest.raises(ValidationError, match="changed since you opened it"):
        experts.invite(revision, expert="Eva", actor=reviewer, digest=revision.digest)


def test_an_expert_has_one_open_link_to_a_text(invited, make_revision, reviewer):
    revision = make_revision()
    invitation, _ = invited(revision)

    with pytest.raises(ValidationError) as refusal:
        invited(revision)
    experts.revoke(invitation, actor=reviewer)
    invited(revision)

    assert "has a link already" in refusal.value.message_dict["expert"][0]


def test_authors_neither_invite_nor_revoke(invited, make_revision, author, publisher):
    revision = make_revision()
    invitation, _ = invited(revision)

    with pytest.raises(PermissionDenied):
        experts.invite(revision, expert="Eva", actor=author, digest=revision.digest)
    with pytest.raises(PermissionDenied):
        experts.revoke(invitation, actor=author)

    assert experts.invite(revision, expert="Eva", actor=publisher, digest=revision.digest)


def test_a_link_is_revoked_once(invited, make_revision, reviewer, publisher):
    invitation, _ = invited(make_revision())
    experts.revoke(invitation, actor=reviewer)

    with pytest.raises(experts.Gone):
        experts.revoke(invitation, actor=publisher)

    invitation.refresh_from_db()
    assert invitation.revoked_by == reviewer


def test_the_database_refuses_an_opinion_on_another_text(invited, make_revision, author):
    revision = make_revision()
    invitation, _ = invited(revision)
    rewrite(revision, author)

    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(invitation=invitation, **SAID)


def test_an_opinion_waits_for_reviewers_and_for_who_wrote_the_text(
    invited, make_revision, author, coauthor, reviewer, publisher
):
    first, second = make_revision(slug="first"), make_revision(State.IN_REVIEW, slug="second")
    make_revision(State.IN_REVIEW, slug="without")
    give(invited(second)[0])
    give(invited(first)[0])
    give(invited(second, expert="Another")[0])

    def waits_for(person):
        return {
            pile.label: [revision["monograph__slug"] for revision in pile.revisions]
            for pile in waiting.piles(person)
            if "opinions" in pile.label
        }

    theirs, mine = "Expert opinions received", "Expert opinions on your texts"
    assert waits_for(reviewer) == waits_for(coauthor) == {theirs: ["second", "first"]}
    assert waits_for(author) == {mine: ["second", "first"]}
    assert waits_for(publisher) == {}


def test_who_invited_and_who_wrote_are_told_by_mail(invited, make_revision, reviewer, author):
    User.objects.update(email="someone@peptides.example")

    give(invited(make_revision(State.IN_REVIEW))[0])

    told = Message.objects.filter(kind="opinion")
    assert {message.recipient for message in told} == {reviewer, author}
    assert "Prof. Eva Expert recommends it for publication" in told[0].body


def test_an_opinion_on_a_text_that_is_decided_waits_for_nobody(
    invited, make_revision, move, reviewer
):
    revision = make_revision(State.IN_REVIEW)
    give(invited(revision)[0])

    move(revision, "approve")

    labels = [pile.label for pile in waiting.piles(reviewer)]
    assert "Expert opinions received" not in labels


def test_an_invitation_is_never_deleted(invited, make_revision):
    invitation, _ = invited(make_revision())

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).delete()
