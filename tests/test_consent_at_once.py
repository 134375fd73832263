"""Eight visitors at the same moment: what may be stored is, and no more."""

import pytest

from peptidesite.consent import choosing, records
from peptidesite.consent.models import Record, Tally

from .test_concurrency import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setattr(records, "GRANTS_A_MINUTE", 3)


def choose(bits):
    try:
        return choosing.choose(bits, stored=None, held=None, address="")
    except choosing.TooManyGrants:
        return "too many"


def test_no_more_grants_are_stored_than_may_be(three_a_minute):
    outcomes = at_once(lambda number: choose(7))

    assert outcomes.count("too many") == THREADS - 3
    assert Record.objects.count() == 3
    assert Tally.objects.get().count == 3


def test_every_refusal_is_counted(three_a_minute):
    outcomes = at_once(lambda number: choose(0))

    assert {outcome.bits for outcome in outcomes} == {0}
    assert Tally.objects.get().count == THREADS
