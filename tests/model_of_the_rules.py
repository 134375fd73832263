"""The editorial rules told a second time, in plain Python, to hold the real ones against.

`Desk` foretells what a move does; `faults` judges what the database holds afterwards. Neither
knows the workflow's own table, its digests or its approver column.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

AUTHOR, REVIEWER, PUBLISHER = "Authors", "Reviewers", "Publishers"
CLINICIAN = "Clinicians"

# Name: from, to, the roles of which one suffices, what it needs besides.
MOVES = {
    "submit": ("draft", "in_review", {AUTHOR}, {"wrote", "complete"}),
    "recall": ("in_review", "draft", {AUTHOR}, {"wrote"}),
    "request_changes": ("in_review", "draft", {REVIEWER}, {"note"}),
    "approve": (
        "in_review",
        "approved",
        {REVIEWER},
        {"did not write", "saw this text", "declares interests", "knows what changed"},
    ),
    "reopen": ("approved", "draft", {REVIEWER, PUBLISHER}, {"note"}),
    "publish": ("approved", "published", {PUBLISHER}, set()),
    "confirm": (
        "published",
        "published",
        {REVIEWER},
        {"did not write", "saw this text", "is not just confirmed"},
    ),
    "withdraw": ("published", "withdrawn", {PUBLISHER}, {"note"}),
    "discard": ("draft", "discarded", {AUTHOR}, {"wrote"}),
}
OPEN = {"draft", "in_review", "approved"}
PUBLIC = {"published", "superseded", "withdrawn"}


@dataclass
class Revision:
    text: str
    summary: bool
    writers: set
    state: str = "draft"
    version: int = 1
    last: str = ""


@dataclass
class Desk:
    """What every person may do to every revision, each known by its place in a list.

    `roles` maps people to their roles, `complete` holds the names of the texts that may be
    submitted, `clinical` what each text says of patients. Each method returns whether it is
    allowed, and then remembers what it did.
    """

    roles: dict
    complete: set
    clinical: dict
    monographs: dict = field(default_factory=dict)

    def create(self, person, slug, text):
        allowed = AUTHOR in self.roles[person] and slug not in self.monographs
        if allowed:
            self.monographs[slug] = [Revision(text, False, {person})]
        return allowed

    def start(self, person, slug, text, summary):
        revisions = self.monographs[slug]
        is_open = any(revision.state in OPEN for revision in revisions)
        allowed = AUTHOR in self.roles[person] and not is_open
        if allowed:
            base = self._base(revisions)
            # Who wrote what is copied is no second pair of eyes.
            revisions.append(Revision(text or base.text, summary, {person} | base.writers))
        return allowed

    def save(self, person, slug, place, version, text, summary):
        revision = self.monographs[slug][place]
        fresh = revision.state == "draft" and revision.version == version
        allowed = AUTHOR in self.roles[person] and fresh
        if allowed:
            revision.text, revision.summary = text, summary
            revision.writers.add(person)
            revision.version += 1
        return allowed

    def move(self, name, person, slug, place, note, seen, interests):
        allowed = self.may(name, person, slug, place, note, seen, interests)
        if allowed and name == "publish":
            for other in self.monographs[slug]:
                if other.state == "published":
                    self._to("superseded", other, "supersede")
        if allowed:
            self._to(MOVES[name][1], self.monographs[slug][place], name)
        return allowed

    def may(self, name, person, slug, place, note, seen, interests):
        """Say whether the person may, having seen the text `seen`.

        `note` and `interests` say whether there is a comment and a declaration.
        """
        source, _, roles, needs = MOVES[name]
        revision = self.monographs[slug][place]
        ready = revision.text in self.complete and (place == 0 or revision.summary)
        given = {
            "wrote": person in revision.writers,
            "did not write": person not in revision.writers,
            "complete": ready,
            "note": note,
            "saw this text": seen == revision.text,
            "is not just confirmed": revision.last != "confirm",
            "declares interests": interests,
            "knows what changed": CLINICIAN in self.roles[person]
            or self._said_of_patients(slug) == self.clinical[revision.text],
        }
        return (
            revision.state == source
            and bool(roles & self.roles[person])
            and all(given[need] for need in needs)
        )

    def _said_of_patients(self, slug):
        live = [text for text in self.monographs[slug] if text.state == "published"]
        return self.clinical[live[0].text] if live else None

    def _to(self, state, revision, name):
        revision.state, revision.last = state, name
        revision.version += 1

    def _base(self, revisions):
        live = [revision for revision in revisions if revision.state == "published"]
        kept = [revision for revision in revisions if revision.state != "discarded"]
        return (live or kept or revisions)[-1]


def digest(text):
    """Return the SHA-256 over the canonical JSON of a title, sections, facts, references."""
    said = json.dumps(text, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def faults(revisions, writers, events):
    """Say in sentences what must never be, though the database holds it; [] if all is well.

    `revisions` are dicts with id, monograph, state and text, `writers` maps their ids to
    sets of people, `events` are dicts in order with revision, target, actor, text_digest.
    """
    found = []
    published = Counter(r["monograph"] for r in revisions if r["state"] == "published")
    opened = Counter(r["monograph"] for r in revisions if r["state"] in OPEN)
    found += [f"{monograph} has {n} published" for monograph, n in published.items() if n > 1]
    found += [f"{monograph} has {n} open" for monograph, n in opened.items() if n > 1]
    for revision in revisions:
        said = [event for event in events if event["revision"] == revision["id"]]
        if not said or said[-1]["target"] != revision["state"]:
            found.append(f"{revision['id']} is not where its record ends")
        if revision["state"] in PUBLIC:
            reason = _unapproved(revision, writers[revision["id"]], said)
            found += [f"{revision['id']} is public, but {reason}"] if reason else []
    return found


def _unapproved(revision, writers, events):
    approvals = [n for n, event in enumerate(events) if event["target"] == "approved"]
    if not approvals:
        return "was never approved"
    approval = events[approvals[-1]]
    if any(event["target"] not in PUBLIC for event in events[approvals[-1] + 1 :]):
        return "its approval was void"
    if approval["text_digest"] != digest(revision["text"]):
        return "another text was approved"
    if approval["actor"] in writers:
        return "who approved it wrote it"
    return ""
