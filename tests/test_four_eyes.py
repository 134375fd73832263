"""Nobody approves what they wrote, in whichever way they try."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from monographs import drafts, workflow
from monographs.models import Contribution, Event, Revision, State
from peptidesite.accounts.models import User


@pytest.fixture
def written_by_two(author, coauthor, make_revision, move):
    """A revision in review that author began and coauthor, a reviewer too, added to."""
    draft = make_revision()
    changed = {**draft.text, "risk": "Unknown."}
    drafts.save(draft, author=coauthor, version=draft.version, text=changed)
    return move(draft, "submit")


def approve_in_the_admin(revision, person, client):
    client.force_login(person)
    client.post(
        reverse("admin:monographs_revision_change", args=[revision.pk]),
        {"action": "approve", "digest": revision.digest, "interests": "none"},
    )


def approve_in_python(revision, person, client):
    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform(
            "approve", revision, actor=person, digest=revision.digest, interests="none"
        )


def approve_by_update(revision, person, client):
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            state=State.APPROVED, approver=person, approved_at=timezone.now()
        )


def approve_by_save(revision, person, client):
    revision.state, revision.approver = State.APPROVED, person
    revision.approved_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        revision.save()


def approve_by_sql(revision, person, client):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE monographs_revision SET state = 'approved', approver_id = %s, "
            "approved_at = %s WHERE id = %s",
            [person.pk, timezone.now(), revision.pk],
        )


WAYS_TO_APPROVE = [
    approve_in_the_admin,
    approve_in_python,
    approve_by_update,
    approve_by_save,
    approve_by_sql,
]


@pytest.mark.parametrize("approve", WAYS_TO_APPROVE)
@pytest.mark.parametrize("who", ["author", "coauthor"])
@pytest.mark.parametrize("is_superuser", [False, True], ids=["editor", "superuser"])
def test_a_contributor_cannot_approve(
    approve, who, is_superuser, written_by_two, client, request, groups
):
    contributor = request.getfixturevalue(who)
    contributor.groups.add(groups["Reviewers"])
    contributor.is_superuser = is_superuser
    contributor.save()
    contributor = User.objects.get(pk=contributor.pk)  # permissions are kept with the object

    approve(written_by_two, contributor, client)

    written_by_two.refresh_from_db()
    assert written_by_two.state == State.IN_REVIEW
    assert written_by_two.approver is None
    assert not Event.objects.filter(transition="approve").exists()


def test_a_third_person_approves(written_by_two, reviewer):
    approved = workflow.perform(
        "approve",
        written_by_two,
        actor=reviewer,
        digest=written_by_two.digest,
        interests="none",
    )

    assert (approved.state, approved.approver) == (State.APPROVED, reviewer)


def test_the_approval_keeps_who_wrote_and_who_reviewed_as_they_were(
    written_by_two, author, reviewer, move
):
    approved = move(written_by_two, "approve")
    reviewer.credentials = "retired"
    reviewer.save()

    byline = move(approved, "publish").byline

    names = [person["name"] for person in byline["authors"]]
    assert names == ["Ada Author", "Cora Coauthor"]
    assert byline["reviewer"]["name"] == "Rex Reviewer"
    assert byline["reviewer"]["credentials"] == "MD, PhD"


def test_nobody_becomes_a_contributor_once_the_text_is_frozen(written_by_two, reviewer):
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.create(revision=written_by_two, user=reviewer)


def test_who_wrote_the_earlier_texts_is_named_with_the_later_one(
    make_revision, coauthor, move, reviewer, text
):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=coauthor, change_summary="Clearer.")
    submitted = workflow.perform("submit", draft, actor=coauthor)

    approved = move(submitted, "approve")

    names = [person["name"] for person in approved.byline["authors"]]
    assert names == ["Ada Author", "Cora Coauthor"]


def test_whose_words_nobody_approved_yet_does_not_approve_a_copy_of_them(
    make_revision, coauthor, author, text
):
    discarded = drafts.create(author=coauthor, slug="copied", text=text)
    workflow.perform("discard", discarded, actor=coauthor)
    copied = drafts.start(discarded.monograph, author=author, change_summary="The same.")
    copied = workflow.perform("submit", copied, actor=author)

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform("approve", copied, actor=coauthor, digest=copied.digest)

    assert {user.username for user in copied.writers()} == {"author", "coauthor"}


def test_html_that_was_not_made_from_the_text_is_not_approved(make_revision, reviewer):
    revision = make_revision(State.IN_REVIEW)
    forged = {**revision.rendered, "sections": {"risk": "<p>None at all.</p>"}}
    moved = Revision.objects.filter(pk=revision.pk)
    moved.update(state=State.DRAFT)
    moved.update(state=State.IN_REVIEW, rendered=forged)

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform("approve", revision, actor=reviewer, digest=revision.digest)


def test_a_table_of_the_same_name_hides_no_contributor(written_by_two, coauthor):
    if connection.vendor == "sqlite":
        hide = "CREATE TEMP TABLE monographs_contribution (revision_id int, user_id int)"
    else:
        hide = (
            "CREATE TEMP TABLE monographs_contribution ON COMMIT DROP AS "
            "SELECT * FROM public.monographs_contribution WHERE false"
        )
    with connection.cursor() as cursor:
        cursor.execute(hide)

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=written_by_two.pk).update(
            state=State.APPROVED, approver=coauthor, approved_at=timezone.now()
        )

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE monographs_contribution")
