"""What happened to a made-up entry, and when."""

from dataclasses import dataclass
from datetime import timedelta

from monographs import clock, record
from monographs.models import Event, Monograph

PREFIX = "corpus-"

# On which day after a revision is begun each move of it is made, in the order of the moves.
DAYS = {
    **{"start": 0, "submit": 1, "request_changes": 2, "approve": 3, "appoint": 4, "publish": 5},
    **{"confirm": 8, "withdraw": 9},
}
# After how many days the second revision is begun; how long ago the first one was, at the
# least, and how many days the entries differ in that; and how long ago for an overdue review.
SUCCESSOR, NEWEST, SPREAD, OVERDUE = 10, 30, 250, 420


@dataclass(frozen=True)
class Life:
    """The moves of an entry's first revision, and of its second one if there is one."""

    first: tuple
    second: tuple | None = None
    comments: int = 0
    overdue: bool = False


PUBLISHED = ("submit", "approve", "publish")
# The last two digits of an entry's number say which life it has: five events on average.
LIVES = [
    Life(()),
    Life(PUBLISHED, ()),
    Life(("submit",)),
    Life(PUBLISHED, ("submit",)),
    Life(PUBLISHED, ("submit",), comments=2),
    Life(PUBLISHED, ("submit", "request_changes")),
    Life(PUBLISHED, ("submit", "approve")),
    Life(PUBLISHED, ("submit", "approve", "appoint")),
    Life((*PUBLISHED, "withdraw")),
    Life(PUBLISHED, overdue=True),
    *[Life(PUBLISHED, PUBLISHED)] * 14,
    *[Life((*PUBLISHED, "confirm"))] * 20,
    *[Life(PUBLISHED)] * 56,
]


def slug(number):
    """Return the slug of the entry of this number."""
    return f"{PREFIX}{number:06}"


class Entry:
    """A monograph that is being written, and the record of what happened to it so far."""

    def __init__(self, number, now):
        self.number = number
        self.life = LIVES[number % len(LIVES)]
        days = OVERDUE if self.life.overdue else NEWEST + number * 7 % SPREAD
        self.began = now - timedelta(days=days, minutes=number % 1440)
        self.monograph = Monograph(
            slug=slug(number), changed_at=self._changed_at(), **self._review()
        )
        self.events = []

    def moves(self, edition):
        """Return the names of the moves of its first or second revision; None if it has none."""
        return self.life.first if edition == 1 else self.life.second

    def at(self, edition, name):
        """Return when the revision was begun ("start"), or made the named move."""
        return self.began + timedelta(days=SUCCESSOR * (edition - 1) + DAYS[name])

    def add(self, revision, name, source, target, actor, at, note=""):
        """Add an event to its record, as monographs.record.append would."""
        before = self.events[-1] if self.events else None
        event = Event(
            monograph=self.monograph,
            sequence=len(self.events) + 1,
            revision=revision,
            transition=name,
            source=source,
            target=target,
            actor=actor,
            at=at,
            note=note,
            text_digest=revision.digest,
            previous_digest=before.digest if before else "",
        )
        event.digest = record.event_digest(event)
        self.events.append(event)

    def _changed_at(self):
        edition = 1 if self.life.second is None else 2
        made = [name for name in DAYS if name in ("start", *self.moves(edition))]
        return self.at(edition, made[-1])

    def _review(self):
        live = [edition for edition in (1, 2) if "publish" in (self.moves(edition) or ())]
        if not live or "withdraw" in self.life.first:
            return {}
        review = "confirm" if "confirm" in self.moves(live[-1]) else "approve"
        reviewed_on = self.at(live[-1], review).date()
        due_on = clock.due_after(reviewed_on, slug(self.number))
        return {"reviewed_on": reviewed_on, "review_due_on": due_on}
