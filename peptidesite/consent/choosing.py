"""What happens when a visitor chooses: who refuses is never refused, who grants gets a proof."""

import logging

from django.db import DatabaseError, transaction

from . import cookie, limits, policies, records
from .categories import NONE
from .cookie import Choice

logger = logging.getLogger(__name__)


class TooManyGrants(Exception):
    """More visitors granted something in the last minute than is stored."""


class NotStored(Exception):
    """The proof of a grant could not be stored, so it is none."""


def choose(bits, *, stored, held, address):
    """Return the Choice that a visitor makes of these bits (0 to 7), and keep the proof of it.

    `stored` is the Choice in their cookie, `held` the same if it holds, each None without one;
    `address` is an IP address (str), which is not kept. Raises TooManyGrants or NotStored, but
    only where more is allowed than before.
    """
    if held and held.bits == bits and held.day == cookie.today():
        return held
    adds = bits & ~(held.bits if held else NONE)
    if adds or (held and bits and bits == held.bits):
        return _grant(bits, stored, held, address)
    return _refuse(bits, stored, held)


def _grant(bits, stored, held, address):
    policy = policies.in_force()
    if policy is None:
        raise NotStored
    try:
        with transaction.atomic():
            if records.are_full() or not limits.take(address):
                raise TooManyGrants
            consent_id = stored.record_id if stored else None
            record = records.append(consent_id, policy.number, bits)
            _count(held, bits, policy.number)
    except DatabaseError as error:
        logger.exception("A grant could not be stored.")
        raise NotStored from error
    return Choice(policy.number, bits, cookie.today(), record.consent_id)


def _refuse(bits, stored, held):
    policy = policies.in_force()
    # A refusal holds under any policy, so it does not matter when none is known.
    number = policy.number if policy else (stored.policy if stored else 1)
    try:
        with transaction.atomic():
            if stored and stored.bits and records.is_known(stored.record_id):
                records.append(stored.record_id, number, bits)
            _count(held, bits, number)
    except DatabaseError:
        # It is the visitor's right, whatever our books say.
        logger.exception("A refusal could not be written down.")
    if bits == NONE:
        return Choice(number, NONE, cookie.today())
    return Choice(held.policy, bits, held.day, held.record_id)


def _count(held, bits, policy_number):
    outcome = records.outcome_of(held.bits if held else None, bits)
    if outcome:
        records.count(outcome, policy_number)
