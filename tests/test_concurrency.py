"""Eight people at the same moment: one wins, and the others are told."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from monographs import drafts, workflow
from monographs.models import Contribution, Event, Monograph, Revision, State

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
REFUSALS = (workflow.TransitionNotAllowed, drafts.OpenRevisionExists, drafts.StaleText)


def at_once(work):
    """Run work(n) in eight threads that begin together; return what each gave or raised."""
    barrier = threading.Barrier(THREADS)
    outcomes = [None] * THREADS

    def run(number):
        barrier.wait()
        try:
            outcomes[number] = work(number)
        except REFUSALS as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def winners(outcomes):
    assert None not in outcomes, "a thread ended with an error of its own"
    return [outcome for outcome in outcomes if isinstance(outcome, Revision)]


def test_one_of_eight_starts_the_draft(make_revision, make_user):
    monograph = make_revision(State.PUBLISHED).monograph
    authors = [make_user(f"author-{number}", "Authors") for number in range(THREADS)]

    outcomes = at_once(lambda number: drafts.start(monograph, author=authors[number]))

    assert len(winners(outcomes)) == 1
    assert monograph.revisions.open().count() == 1


@pytest.mark.parametrize(
    ("name", "state", "roles"),
    [
        ("approve", State.IN_REVIEW, ["Reviewers", "Clinicians"]),
        ("publish", State.APPROVED, ["Publishers"]),
    ],
)
def test_one_of_eight_makes_the_move(name, state, roles, make_revision, make_user):
    revision = make_revision(state)
    people = [make_user(f"person-{number}", *roles) for number in range(THREADS)]

    outcomes = at_once(
        lambda number: workflow.perform(
            name,
            revision,
            actor=people[number],
            digest=revision.digest,
            interests="none",
        )
    )

    assert len(winners(outcomes)) == 1
    assert Event.objects.filter(transition=name).count() == 1
    assert Monograph.objects.count() == 1


def test_who_saves_while_it_is_submitted_gets_a_polite_answer(make_revision, author):
    revision = make_revision()

    def save_or_submit(number):
        if number % 2:
            return workflow.perform("submit", revision, actor=author)
        text = {**revision.text, "risk": f"Typed by {number}."}
        return drafts.save(revision, author=author, version=revision.version, text=text)

    outcomes = at_once(save_or_submit)

    revision.refresh_from_db()
    assert winners(outcomes)
    assert revision.state == State.IN_REVIEW
    assert Event.objects.filter(transition="submit").count() == 1


def test_nobody_becomes_a_contributor_while_they_approve(make_revision, reviewer, author):
    revision = make_revision()
    begun, moved = threading.Event(), threading.Event()
    refused = []

    def contribute():
        try:
            with transaction.atomic():
                Contribution.objects.create(revision=revision, user=reviewer)
                begun.set()
                moved.wait(timeout=1)
        except IntegrityError as error:
            refused.append(error)
        finally:
            connection.close()

    def approve():
        begun.wait()
        try:
            submitted = workflow.perform("submit", revision, actor=author)
            workflow.perform(
                "approve", submitted, actor=reviewer, digest=submitted.digest, interests="none"
            )
        except workflow.TransitionNotAllowed as error:
            refused.append(error)
        finally:
            moved.set()
            connection.close()

    threads = [threading.Thread(target=work) for work in (contribute, approve)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    revision.refresh_from_db()
    wrote = revision.contributions.filter(user=reviewer).exists()
    assert len(refused) == 1
    assert not (wrote and revision.approver == reviewer)
