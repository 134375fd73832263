"""Eight people at the same moment: one wins, and the others are told."""

import threading

import pytest
from django.db import connection

from monographs import drafts, workflow
from monographs.models import Event, Monograph, Revision, State

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(work):
    """Run work(n) in eight threads that begin together; return what each gave or raised."""
    barrier = threading.Barrier(THREADS)
    outcomes = [None] * THREADS

    def run(number):
        barrier.wait()
        try:
            outcomes[number] = work(number)
        except (workflow.TransitionNotAllowed, drafts.OpenRevisionExists) as error:
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
    ("name", "state", "group"),
    [("approve", State.IN_REVIEW, "Reviewers"), ("publish", State.APPROVED, "Publishers")],
)
def test_one_of_eight_makes_the_move(name, state, group, make_revision, make_user):
    revision = make_revision(state)
    people = [make_user(f"person-{number}", group) for number in range(THREADS)]

    outcomes = at_once(
        lambda number: workflow.perform(
            name, revision, actor=people[number], digest=revision.digest
        )
    )

    assert len(winners(outcomes)) == 1
    assert Event.objects.filter(transition=name).count() == 1
    assert Monograph.objects.count() == 1
