"""The moves of a revision as data: what each is called, who may make it, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone

from . import checklist, clock, notices, rendering
from .models import State
from .search import index

CONTRIBUTORS = "contributors"
OTHERS = "others"


@dataclass(frozen=True)
class Transition:
    """One move: what it is called, from where to where, and what it needs.

    Any of `permissions` suffices. `people` narrows who may: CONTRIBUTORS of the revision,
    or OTHERS. `note` asks for a comment that must be given; without it one may be given.
    `interests` asks for a declaration of competing interests, and a clinician where clinical
    sections changed. `check` raises ValidationError by field; `changes` returns more columns
    to set; `then` is called with the moved revision, in the same transaction.
    """

    label: str
    done: str
    sources: frozenset
    target: State
    permissions: tuple
    people: str = ""
    note: str = ""
    interests: str = ""
    check: Callable = lambda revision: None
    changes: Callable = lambda revision, actor, interests: {}
    then: Callable = lambda revision: None


def _check_complete(revision):
    if gaps := checklist.gaps(revision):
        raise ValidationError(gaps)


def _check_not_just_confirmed(revision):
    last = revision.events.order_by("-sequence").first()
    if last.transition == "confirm" and last.at.date() == timezone.now().date():
        raise ValidationError({"note": [f"{last.actor} has confirmed this text today already."]})


def _freeze(revision, actor, interests):
    return {"rendered": rendering.render(revision.text)}


def _sign(revision, actor, interests):
    return {
        "approver": actor,
        "approved_at": timezone.now(),
        "byline": {
            "authors": [
                _signature(person, person.competing_interests) for person in revision.writers()
            ],
            "reviewer": _signature(actor, interests),
        },
    }


def _signature(person, interests):
    return {
        "name": str(person),
        "credentials": person.credentials,
        "orcid": person.orcid,
        "competing_interests": interests,
    }


def _void_approval(revision, actor, interests):
    return {"approver": None, "approved_at": None, "byline": {}}


def _publication_time(revision, actor, interests):
    return {"published_at": timezone.now()}


def _make_found(revision):
    clock.restart(revision, revision.approved_at)
    index.add([revision])


def _take_down(revision):
    clock.stop(revision)
    notices.retract(revision)


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
        interests="Declare what competing interests you have in this text, or write “none”.",
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
        then=_make_found,
    ),
    "confirm": Transition(
        "Reviewed, no change",
        "reviewed and left as it is",
        frozenset({State.PUBLISHED}),
        State.PUBLISHED,
        ("review",),
        people=OTHERS,
        check=_check_not_just_confirmed,
        then=lambda revision: clock.restart(revision, timezone.now()),
    ),
    "withdraw": Transition(
        "Withdraw",
        "withdrawn",
        frozenset({State.PUBLISHED}),
        State.WITHDRAWN,
        ("publish",),
        note="Give the reason. Readers will see it as a retraction.",
        then=_take_down,
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

# After these a draft has a comment that its writers have to read.
SENT_BACK = ("request_changes", "reopen")

# What the record says of each event, also of those that are no move of a person.
DONE = {
    "start": "begun",
    **{name: transition.done for name, transition in TRANSITIONS.items()},
    "supersede": "superseded",
    "appoint": "put on the timetable",
    "cancel": "taken off the timetable",
    "notice": "given a notice",
    "end_notice": "freed of a notice",
    "rename": "moved to another address",
    "classify": "put under other topics",
    "reschedule": "given another date of review",
}

# Nobody asks for this one: it comes with the publication of the next revision.
SUPERSESSION = (State.PUBLISHED, State.SUPERSEDED)

MOVES = frozenset(
    {
        (source, transition.target)
        for transition in TRANSITIONS.values()
        for source in transition.sources
        if source != transition.target
    }
    | {SUPERSESSION}
)
