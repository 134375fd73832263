"""Writing a batch of made-up entries: one statement for each move of all of them."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from monographs import content, transitions
from monographs.models import (
    Appointment,
    Comment,
    Contribution,
    Event,
    Monograph,
    Notice,
    Revision,
    State,
)
from monographs.search import index

from .lives import DAYS, LIVES, SUCCESSOR

NOTE = "Made up, as the text is."


@dataclass(frozen=True)
class People:
    """Who does what in a batch of entries."""

    author: AbstractBaseUser
    coauthor: AbstractBaseUser
    reviewer: AbstractBaseUser
    publisher: AbstractBaseUser

    def maker(self, name):
        """Return who makes the named move."""
        if name == "submit":
            return self.author
        return self.publisher if name in ("publish", "withdraw") else self.reviewer


def write(entries, people, topics, texts):
    """Write new Entries with all that happened to them; call it inside a transaction.

    `texts` is {(number, edition): what text.write_text returns}.
    """
    Monograph.objects.bulk_create([entry.monograph for entry in entries])
    live = {}
    for edition in (1, 2):
        begun = [entry for entry in entries if entry.moves(edition) is not None]
        revisions = _begin(begun, edition, people, topics, texts)
        for name in DAYS:
            moved = {e: text for e, text in revisions.items() if name in e.moves(edition)}
            if name == "publish":
                _supersede({e: live[e] for e in moved if e in live}, edition, people)
                live |= moved
            if moved:
                _make(name, moved, edition, people)
        _remark(revisions, edition, people)
    published = Revision.objects.published()
    index.add(published.filter(monograph__in=[entry.monograph for entry in entries]))
    Event.objects.bulk_create([event for entry in entries for event in entry.events])


def _begin(entries, edition, people, topics, texts):
    revisions = {entry: _draft(entry, edition, people, texts) for entry in entries}
    Revision.objects.bulk_create(revisions.values())
    writers = [people.author, people.coauthor] if edition == 1 else [people.author]
    Contribution.objects.bulk_create(
        Contribution(revision=revision, user=writer, at=revision.created_at)
        for revision in revisions.values()
        for writer in writers
    )
    classified = Revision.topics.through
    classified.objects.bulk_create(
        classified(revision=revision, topic=topic)
        for entry, revision in revisions.items()
        for topic in _topics_of(entry, topics)
    )
    for entry, revision in revisions.items():
        entry.add(revision, "start", "", State.DRAFT, people.author, revision.created_at)
    return revisions


def _topics_of(entry, topics):
    # Another step with each round of lives, so that each topic has entries of every life.
    place = entry.number + entry.number // len(LIVES)
    return [topics[(place + step) % len(topics)] for step in (0, 5)]


def _draft(entry, edition, people, texts):
    text, rendered = texts[entry.number, edition]
    begun_at = entry.at(edition, "start")
    return Revision(
        monograph=entry.monograph,
        number=edition,
        author=people.author,
        digest=content.digest(text),
        # A text that is going to be submitted is frozen from then on.
        rendered=rendered if entry.moves(edition) else {},
        change_summary="Context written anew." if edition > 1 else "",
        created_at=begun_at,
        moved_at=begun_at,
        **text,
    )


def _make(name, moved, edition, people):
    if name == "appoint":
        return _appoint(moved, edition, people)
    transition, actor = transitions.TRANSITIONS[name], people.maker(name)
    made_at = F("created_at") + timedelta(days=DAYS[name])
    changes = _changes(name, moved, actor, made_at)
    _update(moved.values(), transition.target, made_at, **changes)
    (source,) = transition.sources
    for entry, revision in moved.items():
        at, note = entry.at(edition, name), NOTE if transition.note else ""
        entry.add(revision, name, source, transition.target, actor, at, note)
    return _retract(moved, people) if name == "withdraw" else None


def _changes(name, moved, actor, made_at):
    if name == "approve":
        # All of a batch have the same writers, and so the same byline.
        signed = transitions.TRANSITIONS[name].changes(next(iter(moved.values())), actor, "none")
        return {**signed, "approved_at": made_at}
    return {"published_at": made_at} if name == "publish" else {}


def _update(revisions, target, made_at, **changes):
    changes |= {"state": target, "moved_at": made_at, "version": F("version") + 1}
    Revision.objects.filter(pk__in=[text.pk for text in revisions]).update(**changes)


def _supersede(old, edition, people):
    source, target = transitions.SUPERSESSION
    made_at = F("created_at") + timedelta(days=SUCCESSOR + DAYS["publish"])
    _update(old.values(), target, made_at)
    for entry, revision in old.items():
        at, note = entry.at(edition, "publish"), f"By revision {edition}."
        entry.add(revision, "supersede", source, target, people.publisher, at, note)


def _appoint(approved, edition, people):
    due_at = timezone.now() + timedelta(days=30)
    Appointment.objects.bulk_create(
        Appointment(revision=revision, move="publish", due_at=due_at, actor=people.publisher)
        for revision in approved.values()
    )
    state, note = State.APPROVED, f"Publish at {due_at:%Y-%m-%d %H:%M} UTC"
    for entry, revision in approved.items():
        at = entry.at(edition, "appoint")
        entry.add(revision, "appoint", state, state, people.publisher, at, note)


def _retract(withdrawn, people):
    Notice.objects.bulk_create(
        Notice(
            kind=Notice.Kind.RETRACTION,
            revision=revision,
            text=NOTE,
            author=people.publisher,
            at=entry.at(1, "withdraw"),
        )
        for entry, revision in withdrawn.items()
    )


def _remark(revisions, edition, people):
    Comment.objects.bulk_create(
        Comment(
            revision=revision,
            place=place,
            text="Is this made up, too?",
            author=people.reviewer,
            at=entry.at(edition, "submit"),
        )
        for entry, revision in revisions.items()
        for place in ("definition", "risk")[: entry.life.comments if edition > 1 else 0]
    )
