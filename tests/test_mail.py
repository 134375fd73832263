"""Who is told by mail of what happens to a text, and what the mail says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monographs import drafts, mail, timetable, workflow
from monographs.models import Contribution, Invitation, Message, State
from peptidesite.accounts.models import Mail, User
from tests.desk import page_of

NAME = "Thymosin Alpha-1, revision 1"


@pytest.fixture(autouse=True)
def addresses(settings, author, coauthor, reviewer, publisher):
    """Everyone has an address; the site has one, too."""
    settings.SITE_URL = "https://peptides.example/"
    User.objects.update(email=Concat(F("username"), Value("@peptides.example")))
    for person in (author, coauthor, reviewer, publisher):
        person.refresh_from_db()


@pytest.fixture
def told():
    """Forget what was told so far; then say who is told what."""
    Message.objects.all().delete()

    def told():
        return {
            message.recipient.username: message.subject
            for message in Message.objects.select_related("recipient")
        }

    return told


@pytest.fixture
def arranged(make_revision):
    """Make a revision in a state, with no mail about how it came there."""

    def arrange(state):
        revision = make_revision(state)
        Message.objects.all().delete()
        return revision

    return arrange


def body_to(person):
    return Message.objects.get(recipient=person).body


def unwant(person, *kinds):
    User.objects.filter(pk=person.pk).update(unwanted_mail=list(kinds))


class TestSubmission:
    def test_it_goes_to_reviewers_and_to_nobody_else(self, arranged, move, told):
        move(arranged(State.DRAFT), "submit")

        assert told() == {
            "reviewer": f"{NAME}, waits for review",
            "coauthor": f"{NAME}, waits for review",
        }

    def test_it_never_goes_to_a_contributor(self, arranged, move, told, coauthor, author, groups):
        revision = arranged(State.DRAFT)
        Contribution.objects.create(revision=revision, user=coauthor)
        author.groups.add(groups["Reviewers"])

        move(revision, "submit")

        assert list(told()) == ["reviewer"]

    def test_it_goes_to_those_who_want_it(self, arranged, move, told, coauthor, reviewer):
        unwant(coauthor, Mail.SUBMITTED)
        unwant(reviewer, *set(Mail.values) - {Mail.SUBMITTED})

        move(arranged(State.DRAFT), "submit")

        assert list(told()) == ["reviewer"]

    def test_it_goes_to_those_who_can_get_it(self, arranged, move, told, coauthor, reviewer):
        User.objects.filter(pk=coauthor.pk).update(is_active=False)
        User.objects.filter(pk=reviewer.pk).update(email="")

        move(arranged(State.DRAFT), "submit")

        assert told() == {}

    def test_a_superuser_who_is_no_reviewer_is_not_told(self, arranged, move, told, make_user):
        make_user("root", is_superuser=True, email="root@peptides.example")

        move(arranged(State.DRAFT), "submit")

        assert "root" not in told()

    def test_it_says_what_a_reviewer_has_to_know(self, arranged, author, reviewer):
        revision = arranged(State.DRAFT)

        workflow.perform("submit", revision, actor=author, note="Ready, <I> think & hope.")

        assert body_to(reviewer) == (
            "Ada Author has submitted Thymosin Alpha-1, revision 1, for review.\n"
            "\n"
            "New or changed: application, metric and risk. So a clinician has to approve it.\n"
            "\n"
            "The comment:\n"
            "\n"
            "Ready, <I> think & hope.\n"
            "\n"
            "Review it:\n"
            f"https://peptides.example{page_of(revision)}\n"
            "\n"
            "--\n"
            "You get this kind of mail: “A text waits for a review that you could do”.\n"
            "Choose which mail you get: https://peptides.example/admin/profile/\n"
        )

    def test_a_later_revision_says_what_changed(self, arranged, author, reviewer, move):
        live = arranged(State.PUBLISHED)
        draft = drafts.start(live.monograph, author=author, change_summary="New data of 2026.")

        move(draft, "submit")

        assert "What changed since the last revision: New data of 2026.\n" in body_to(reviewer)
        assert "clinician" not in body_to(reviewer)

    def test_the_number_of_queries_does_not_grow_with_the_reviewers(
        self, make_revision, author, make_user
    ):
        def queries(revision):
            with CaptureQueriesContext(connection) as captured:
                workflow.perform("submit", revision, actor=author)
            return len(captured)

        few = queries(make_revision(slug="first"))
        for number in range(20):
            make_user(f"reviewer-{number}", "Reviewers", email=f"{number}@peptides.example")
        many = queries(make_revision(slug="second"))

        assert Message.objects.filter(subject__contains="waits for review").count() == 2 + 22
        assert many == few


class TestReview:
    def test_requested_changes_are_told_to_the_contributors_with_the_comment(
        self, arranged, told, reviewer, author, coauthor
    ):
        revision = arranged(State.DRAFT)
        Contribution.objects.create(revision=revision, user=coauthor)
        workflow.perform("submit", revision, actor=author)
        Message.objects.all().delete()

        workflow.perform(
            "request_changes", revision, actor=reviewer, note="Name the dose.\n\nAnd the source."
        )

        assert told() == dict.fromkeys(["author", "coauthor"], f"{NAME}, needs changes")
        assert body_to(author).startswith("Rex Reviewer asks for changes in " + NAME)
        assert "What has to change:\n\nName the dose.\n\nAnd the source.\n" in body_to(author)
        assert page_of(revision) in body_to(author)

    def test_whoever_does_it_is_not_told(self, arranged, told, author, groups):
        revision = arranged(State.IN_REVIEW)
        author.groups.add(groups["Reviewers"])

        workflow.perform(
            "request_changes",
            revision,
            actor=User.objects.get(pk=author.pk),
            note="I have to check the dose.",
        )

        assert told() == {}

    def test_an_approval_is_told_to_who_wrote_and_who_may_publish(self, arranged, move, told):
        move(arranged(State.IN_REVIEW), "approve")

        assert told() == dict.fromkeys(["author", "publisher"], f"{NAME}, is approved")

    def test_a_void_approval_is_told_to_who_wrote(self, arranged, move, told, author):
        move(arranged(State.APPROVED), "reopen")

        assert told() == {"author": f"{NAME}, is a draft again"}
        assert "Why:\n\nA reason.\n" in body_to(author)

    @pytest.mark.parametrize(
        ("state", "name"),
        [(State.IN_REVIEW, "recall"), (State.DRAFT, "discard"), (State.PUBLISHED, "confirm")],
    )
    def test_of_what_concerns_nobody_else_nobody_is_told(self, state, name, arranged, move, told):
        move(arranged(state), name)

        assert told() == {}

    def test_an_opinion_is_told_to_who_invited_and_who_wrote(
        self, arranged, told, reviewer, author
    ):
        revision = arranged(State.IN_REVIEW)
        Invitation.objects.create(
            revision=revision,
            text_digest=revision.digest,
            token_hash="0" * 64,
            expert="Eva Expert",
            author=reviewer,
            expires_at=timezone.now() + timedelta(days=1),
        )

        mail.tell("opinion", revision, note="Eva Expert recommends it for publication")

        assert told() == dict.fromkeys(["author", "reviewer"], f"{NAME}, has an expert's opinion")
        assert "Eva Expert recommends it for publication" in body_to(author)


class TestPublication:
    def test_it_is_told_to_who_wrote_and_who_approved(self, arranged, move, told, author):
        revision = move(arranged(State.APPROVED), "publish")

        assert told() == dict.fromkeys(["author", "reviewer"], f"{NAME}, is published")
        address = revision.monograph.get_absolute_url()
        assert f"https://peptides.example{address}\n" in body_to(author)

    def test_a_withdrawal_is_told_with_its_reason(self, arranged, move, told, author):
        move(arranged(State.PUBLISHED), "withdraw")

        assert told() == dict.fromkeys(["author", "reviewer"], f"{NAME}, is withdrawn")
        assert "The reason:\n\nA reason.\n" in body_to(author)

    def test_a_time_is_told_as_the_clock_of_each_shows_it(
        self, arranged, told, author, reviewer, publisher
    ):
        User.objects.filter(pk=author.pk).update(time_zone="Europe/Berlin")
        at = datetime(2099, 7, 1, 7, 0, tzinfo=UTC)

        timetable.appoint("publish", arranged(State.APPROVED), actor=publisher, at=at)

        assert told() == dict.fromkeys(["author", "reviewer"], f"{NAME}, is on the timetable")
        assert "it will be published on 1 Jul 2099, 09:00 (CEST)." in body_to(author)
        assert "it will be published on 1 Jul 2099, 07:00 (UTC)." in body_to(reviewer)

    def test_a_time_that_is_no_more_is_told(self, arranged, told, author, publisher):
        at = datetime(2099, 7, 1, 7, 0, tzinfo=UTC)
        live = arranged(State.PUBLISHED)
        appointment = timetable.appoint("withdraw", live, actor=publisher, at=at, note="Old.")
        Message.objects.all().delete()

        timetable.cancel(appointment, actor=publisher)

        assert told() == dict.fromkeys(["author", "reviewer"], f"{NAME}, is off the timetable")
        assert "It will not be withdrawn on 1 Jul 2099, 07:00 (UTC)." in body_to(author)

    @pytest.mark.parametrize(
        ("name", "state", "done"),
        [
            ("publish", State.APPROVED, "published"),
            ("withdraw", State.PUBLISHED, "withdrawn"),
        ],
    )
    def test_when_its_time_has_come_who_chose_it_is_told_too(
        self, name, state, done, arranged, told, publisher, monkeypatch
    ):
        at = timezone.now() + timedelta(hours=1)
        timetable.appoint(name, arranged(state), actor=publisher, at=at, note="Old.")
        Message.objects.all().delete()
        monkeypatch.setattr(timezone, "now", lambda: at)

        list(timetable.keep_due())

        people = ["author", "reviewer", "publisher"]
        assert told() == dict.fromkeys(people, f"{NAME}, is {done}")
        assert f"As you put it on the timetable, {NAME}, is {done} now." in body_to(publisher)

    def test_when_it_cannot_be_made_nobody_is_told(self, arranged, told, publisher, monkeypatch):
        at = timezone.now() + timedelta(hours=1)
        timetable.appoint("publish", arranged(State.APPROVED), actor=publisher, at=at)
        Message.objects.all().delete()
        publisher.groups.clear()
        monkeypatch.setattr(timezone, "now", lambda: at)

        list(timetable.keep_due())

        assert told() == {}


class TestNothingIsTold:
    def test_of_a_move_that_is_refused(self, arranged, author, told):
        revision = arranged(State.DRAFT)
        drafts.save(
            revision, author=author, version=revision.version, text={**revision.text, "risk": ""}
        )

        with pytest.raises(ValidationError):
            workflow.perform("submit", revision, actor=author)

        assert told() == {}

    def test_of_a_move_that_is_undone(self, arranged, author, told):
        revision = arranged(State.DRAFT)

        def submit_in_vain():
            with transaction.atomic():
                workflow.perform("submit", revision, actor=author)
                raise OSError("The disk is full.")

        with pytest.raises(OSError, match="full"):
            submit_in_vain()

        assert told() == {}

    def test_twice_of_a_double_click(self, arranged, author, reviewer, told):
        revision = arranged(State.DRAFT)
        workflow.perform("submit", revision, actor=author)

        with pytest.raises(workflow.TransitionNotAllowed):
            workflow.perform("submit", revision, actor=author)

        assert Message.objects.filter(recipient=reviewer).count() == 1


def test_the_longest_title_leaves_room_for_what_happened(make_revision, move, reviewer):
    title = "Peptide " * 25

    move(make_revision(title=title.strip()), "submit")

    subject = Message.objects.get(recipient=reviewer).subject
    assert len(subject) <= 200
    assert subject.endswith("…, revision 1, waits for review")
