"""What waits for a person at the desk, the oldest first."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Subquery

from . import transitions, workflow
from .models import (
    ASKED_STATES,
    Appointment,
    Comment,
    Contribution,
    Event,
    Monograph,
    Opinion,
    Revision,
    State,
)

# Nobody needs to know exactly how many more there are.
SHOWN, COUNTED = 10, 20
COLUMNS = ("pk", "title", "number", "monograph__slug")


@dataclass(frozen=True)
class Pile:
    """Work of one kind: its name, the first revisions of it, and how many there are.

    Each revision is a dict of COLUMNS and of what its kind shows besides. The count ends at one
    more than COUNTED.
    """

    label: str
    revisions: list
    count: int

    @property
    def counted(self):
        return str(self.count) if self.count <= COUNTED else f"more than {COUNTED}"

    @property
    def more(self):
        """How many more there are than are shown, "" for none."""
        if self.count > COUNTED:
            return "more"
        return f"{self.count - SHOWN} more" if self.count > SHOWN else ""


def piles(person):
    """Return the Piles that are not empty and that the person's roles have to do with.

    A query a pile, of a fixed number of rows at most, however many entries there are.
    """
    found = [
        _pile(label, select(person).values(*COLUMNS, *shown))
        for label, move, select, *shown in KINDS
        if workflow.has_role(person, transitions.TRANSITIONS[move])
    ]
    return [pile for pile in found if pile.revisions]


def _pile(label, revisions):
    found = list(revisions[: COUNTED + 1])
    return Pile(label, found[:SHOWN], len(found))


def _to_review(person):
    return _waiting_in(State.IN_REVIEW).exclude(_written_by(person))


def _sent_back(person):
    return _drafts_of(person).filter(last__in=transitions.SENT_BACK)


def _drafts(person):
    return _drafts_of(person).exclude(last__in=transitions.SENT_BACK)


def _drafts_of(person):
    moves = Event.objects.filter(revision=OuterRef("pk")).exclude(source=F("target"))
    last = Subquery(moves.order_by("-sequence").values("transition")[:1])
    return _waiting_in(State.DRAFT).filter(_written_by(person)).alias(last=last)


def _in_review(person):
    return _waiting_in(State.IN_REVIEW).filter(_written_by(person))


def _approved(person):
    return _waiting_in(State.APPROVED).filter(_written_by(person))


def _to_publish(person):
    pending = Appointment.objects.pending().filter(revision=OuterRef("pk"))
    return _waiting_in(State.APPROVED).exclude(Exists(pending))


def _on_the_timetable(person):
    pending = Revision.objects.filter(
        appointments__isnull=False, appointments__settled_at__isnull=True
    )
    return pending.annotate(due_at=F("appointments__due_at")).order_by("due_at")


def overdue(person):
    """Return the live texts that the person could review again and that are due, oldest first."""
    published = Revision.objects.published().exclude(_written_by(person))
    return published.overdue().annotate(due_on=F("monograph__review_due_on")).order_by("due_on")


def _longest_overdue(person):
    """As many of `overdue` as are counted, by the index over the dates.

    SQLite would read all live texts and sort them, however few are asked for.
    """
    theirs = Revision.objects.published().exclude(_written_by(person))
    due = Monograph.objects.overdue().filter(Exists(theirs.filter(monograph=OuterRef("pk"))))
    first = due.order_by("review_due_on").values("pk")[: COUNTED + 1]
    return overdue(person).filter(monograph__in=first)


def _opinions(person):
    """Not on what they wrote themselves, which is a pile of its own."""
    return _with_opinions(Revision.objects.exclude(_written_by(person)))


def _opinions_on_mine(person):
    return _with_opinions(Revision.objects.filter(_written_by(person)))


def _with_opinions(revisions):
    undecided = revisions.filter(state__in=ASKED_STATES)
    given = Opinion.objects.order_by("at")
    first = given.filter(invitation__revision=OuterRef("pk")).values("at")[:1]
    with_some = undecided.filter(pk__in=given.order_by().values("invitation__revision"))
    return with_some.annotate(since=Subquery(first)).order_by("since")


def _commented(person):
    """With comments on the open text, or on the live one before it.

    As many as are counted, by the index over the comments' times.
    """
    mine = Revision.objects.open().filter(_written_by(person))
    unresolved = Comment.objects.unresolved()
    of_one = unresolved.filter(revision__monograph=OuterRef("revision__monograph"))
    first = unresolved.filter(
        Exists(mine.filter(monograph=OuterRef("revision__monograph"))),
        ~Exists(of_one.filter(pk__lt=OuterRef("pk"))),
    )
    longest = first.order_by("at").values("revision__monograph")[: COUNTED + 1]
    its_first = unresolved.filter(revision__monograph=OuterRef("monograph_id")).order_by("pk")
    return (
        mine.filter(monograph__in=longest)
        .annotate(
            since=Subquery(its_first.values("at")[:1]),
            comment=Subquery(its_first.values("pk")[:1]),
        )
        .order_by("since")
    )


def _waiting_in(state):
    return Revision.objects.filter(state=state).annotate(since=F("moved_at")).order_by("moved_at")


def _written_by(person):
    """By EXISTS, so that the index over what waits decides, and not all that they ever wrote."""
    return Exists(Contribution.objects.filter(revision=OuterRef("pk"), user=person))


# Each kind of work: its name, the move that it waits for, which revisions it is, and what is
# shown of each.
KINDS = [
    ("To review", "approve", _to_review, "since"),
    ("Expert opinions received", "approve", _opinions, "since"),
    ("Sent back to you", "submit", _sent_back, "since"),
    ("Expert opinions on your texts", "submit", _opinions_on_mine, "since"),
    ("Unresolved comments", "submit", _commented, "since", "comment"),
    ("Your drafts", "submit", _drafts, "since"),
    ("Your texts in review", "submit", _in_review, "since"),
    ("Your approved texts", "submit", _approved, "since"),
    ("Approved, to be published", "publish", _to_publish, "since"),
    ("On the timetable", "publish", _on_the_timetable, "due_at"),
    ("Reviews overdue", "confirm", _longest_overdue, "due_on"),
]
