"""Moving a revision from state to state: may this person do so now, and then all at once."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list

from . import content, mail, record, rendering
from .comparing import clinical_changes
from .models import Monograph, Revision, State
from .transitions import CONTRIBUTORS, OTHERS, TRANSITIONS

CHANGED = (
    "The revision was changed since you opened it, so nothing was done. Read it as it stands "
    "now, and then decide."
)


class TransitionNotAllowed(Exception):
    """The move is not to be made now, or not by this person; the message says why."""


@transaction.atomic
def perform(name, revision, *, actor, note="", digest=None, seen=None, interests=""):
    """Move the revision along the named transition, record it, and return it afresh.

    `digest` is that of the text the actor saw; an approval needs it, and `interests`, the
    competing interests that the actor declares. `seen` is the version of the revision that
    the actor saw, for a move that is to be refused on another one.

    Raises PermissionDenied for a person without the role, TransitionNotAllowed for a move that
    is not to be made, ValidationError by field ("note" among them) for what is missing. Then
    nothing changed.
    """
    revision, note = admit(name, revision, actor=actor, note=note, digest=digest, seen=seen)
    transition = TRANSITIONS[name]
    interests = content.clean_note(interests, "interests")
    if transition.interests and not interests:
        raise ValidationError({"interests": [transition.interests]})

    # Supersede first: the database allows one published revision at a time.
    if transition.target == State.PUBLISHED:
        for predecessor in revision.monograph.revisions.published().exclude(pk=revision.pk):
            reason = f"By revision {revision.number}."
            _move(predecessor, "supersede", State.SUPERSEDED, actor, reason)
    changes = transition.changes(revision, actor, interests)
    revision = _move(revision, name, transition.target, actor, note, **changes)
    transition.then(revision)
    mail.tell(name, revision, actor=actor, note=note)
    return revision


def admit(name, revision, *, actor, note="", digest=None, seen=None):
    """Return the revision afresh and the cleaned note if this move may be made now.

    Takes and raises what `perform` does. Whoever else moves a revision of this monograph
    waits until the transaction, in which this has to be called, is over.
    """
    transition = TRANSITIONS[name]
    require_role(name, actor)
    Monograph.objects.select_for_update().get(pk=revision.monograph_id)
    revision = Revision.objects.select_related("monograph").get(pk=revision.pk)
    if reason := refusal(transition, revision, actor):
        raise TransitionNotAllowed(reason)
    if seen not in (None, revision.version):
        raise TransitionNotAllowed(CHANGED)
    _check_text(transition, revision, digest)
    note = content.clean_note(note)
    if transition.note and not note:
        raise ValidationError({"note": [transition.note]})
    transition.check(revision)
    return revision, note


def require_role(name, person):
    """Raise PermissionDenied unless one of the person's roles may make this move at all."""
    if not has_role(person, TRANSITIONS[name]):
        raise PermissionDenied(f"{person} has no role that may {name.replace('_', ' ')}.")


def has_role(person, transition):
    """Say whether any of the person's roles may make this move at all."""
    return any(
        person.has_perm(f"monographs.{permission}_revision")
        for permission in transition.permissions
    )


def refusal(transition, revision, actor):
    """Say in a sentence why this person may not make this move now; "" if they may."""
    if revision.state not in transition.sources:
        return f"{revision} is {revision.get_state_display().lower()} by now."
    contributed = revision.contributions.filter(user=actor).exists()
    if transition.people == CONTRIBUTORS and not contributed:
        return "Only someone who wrote this revision may do that."
    if transition.people == OTHERS and contributed:
        return "You wrote part of this revision, so someone else has to review it."
    if transition.interests and not actor.has_perm("monographs.clinician_revision"):
        changed = [name.capitalize() for name in clinical_changes(revision)]
        if changed:
            return f"{get_text_list(changed, 'and')} changed, so a clinician has to approve this."
    return ""


def moves_for(revision, person):
    """Return (name, Transition, refusal) of each move in this state that their role may make."""
    return [
        (name, transition, refusal(transition, revision, person))
        for name, transition in TRANSITIONS.items()
        if revision.state in transition.sources and has_role(person, transition)
    ]


def _check_text(transition, revision, digest):
    if transition.people != OTHERS:
        return
    if digest != revision.digest or digest != content.digest(revision.text):
        raise TransitionNotAllowed(CHANGED)
    if transition.target == State.APPROVED and revision.rendered != rendering.render(
        revision.text
    ):
        raise TransitionNotAllowed(
            "What readers would see was not made from this text as it stands. Have it recalled "
            "and submitted again."
        )


def _move(revision, name, target, actor, note, **changes):
    source, now = revision.state, timezone.now()
    if source != target:
        changes["moved_at"] = now
    moved = Revision.objects.filter(pk=revision.pk, state=source).update(
        state=target, version=revision.version + 1, **changes
    )
    if not moved:
        raise TransitionNotAllowed(f"{revision} was moved by someone else just now.")
    Monograph.objects.filter(pk=revision.monograph_id).update(changed_at=now)
    if source != target:
        # What was to be made later was meant for the state that it was in.
        revision.appointments.pending().update(settled_at=now, problem="")
    record.append(revision, name, source=source, target=target, actor=actor, note=note)
    revision.refresh_from_db()
    return revision
