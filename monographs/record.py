"""The record: a chain of events for each monograph that can be added to and checked."""

import hashlib
from datetime import UTC

from django.utils import timezone

from peptidesite.canonical import canonical_json

from .models import Event


def append(revision, transition, *, source, target, actor, note=""):
    """Add one event to the record of the revision's monograph and return it.

    Call it inside the transaction of the change it records, with the monograph locked.
    """
    last = Event.objects.filter(monograph=revision.monograph_id).order_by("-sequence").first()
    event = Event(
        monograph_id=revision.monograph_id,
        sequence=last.sequence + 1 if last else 1,
        revision=revision,
        transition=transition,
        source=source,
        target=target,
        actor=actor,
        at=timezone.now(),
        note=note,
        text_digest=revision.digest,
        previous_digest=last.digest if last else "",
    )
    event.digest = event_digest(event)
    event.save(force_insert=True)
    return event


def event_digest(event):
    """Return the SHA-256, in hexadecimal, of the canonical JSON of all that an event says."""
    return hashlib.sha256(canonical_json(said(event))).hexdigest()


def said(event):
    """Return what the digest of an event is over, as a mapping ready for JSON."""
    return {
        "monograph": event.monograph_id,
        "sequence": event.sequence,
        "revision": event.revision_id,
        "transition": event.transition,
        "source": event.source,
        "target": event.target,
        "actor": event.actor_id,
        "at": event.at.astimezone(UTC).isoformat(),
        "note": event.note,
        "text_digest": event.text_digest,
        "previous_digest": event.previous_digest,
    }


def fits(event, before):
    """Say whether an event follows the one before (None for the first) and was not changed."""
    digest, sequence = (before.digest, before.sequence) if before else ("", 0)
    follows = event.previous_digest == digest and event.sequence == sequence + 1
    return follows and event.digest == event_digest(event)


def misfit(events):
    """Return the first of a monograph's events, in order, that does not fit, or None."""
    before = None
    for event in events:
        if not fits(event, before):
            return event
        before = event
    return None
