"""One move, or one change, of many monographs, each of them judged for itself."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.db.models import Prefetch

from . import classification, clock, content, drafts, transitions, workflow
from .models import Monograph, Revision

# More than anyone can look through on one page.
LIMIT = 200

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """A text as it was on the page that it was chosen on."""

    revision: Revision
    version: int
    digest: str


@dataclass(frozen=True)
class Outcome:
    """What became of an Item: done, or why it was skipped."""

    revision: Revision
    why: str = ""

    @property
    def done(self):
        return not self.why


@dataclass(frozen=True)
class Operation:
    """What can be done to many at once.

    `done` is what became of each. `may` says whether a person's roles allow it; `refusal` says
    why it would not be done to this Revision by this person now, "" if it would. `make` does it
    to an Item, with what was typed for it; it raises what the function behind it raises.
    """

    label: str
    done: str
    may: Callable
    refusal: Callable
    make: Callable


def texts_of(monographs):
    """Return the Revision of each Monograph that one would act upon, in this order."""
    slim = Prefetch("revisions", Revision.objects.without_text())
    found = Monograph.objects.filter(pk__in=monographs).prefetch_related(slim)
    wanted = [drafts.base_revision(monograph).pk for monograph in found]
    texts = Revision.objects.filter(pk__in=wanted).select_related("monograph")
    places = {pk: place for place, pk in enumerate(monographs)}
    return sorted(
        texts.prefetch_related("contributors", "topics"),
        key=lambda text: places[text.monograph_id],
    )


def run(name, items, *, actor, **typed):
    """Do what OPERATIONS has under this name to each Item, in a transaction of its own.

    Return the Outcomes. Raises PermissionDenied for a person without the role.
    """
    operation = OPERATIONS[name]
    if not operation.may(actor):
        raise PermissionDenied(f"{actor} may not {name} monographs.")
    return [_judge(operation, item, actor, typed) for item in items]


def _judge(operation, item, actor, typed):
    try:
        operation.make(item, actor, **typed)
    except workflow.TransitionNotAllowed as error:
        return Outcome(item.revision, str(error))
    except ValidationError as error:
        return Outcome(item.revision, _said(error))
    except DatabaseError:
        logger.warning("%s was skipped.", item.revision, exc_info=True)
        return Outcome(item.revision, "The database is busy or refused it. Try this one again.")
    return Outcome(item.revision)


def _said(error):
    """Return all the messages of a ValidationError in one line, those of sections with it."""
    return " ".join(
        f"{name.capitalize()}: {message}" if name in content.SECTIONS else message
        for name, messages in error.message_dict.items()
        for message in messages
    )


def _by_move(name, label):
    transition = transitions.TRANSITIONS[name]

    def may(person):
        return workflow.has_role(person, transition)

    def refusal(revision, person):
        if reason := workflow.refusal(transition, revision, person):
            return reason
        try:
            transition.check(revision)
        except ValidationError as error:
            return _said(error)
        return ""

    def make(item, actor, **typed):
        seen = {"digest": item.digest, "seen": item.version}
        workflow.perform(name, item.revision, actor=actor, **seen, **typed)

    return Operation(label, transition.done, may, refusal, make)


def _classify(item, actor, **typed):
    classification.classify(item.revision.monograph, actor=actor, **typed)


def _reschedule(item, actor, **typed):
    clock.reschedule(item.revision.monograph, actor=actor, **typed)


OPERATIONS = {
    "submit": _by_move("submit", "Submit for review"),
    "approve": _by_move("approve", "Approve"),
    "publish": _by_move("publish", "Publish"),
    "classify": Operation(
        "Set topics",
        transitions.DONE["classify"],
        classification.may_classify,
        lambda revision, person: classification.refusal(revision.monograph),
        _classify,
    ),
    "reschedule": Operation(
        "Set the next review date",
        transitions.DONE["reschedule"],
        clock.may_reschedule,
        lambda revision, person: clock.refusal(revision.monograph),
        _reschedule,
    ),
}
