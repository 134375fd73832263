"""Notices that are given, ended and overtaken by a withdrawal at the same moment."""

import pytest
from django.core.exceptions import ValidationError

from monographs import notices, record, workflow
from monographs.models import Event, Notice, State

from .test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def told(work):
    """Return the work with the refusals that it may meet as what it gives."""

    def try_it(number):
        try:
            return work(number)
        except (notices.AlreadyDone, ValidationError, workflow.TransitionNotAllowed) as error:
            return error

    return try_it


def test_of_eight_clicks_one_gives_the_notice(publisher, make_revision):
    revision = make_revision(State.PUBLISHED)

    outcomes = at_once(
        told(lambda _: notices.give("concern", revision, actor=publisher, text="Doubtful."))
    )

    assert sum(isinstance(outcome, Notice) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, notices.AlreadyDone) for outcome in outcomes) == 7
    assert Event.objects.filter(transition="notice").count() == 1


def test_of_eight_publishers_one_ends_the_notice(publisher, make_revision):
    revision = make_revision(State.PUBLISHED)
    notice = notices.give("concern", revision, actor=publisher, text="Doubtful.")

    def end(number):
        notices.end(notice, actor=publisher, why=f"Reason {number}.")
        return number

    outcomes = at_once(told(end))

    (winner,) = (outcome for outcome in outcomes if isinstance(outcome, int))
    assert Notice.objects.get().ended_why == f"Reason {winner}."
    assert Event.objects.filter(transition="end_notice").count() == 1


def test_who_gives_a_notice_while_the_text_is_withdrawn_is_first_or_is_told(
    publisher, make_revision
):
    revision = make_revision(State.PUBLISHED)

    def give_or_withdraw(number):
        if number == 4:
            note = "The data were invented."
            return workflow.perform("withdraw", revision, actor=publisher, note=note)
        return notices.give("concern", revision, actor=publisher, text=f"Number {number}.")

    outcomes = at_once(told(give_or_withdraw))

    given = [outcome for outcome in outcomes if isinstance(outcome, Notice)]
    late = [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]
    assert len(given) + len(late) == 7
    assert Notice.objects.filter(kind="retraction").count() == 1
    assert Notice.objects.count() == len(given) + 1
    assert record.misfit(revision.monograph.events.order_by("sequence")) is None
