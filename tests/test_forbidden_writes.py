"""Whatever somebody writes in raw SQL, what is frozen stays as it is."""

from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction

from monographs import drafts
from monographs.models import Monograph, Revision, State
from peptidesite import guards

from . import forbidden_writes as forbidden
from .conftest import WAYS
from .figures import tell
from .forbidden_remarks import forbidden_remarks, make_remarks


@pytest.fixture
def scene(make_revision, move, author, coauthor, reviewer, publisher):
    """What forbidden.Scene says, and nothing that waits for the end of a transaction."""

    def written_by_two(slug, state):
        draft = make_revision(slug=slug)
        drafts.save(draft, author=coauthor, version=1, text={**draft.text, "risk": "Unknown."})
        return move(draft, *WAYS[state])

    def succeeded(revision, *ways):
        successor = drafts.start(revision.monograph, author=author, change_summary="Clearer.")
        return move(successor, *ways)

    revisions = {
        state.value: written_by_two(state.value.replace("_", "-"), state) for state in State
    }
    # The successor is withdrawn, so that only a trigger keeps the superseded one from readers.
    succeeded(revisions["superseded"], "submit", "approve", "publish", "withdraw")
    next_one = succeeded(written_by_two("next", State.PUBLISHED), "submit", "approve")
    empty = Monograph.objects.create(slug="empty")
    # PostgreSQL alters and empties no table with checks still to do.
    connection.check_constraints()
    return forbidden.Scene(
        revisions={state: revision.pk for state, revision in revisions.items()},
        digest_of_draft=Revision.objects.get(pk=revisions["draft"].pk).digest,
        next_one=next_one.pk,
        empty=empty.pk,
        author=author.pk,
        coauthor=coauthor.pk,
        reviewer=reviewer.pk,
        publisher=publisher.pk,
    )


@pytest.fixture
def writes(scene):
    made = make_remarks(scene)
    connection.check_constraints()
    return [
        *forbidden.forbidden_writes(scene, connection.vendor),
        *forbidden_remarks(scene, made, connection.vendor),
    ]


def refusal(write):
    """Try the write and undo it; say why the database refused it, "" if it did not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(write.sql, write.values)
            assert cursor.rowcount, f"{write} aims at nothing"
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error)
    return ""


def test_every_forbidden_write_is_refused(writes, request):
    through = [write for write in writes if not refusal(write)]

    kinds = Counter(write.kind for write in writes)
    tell(
        request.config,
        f"{len(writes)} forbidden writes in raw SQL tried on {connection.vendor}, "
        f"{len(writes) - len(through)} refused: "
        + ", ".join(f"{n} × {kind}" for kind, n in kinds.items()),
    )
    assert through == []


def test_a_connection_that_fires_no_triggers_for_replaced_rows_replaces_none(writes):
    if connection.vendor != "sqlite":
        return
    replacing = [write for write in writes if write.sql.startswith("REPLACE")]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")

    through = [write for write in replacing if not refusal(write)]

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = ON")
    assert len(replacing) > 20
    assert through == []


def test_without_the_guards_each_write_that_only_they_refuse_gets_through(writes):
    """So each statement is sound, and what refused it was the rule that it breaks."""
    guards.lift()

    reasons = {write: refusal(write) for write in writes if write.alone}

    assert len(reasons) > 400
    assert {write: reason for write, reason in reasons.items() if reason} == {}


def test_the_moves_themselves_and_the_next_event_are_not_refused(scene):
    """So what is refused of a move with more is the more."""
    reasons = {write: refusal(write) for write in forbidden.allowed_writes(scene)}

    assert len(reasons) == 9
    assert {write: reason for write, reason in reasons.items() if reason} == {}


def test_no_write_is_refused_because_it_is_malformed(writes):
    other_reasons = ("NOT NULL", "not-null", "JSON", "number_check", "_check")

    reasons = {refusal(write) for write in writes}

    assert [why for why in reasons if any(word in why for word in other_reasons)] == []


def test_every_column_of_a_revision_is_known_to_be_frozen_or_free():
    columns = {field.column for field in Revision._meta.concrete_fields}

    judged = [*forbidden.FROZEN, *forbidden.IDENTITY]
    judged += [*forbidden.APPROVAL, *forbidden.FREE]

    assert sorted(columns) == sorted(judged)
