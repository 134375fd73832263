"""The reviewing page: a text part by part, with what changed and what was said of each."""

from dataclasses import dataclass

from django.forms import BoundField

from monographs import (
    checklist,
    comments,
    comparing,
    content,
    reading,
    timetable,
    transitions,
    workflow,
)
from monographs.models import State


@dataclass(frozen=True)
class Part:
    """One of content.TEXT_FIELDS: its HTML, if it is a section, its changes and its comments."""

    place: str
    label: str
    html: str
    changes: list
    box: BoundField


def context(person, revision, revisions, forms):
    """Return the context of the page of a revision for a person: its text, checks and moves.

    `revisions` are all of its monograph, `forms` the PageForms.
    """
    threads = comments.threads(revision)
    boxes = forms.comments.beside(threads)
    live = _live(revision, revisions)
    is_lost = forms.text is not None and revision.is_frozen
    moves = [] if is_lost else workflow.moves_for(revision, person)
    return {
        **_shown(revision, live, forms.text, boxes),
        "form": forms.text,
        "move_form": forms.move,
        "comment_form": boxes,
        "may_comment": comments.may_comment(person),
        # What was typed over a text that is frozen by now can only be copied.
        "is_lost": is_lost,
        "moves": moves,
        "may_approve": any(move.interests and not refusal for _, move, refusal in moves),
        "timed_moves": timetable.MOVES,
        "moves_back": transitions.SENT_BACK,
        "checks": checklist.checks(revision, threads) if revision.is_open else [],
    }


def _shown(revision, live, form, boxes):
    if form:
        return {"revision": revision, "form": form.beside(boxes)}
    page = reading.page(revision)
    parts = _parts(page, live, boxes)
    changed = [part for part in parts if part.changes]
    return {**page, "live": live, "parts": parts, "changed": changed}


def _live(revision, revisions):
    """Return the revision that an open one is to replace; None where there is none."""
    live = (other for other in revisions if other.state == State.PUBLISHED)
    return next(live, None) if revision.is_open else None


def _parts(page, live, boxes):
    sections = [page["lead"], *page["sections"]]
    html = {section["name"]: section["html"] for section in sections if section}
    changed = comparing.compare(live.text, page["revision"].text) if live else []
    changes = {field.name: field.changes for field in changed}
    return [
        Part(name, name.capitalize(), html.get(name, ""), changes.get(name, []), boxes[name])
        for name in content.TEXT_FIELDS
    ]
