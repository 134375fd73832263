"""A machine that makes random moves of random people, in the model and for real."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from monographs import content, drafts, record, workflow
from monographs.models import Event

from . import model_of_the_rules as model
from .rows import rows_of_all_tables, told

ROLES = {
    "ann": {model.AUTHOR},
    "ben": {model.AUTHOR},
    "rex": {model.REVIEWER},
    "clara": {model.REVIEWER, model.CLINICIAN},
    "pia": {model.PUBLISHER},
    "cora": {model.AUTHOR, model.REVIEWER, model.CLINICIAN},
    "max": {model.AUTHOR, model.REVIEWER, model.PUBLISHER, model.CLINICIAN},
    "superuser": {model.AUTHOR, model.REVIEWER, model.PUBLISHER, model.CLINICIAN},
    "visitor": set(),
}
WHOLE = {
    "title": "Whole",
    **dict.fromkeys(content.SECTIONS, "Known."),
    "facts": {"synonyms": ["Thymalfasin"]},
    "references": [],
}
TEXTS = {
    "whole": WHOLE,
    "another": {**WHOLE, "facts": {}},
    "with a reference": {
        **WHOLE,
        "risk": "See [@key].",
        "references": [{"id": "key", "type": "book", "title": "A book"}],
    },
    "with a gap": {**WHOLE, "risk": ""},
    "without its reference": {**WHOLE, "risk": "See [@key]."},
}
COMPLETE = {"whole", "another", "with a reference"}
CLINICAL = {
    name: tuple(text[section] for section in ("application", "metric", "risk"))
    for name, text in TEXTS.items()
}
NAMES = {model.digest(text): name for name, text in TEXTS.items()}
DIGESTS = {name: digest for digest, name in NAMES.items()} | {"nothing": None, "noise": "0" * 64}

AUTHORS = [name for name, roles in ROLES.items() if model.AUTHOR in roles]

REFUSALS = (
    PermissionDenied,
    ValidationError,
    workflow.TransitionNotAllowed,
    drafts.OpenRevisionExists,
    drafts.StaleText,
)
people = st.sampled_from(list(ROLES))
texts = st.sampled_from(list(TEXTS))
picks = st.integers(0, 23)
backs = st.sampled_from([0, 0, 0, 1, 2])


class RandomMoves(RuleBasedStateMachine):
    """Does everything twice, in the model and for real, and compares; rolled back at the end."""

    def __init__(self, users, tally):
        super().__init__()
        self.users, self.tally = users, tally
        self.names = {user.pk: name for name, user in users.items()}
        self.desk = model.Desk(ROLES, COMPLETE, CLINICAL)
        self.revisions = {}
        self.rows = rows_of_all_tables()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.steps = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.tally["runs"] += 1
        self.tally["runs", self.steps] += 1
        said = self.rows[Event._meta.db_table]
        self.tally["supersede"] += sum(row["transition"] == "supersede" for row in said)

    @initialize(person=st.sampled_from(AUTHORS), text=texts)
    def begin(self, person, text):
        self.create(person, "a", text)

    @rule(person=people, slug=st.sampled_from("abc"), text=texts)
    def create(self, person, slug, text):
        self.attempt(
            "create",
            slug,
            self.desk.create(person, slug, text),
            lambda: drafts.create(author=self.users[person], slug=slug, text=TEXTS[text]),
        )

    @rule(person=people, pick=picks, text=st.none() | texts, summary=st.booleans())
    def start(self, person, pick, text, summary):
        slug = self.picked(pick)
        self.attempt(
            "start",
            slug,
            self.desk.start(person, slug, text, summary),
            lambda: drafts.start(
                self.revisions[slug, 0].monograph,
                author=self.users[person],
                text=TEXTS.get(text),
                change_summary="Clearer." if summary else "",
            ),
        )

    @rule(
        person=people,
        pick=picks,
        back=backs,
        behind=st.sampled_from([0, 0, 0, 1, 2, -1]),
        text=texts,
        summary=st.booleans(),
    )
    def save(self, person, pick, back, behind, text, summary):
        slug = self.picked(pick)
        place = self.placed(slug, back)
        version = max(0, self.desk.monographs[slug][place].version - behind)
        self.attempt(
            "save",
            slug,
            self.desk.save(person, slug, place, version, text, summary),
            lambda: drafts.save(
                self.revisions[slug, place],
                author=self.users[person],
                version=version,
                text=TEXTS[text],
                change_summary="Clearer." if summary else "",
            ),
        )

    @rule(
        pick=picks,
        back=backs,
        fitting=st.sampled_from([True, True, True, False]),
        choice=picks,
        person=st.sampled_from([*ROLES, *["a writer"] * len(ROLES)]),
        note=st.booleans(),
        seen=st.sampled_from([*["this text"] * 12, *DIGESTS]),
        interests=st.sampled_from([True, True, True, False]),
    )
    def move(self, pick, back, fitting, choice, person, note, seen, interests):
        slug = self.picked(pick)
        place = self.placed(slug, back)
        revision = self.desk.monographs[slug][place]
        fit = [name for name in model.MOVES if model.MOVES[name][0] == revision.state]
        names = fit if fit and fitting else list(model.MOVES)
        if person == "a writer":
            person = sorted(revision.writers)[choice % len(revision.writers)]
        seen = revision.text if seen == "this text" else seen
        self.make(names[choice % len(names)], person, slug, place, note, seen, interests)

    @rule(pick=picks, back=backs, choice=picks)
    def move_onwards(self, pick, back, choice):
        """Few random moves are allowed ones: without this, little would ever be published."""
        self.move_rightly(["submit", "approve", "publish"], pick, back, choice)

    @rule(pick=picks, back=backs, choice=picks, blind=st.sampled_from([False, False, True]))
    def move_anywhere(self, pick, back, choice, blind):
        self.move_rightly(model.MOVES, pick, back, choice, blind)

    def move_rightly(self, names, pick, back, choice, blind=False):
        """Make one of the moves that the model allows; without any, write.

        Whoever is `blind` has seen another text than there is.
        """
        slug = self.picked(pick)
        place = self.placed(slug, back)
        revision = self.desk.monographs[slug][place]
        options = [
            (name, person)
            for name in names
            for person in ROLES
            if self.desk.may(name, person, slug, place, True, revision.text, True)
        ]
        author = AUTHORS[choice % len(AUTHORS)]
        if options:
            name, person = options[choice % len(options)]
            seen = "noise" if blind else revision.text
            self.make(name, person, slug, place, True, seen, True)
        elif revision.state == "draft":
            self.save(author, pick, back, 0, "whole", True)
        else:
            self.start(author, pick, None, True)

    def picked(self, pick):
        return list(self.desk.monographs)[pick % len(self.desk.monographs)]

    def placed(self, slug, back):
        return max(0, len(self.desk.monographs[slug]) - 1 - back)

    def make(self, name, person, slug, place, note, seen, interests):
        self.attempt(
            name,
            slug,
            self.desk.move(name, person, slug, place, note, seen, interests),
            lambda: workflow.perform(
                name,
                self.revisions[slug, place],
                actor=self.users[person],
                note="A reason." if note else " ",
                digest=DIGESTS[seen],
                interests="none" if interests else " ",
            ),
        )

    def attempt(self, name, slug, foretold, act):
        try:
            revision = act()
        except REFUSALS as refusal:
            revision, outcome = None, f"refused: {refusal}"
        else:
            outcome = "allowed"
            # The first object stays: whoever moves it must look at the database, not at it.
            self.revisions.setdefault((slug, revision.number - 1), revision)
        before, self.rows = self.rows, rows_of_all_tables()
        self.steps += 1
        self.tally["allowed" if revision else "refused"] += 1
        self.tally[name] += bool(revision)

        assert bool(revision) == foretold, f"{name} was {outcome}"
        if revision is None:
            assert self.rows == before, f"{name} was {outcome}, but something changed"
            return
        said = before[Event._meta.db_table]
        assert self.rows[Event._meta.db_table][: len(said)] == said, "an event was changed"
        revisions, writers, events = told(self.rows, self.names)
        held, foretold = self.as_held(revisions, writers), self.as_foretold()
        assert held == foretold, f"the database holds {held}, the model {foretold}"
        faults = model.faults(revisions, writers, events)
        assert not faults, "; ".join(faults)
        misfit = record.misfit(Event.objects.filter(monograph=revision.monograph_id))
        assert misfit is None, f"the record does not fit at: {misfit}"

    def as_foretold(self):
        return {
            (slug, number): (revision.state, revision.version, revision.text, revision.writers)
            for slug, revisions in self.desk.monographs.items()
            for number, revision in enumerate(revisions, 1)
        }

    def as_held(self, revisions, writers):
        return {
            (revision["monograph"], revision["number"]): (
                revision["state"],
                revision["version"],
                NAMES[model.digest(revision["text"])],
                writers[revision["id"]],
            )
            for revision in revisions
        }
