"""The record: a chain of events for each monograph that can be added to and checked."""

import hashlib
from datetime import UTC

from django.utils import timezone

from .content import canonical_json
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
    """Return the SHA-256, in hexadecimal, over all that an event says."""
    said = {
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
    return hashlib.sha256(canonical_json(said)).hexdigest()


def misfit(events):
    """Return the first of a monograph's events, in order, that does not fit, or None.

    An event fits when its digest is that of what it says and it follows the one before.
    """
    digest, sequence = "", 0
    for event in events:
        follows = event.previous_digest == digest and event.sequence == sequence + 1
        if not follows or event.digest != event_digest(event):
            return event
        digest, sequence = event.digest, event.sequence
    return None
