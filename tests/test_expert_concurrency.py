"""Eight at the same moment: one opinion, one link, and no opinion on another text."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from monographs import drafts, experts
from monographs.models import Invitation, Opinion

from .expert import give, invite

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
REFUSALS = (ValidationError, experts.Gone, experts.AlreadyGiven, drafts.StaleText)


def at_once(work):
    """Run work(n) in eight threads that begin together; return what each gave or raised."""
    barrier, outcomes = threading.Barrier(THREADS), [None] * THREADS

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
    assert None not in outcomes, "a thread ended with an error of its own"
    return outcomes


def test_of_eight_other_opinions_by_one_link_one_is_kept(make_revision, reviewer):
    invitation, _ = invite(make_revision(), reviewer)

    outcomes = at_once(lambda number: give(invitation, remarks={"risk": str(number)}))

    refused = [outcome for outcome in outcomes if isinstance(outcome, experts.AlreadyGiven)]
    assert len(refused) == THREADS - 1
    assert Opinion.objects.count() == 1


def test_the_same_opinion_sent_eight_times_is_kept_once(make_revision, reviewer):
    invitation, _ = invite(make_revision(), reviewer)

    outcomes = at_once(lambda number: give(invitation))

    assert len({outcome.pk for outcome in outcomes}) == 1


def test_eight_clicks_invite_an_expert_once(make_revision, reviewer):
    revision = make_revision()

    at_once(lambda number: invite(revision, reviewer))

    assert Invitation.objects.count() == 1


def test_no_opinion_is_kept_on_a_text_that_was_saved_meanwhile(make_revision, reviewer, author):
    revision = make_revision()
    invitations = [
        invite(revision, reviewer, expert=letter)[0] for letter in "abcdefgh"[:THREADS]
    ]
    text = {**revision.text, "risk": "Another sentence [@key1]."}

    def work(number):
        if number == 0:
            return drafts.save(revision, author=author, version=1, text=text)
        return give(invitations[number])

    outcomes = at_once(work)

    given = [outcome for outcome in outcomes if isinstance(outcome, Opinion)]
    gone = [outcome for outcome in outcomes if isinstance(outcome, experts.Gone)]
    assert len(given) + len(gone) == THREADS - 1
    assert Opinion.objects.count() == len(given)
