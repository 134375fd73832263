"""Eight people, or eight clicks, at the same comment at the same moment."""

import pytest

from monographs import comments
from monographs.models import Comment, State

from .test_concurrency import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_clicks_keep_one_comment(make_revision, reviewer):
    revision = make_revision(State.IN_REVIEW)

    kept = at_once(lambda number: comments.comment(revision, reviewer, "risk", "Which?").pk)

    assert set(kept) == {Comment.objects.get().pk}


def test_one_of_eight_resolves_it_and_the_others_are_told(make_revision, reviewer, make_user):
    remark = comments.comment(make_revision(State.IN_REVIEW), reviewer, "risk", "Which?")
    people = [make_user(f"author-{number}", "Authors") for number in range(THREADS)]

    def resolve(number):
        try:
            return comments.resolve(remark, people[number]).resolved_by
        except comments.NotAllowed as error:
            return str(error)

    outcomes = at_once(resolve)

    (winner,) = [outcome for outcome in outcomes if not isinstance(outcome, str)]
    told = f"{winner} has resolved this comment already."
    assert Comment.objects.get().resolved_by == winner
    assert outcomes.count(told) == THREADS - 1
