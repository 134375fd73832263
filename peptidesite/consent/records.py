"""The proof: a chain of lines for each consent, and how many chose what on each day."""

import hashlib
import secrets
from datetime import UTC, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from peptidesite import periods, sums
from peptidesite.canonical import canonical_json

from . import categories
from .cookie import DAYS_HELD
from .models import Policy, Record, Tally

ID_BYTES = 12  # 16 letters of base64
GRANTS_A_MINUTE = 120


def append(consent_id, policy_number, bits):
    """Write a line for these bits (0 to 7) to the consent of this id, or to a new one.

    Returns the Record. An id that nothing is known of begins no chain, since it could be
    anybody's; a new id does. Raises DatabaseError.
    """
    # Two tabs may write at once: the second then follows the first.
    for _ in range(3):
        try:
            with transaction.atomic():
                return _append(consent_id, policy_number, bits)
        except IntegrityError as error:
            failed = error
    raise failed


def is_known(consent_id):
    """Say whether there is a record of this id (str or None)."""
    return consent_id is not None and Record.objects.filter(consent_id=consent_id).exists()


def are_full():
    """Say whether as many grants were stored in the last minute as may be.

    Who asks within a transaction keeps others from storing one until it ends.
    """
    # SQLite's write transactions wait for one another anyway.
    Policy.objects.select_for_update().first()
    recent = Record.objects.filter(at__gt=timezone.now() - timedelta(minutes=1), bits__gt=0)
    return recent.count() >= GRANTS_A_MINUTE


def said(record):
    """Return what a record says, as a dict; its digest is over the canonical JSON of this."""
    return {
        "consent_id": record.consent_id,
        "sequence": record.sequence,
        "policy": record.policy_id,
        "bits": record.bits,
        "at": record.at.astimezone(UTC).isoformat(),
        "expires_on": record.expires_on.isoformat(),
        "previous_digest": record.previous_digest,
    }


def digest_of(record):
    return hashlib.sha256(canonical_json(said(record))).hexdigest()


def first_wrong():
    """Return the first Record that is altered or has lost the line before it, None if all fit.

    The beginning of a chain may be gone, since old lines are purged.
    """
    last = None
    for record in Record.objects.order_by("consent_id", "sequence").iterator():
        follows = last is not None and last.consent_id == record.consent_id
        fits = not follows or (record.previous_digest, record.sequence) == (
            last.digest,
            last.sequence + 1,
        )
        if not fits or record.digest != digest_of(record):
            return record
        last = record
    return None


def count(outcome, policy_number):
    """Add one to today's tally of an outcome (of Tally.Outcome)."""
    day = periods.today()
    sums.add(Tally, {"day": day, "policy_id": policy_number, "outcome": outcome}, count=1)


def outcome_of(before, bits):
    """Return the Tally.Outcome of choosing bits where `before` (bits or None) was held.

    None if nothing changed, so that who sends a form twice is counted once.
    """
    if before == bits:
        return None
    if before and bits & ~before == categories.NONE:
        return Tally.Outcome.WITHDRAW
    if bits == categories.NONE:
        return Tally.Outcome.REJECT
    return Tally.Outcome.ACCEPT if bits == categories.ALL else Tally.Outcome.SOME


def purge(days):
    """Delete the records that are older than that many days; return how many.

    Raises ValueError below DAYS_HELD, for which a consent may be in force.
    """
    if days < DAYS_HELD:
        raise ValueError(f"A consent may be in force for {DAYS_HELD} days, and its records stay.")
    oldest = timezone.now() - timedelta(days=days)
    old = Record.objects.filter(at__lt=oldest, expires_on__lt=timezone.now().date())
    deleted, _ = old.delete()
    return deleted


def _append(consent_id, policy_number, bits):
    last = Record.objects.filter(consent_id=consent_id).order_by("-sequence").first()
    now = timezone.now()
    record = Record(
        consent_id=last.consent_id if last else secrets.token_urlsafe(ID_BYTES),
        sequence=last.sequence + 1 if last else 1,
        policy_id=policy_number,
        bits=bits,
        at=now,
        expires_on=(now + timedelta(days=DAYS_HELD)).astimezone(UTC).date(),
        previous_digest=last.digest if last else "",
    )
    record.digest = digest_of(record)
    record.save(force_insert=True)
    return record
