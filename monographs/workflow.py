"""The moves of a revision from state to state: which there are, who may make them, when."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from . import content, record, rendering
from .models import Monograph, Revision, State

CONTRIBUTORS = "contributors"
OTHERS = "others"


class TransitionNotAllowed(Exception):
    """The move is not to be made now, or not by this person; the message says why."""


@dataclass(frozen=True)
class Transition:
    """One move: what it is called, from where to where, and what it needs.

    Any of `permissions` suffices. `people` narrows who may: CONTRIBUTORS of the revision,
    or OTHERS. `note` asks for a comment that must be given; without it one may be given.
    `check` raises ValidationError by field; `changes` returns more columns to set.
    """

    label: str
    done: str
    sources: frozenset
    target: State
    permissions: tuple
    people: str = ""
    note: str = ""
    check: Callable = lambda revision: None
    changes: Callable = lambda revision, actor: {}


def _check_complete(revision):
    gaps = {
        name: ["This section is empty. Write it before you submit."]
        for name in content.SECTIONS
        if not getattr(revision, name)
    }
    known = {item["id"] for item in revision.references}
    for name in content.SECTIONS:
        for key in rendering.citation_keys(getattr(revision, name)):
            if key not in known:
                gaps.setdefault(name, []).append(
                    f"[@{key}] is cited here, but there is no reference with this id."
                )
    if revision.number > 1 and not revision.change_summary:
        gaps["change_summary"] = ["Say in a sentence what changed since the last revision."]
    if gaps:
        raise ValidationError(gaps)


def _freeze(revision, actor):
    return {"rendered": rendering.render(revision.text)}


def _sign(revision, actor):
    return {
        "approver": actor,
        "approved_at": timezone.now(),
        "byline": {
            "authors": [_signature(person) for person in writers(revision)],
            "reviewer": _signature(actor),
        },
    }


def _void_approval(revision, actor):
    return {"approver": None, "approved_at": None, "byline": {}}


def _publication_time(revision, actor):
    return {"published_at": timezone.now()}


TRANSITIONS = {
    "submit": Transition(
        "Submit for review",
        "submitted for review",
        frozenset({State.DRAFT}),
        State.IN_REVIEW,
        ("change",),
        people=CONTRIBUTORS,
        check=_check_complete,
        changes=_freeze,
    ),
    "recall": Transition(
        "Recall to draft",
        "recalled to draft",
        frozenset({State.IN_REVIEW}),
        State.DRAFT,
        ("change",),
        people=CONTRIBUTORS,
    ),
    "request_changes": Transition(
        "Request changes",
        "sent back to its authors",
        frozenset({State.IN_REVIEW}),
        State.DRAFT,
        ("review",),
        note="Say what has to change.",
    ),
    "approve": Transition(
        "Approve this text",
        "approved",
        frozenset({State.IN_REVIEW}),
        State.APPROVED,
        ("review",),
        people=OTHERS,
        changes=_sign,
    ),
    "reopen": Transition(
        "Reopen as draft",
        "opened again; its approval is void",
        frozenset({State.APPROVED}),
        State.DRAFT,
        ("review", "publish"),
        note="Say why the approval is void.",
        changes=_void_approval,
    ),
    "publish": Transition(
        "Publish",
        "published",
        frozenset({State.APPROVED}),
        State.PUBLISHED,
        ("publish",),
        changes=_publication_time,
    ),
    "withdraw": Transition(
        "Withdraw",
        "withdrawn",
        frozenset({State.PUBLISHED}),
        State.WITHDRAWN,
        ("publish",),
        note="Give the reason that readers will see.",
    ),
    "discard": Transition(
        "Discard",
        "discarded",
        frozenset({State.DRAFT}),
        State.DISCARDED,
        ("change",),
        people=CONTRIBUTORS,
        changes=_freeze,
    ),
}

# What the record says of each event, also of those that are no move of a person.
DONE = {
    "start": "begun",
    **{name: transition.done for name, transition in TRANSITIONS.items()},
    "supersede": "superseded",
    "appoint": "put on the timetable",
    "cancel": "taken off the timetable",
}

# Nobody asks for this one: it comes with the publication of the next revision.
SUPERSESSION = (State.PUBLISHED, State.SUPERSEDED)

MOVES = frozenset(
    {(source, move.target) for move in TRANSITIONS.values() for source in move.sources}
    | {SUPERSESSION}
)


@transaction.atomic
def perform(name, revision, *, actor, note="", digest=None):
    """Move the revision along the named transition, record it, and return it afresh.

    `digest` is that of the text the actor saw; an approval needs it. Raises PermissionDenied
    for a person without the role, TransitionNotAllowed for a move that is not to be made,
    ValidationError by field ("note" among them) for what is missing. Then nothing changed.
    """
    revision, note = admit(name, revision, actor=actor, note=note, digest=digest)
    transition = TRANSITIONS[name]

    # Supersede first: the database allows one published revision at a time.
    if transition.target == State.PUBLISHED:
        for predecessor in revision.monograph.revisions.published():
            reason = f"By revision {revision.number}."
            _move(predecessor, "supersede", State.SUPERSEDED, actor, reason)
    changes = transition.changes(revision, actor)
    return _move(revision, name, transition.target, actor, note, **changes)


def admit(name, revision, *, actor, note="", digest=None):
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
    _check_seen(transition, revision, digest)
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
        return "You wrote part of this revision, so someone else has to approve it."
    return ""


def moves_for(revision, person):
    """Return (name, Transition, refusal) of each move in this state that their role may make."""
    return [
        (name, transition, refusal(transition, revision, person))
        for name, transition in TRANSITIONS.items()
        if revision.state in transition.sources and has_role(person, transition)
    ]


def writers(revision):
    """Return the users who wrote this text or a public one before it, the first one first."""
    earlier = revision.monograph.revisions.filter(
        number__lt=revision.number, published_at__isnull=False
    )
    people = {}
    for text in [*earlier.order_by("number"), revision]:
        for contribution in text.contributions.select_related("user"):
            people.setdefault(contribution.user_id, contribution.user)
    return list(people.values())


def _check_seen(transition, revision, digest):
    if transition.target != State.APPROVED:
        return
    if digest != revision.digest or digest != content.digest(revision.text):
        raise TransitionNotAllowed(
            "The text is not the one you had before you. Read it as it stands now, then "
            "approve it."
        )


def _signature(person):
    return {"name": str(person), "credentials": person.credentials, "orcid": person.orcid}


def _move(revision, name, target, actor, note, **changes):
    source = revision.state
    moved = Revision.objects.filter(pk=revision.pk, state=source).update(
        state=target, version=revision.version + 1, **changes
    )
    if not moved:
        raise TransitionNotAllowed(f"{revision} was moved by someone else just now.")
    now = timezone.now()
    Monograph.objects.filter(pk=revision.monograph_id).update(changed_at=now)
    # What was to be made later was meant for the state that it was in.
    revision.appointments.pending().update(settled_at=now, problem="")
    record.append(revision, name, source=source, target=target, actor=actor, note=note)
    revision.refresh_from_db()
    return revision
