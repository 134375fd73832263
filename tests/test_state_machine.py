"""Random people make random moves, and whatever they do, the rules hold."""

import os
from collections import Counter
from functools import wraps

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test as run

from monographs import drafts, record, transitions, workflow
from monographs.models import Monograph, State
from peptidesite import guards

from . import model_of_the_rules as model
from .figures import tell
from .random_moves import ROLES, TEXTS, RandomMoves

CI = bool(os.environ.get("CI"))
# Every query of PostgreSQL goes through a socket, so fewer runs take as long there.
RUNS = {"sqlite": 500, "postgresql": 50}[connection.vendor] if CI else 50
STEPS = 30
# Hypothesis cuts some runs short, so it is asked for more.
SETTINGS = settings(max_examples=RUNS * 13 // 10, stateful_step_count=STEPS, deadline=None)
# Looks for a fault that is known to be there; nobody reads how.
SEARCH = settings(
    SETTINGS,
    max_examples=1000,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
)
KINDS = ["create", "start", "save", *model.MOVES, "supersede"]


@pytest.fixture
def users(make_user):
    """The people, each with what they may do looked up once for all runs."""
    made = {}
    for name, roles in ROLES.items():
        if name == "superuser":
            made[name] = make_user(name, is_superuser=True)
        else:
            made[name] = make_user(name, *roles)
        made[name].get_all_permissions()
    return made


def test_the_model_knows_every_move():
    assert set(model.MOVES) == set(transitions.TRANSITIONS)


def test_no_run_of_random_moves_breaks_a_rule(users, request):
    tally = Counter()

    run(lambda: RandomMoves(users, tally), settings=SETTINGS)

    made = ", ".join(f"{tally[name]} × {name}" for name in KINDS)
    tell(
        request.config,
        f"{tally['runs']} runs of random moves, {tally['runs', STEPS]} of them of {STEPS} steps: "
        f"{tally['allowed']} moves allowed ({made}), {tally['refused']} refused, no rule broken.",
    )
    if CI:
        assert tally["runs", STEPS] >= RUNS
        assert all(tally[name] for name in KINDS)


NO_CHECK = {
    "sqlite": "PRAGMA ignore_check_constraints = ON",
    "postgresql": "ALTER TABLE monographs_revision DROP CONSTRAINT revision_four_eyes",
}


@pytest.fixture
def checks_afterwards(db):
    yield
    # On PostgreSQL the rollback of the test brings them back.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def without_four_eyes(monkeypatch):
    real = workflow.refusal

    def refusal(transition, revision, actor):
        if transition.target == State.APPROVED and revision.state in transition.sources:
            return ""
        return real(transition, revision, actor)

    monkeypatch.setattr(workflow, "refusal", refusal)
    guards.lift()
    with connection.cursor() as cursor:
        cursor.execute(NO_CHECK[connection.vendor])


def without_four_eyes_anywhere(monkeypatch):
    without_four_eyes(monkeypatch)
    *others, _ = model.MOVES["approve"]
    monkeypatch.setitem(
        model.MOVES, "approve", (*others, {"saw this text", "declares interests"})
    )


def without_the_digest(monkeypatch):
    real = workflow.perform

    def perform(name, revision, **given):
        revision.refresh_from_db()
        return real(name, revision, **given | {"digest": revision.digest})

    monkeypatch.setattr(workflow, "perform", perform)


def without_the_record(monkeypatch):
    monkeypatch.setattr(record, "append", lambda *given, **said: None)


def without_undoing_what_is_refused(monkeypatch):
    def save(revision, **given):
        Monograph.objects.filter(pk=revision.monograph_id).update(changed_at=timezone.now())
        return drafts.save.__wrapped__(revision, **given)

    monkeypatch.setattr(drafts, "save", wraps(drafts.save)(save))


@pytest.mark.usefixtures("checks_afterwards")
@pytest.mark.parametrize(
    ("break_a_rule", "words"),
    [
        (without_four_eyes, "approve was allowed"),
        (without_four_eyes_anywhere, "who approved it wrote it"),
        (without_the_digest, "(approve|confirm) was allowed"),
        (without_the_record, "is not where its record ends"),
        (without_undoing_what_is_refused, "but something changed"),
    ],
)
def test_random_moves_find_a_rule_that_is_broken(break_a_rule, words, users, monkeypatch):
    break_a_rule(monkeypatch)

    with pytest.raises(AssertionError, match=words):
        run(lambda: RandomMoves(users, Counter()), settings=SEARCH)


def held(*targets, approver="rex", state="published", text=TEXTS["whole"], writer="ann"):
    """A monograph of one revision whose events led to these states, as model.faults takes it."""
    revision = {"id": 1, "monograph": 1, "state": state, "text": text}
    events = [
        {
            "revision": 1,
            "target": target,
            "actor": approver if target == "approved" else "ann",
            "text_digest": model.digest(TEXTS["whole"]),
        }
        for target in targets
    ]
    return [revision], {1: {"ann", writer}}, events


PUBLISHING = ["draft", "in_review", "approved", "published"]


@pytest.mark.parametrize("state", ["published", "superseded", "withdrawn"])
def test_what_another_person_approved_has_no_fault(state):
    ending = [] if state == "published" else [state]

    assert model.faults(*held(*PUBLISHING, *ending, state=state)) == []


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (held("draft", "published"), "was never approved"),
        (held(*PUBLISHING, approver="ann"), "who approved it wrote it"),
        (held(*PUBLISHING, writer="rex"), "who approved it wrote it"),
        (held(*PUBLISHING, text=TEXTS["another"]), "another text was approved"),
        (held(*PUBLISHING[:3], "draft", "in_review", "published"), "its approval was void"),
        (held(*PUBLISHING, state="withdrawn"), "is not where its record ends"),
    ],
)
def test_a_planted_fault_is_found(planted, words):
    (fault,) = model.faults(*planted)

    assert words in fault


@pytest.mark.parametrize(
    ("state", "words"), [("published", "1 has 2 published"), ("draft", "1 has 2 open")]
)
def test_a_second_published_or_open_revision_is_found(state, words):
    until = PUBLISHING[: PUBLISHING.index(state) + 1]
    revisions, writers, events = held(*until, state=state)
    revisions.append({**revisions[0], "id": 2})
    events += [{**event, "revision": 2} for event in events]

    assert model.faults(revisions, {**writers, 2: {"ann"}}, events) == [words]
