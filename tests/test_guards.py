"""What the database refuses, whoever writes."""

import itertools

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from monographs import content, transitions
from monographs.models import Contribution, Event, Revision, State
from peptidesite import guards


def refused(statement, *values):
    """Run one SQL statement that the database must refuse."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


FORBIDDEN_MOVES = [
    (source, target)
    for source, target in itertools.product(State, State)
    if source != target and (source, target) not in transitions.MOVES
]


@pytest.mark.parametrize(("source", "target"), FORBIDDEN_MOVES)
def test_a_move_that_is_not_listed_is_refused_by_sql(
    source, target, make_revision, reviewer, publisher
):
    revision = make_revision(source)
    now = timezone.now()

    refused(
        "UPDATE monographs_revision SET state = %s, approver_id = COALESCE(approver_id, %s), "
        "approved_at = COALESCE(approved_at, %s), published_at = COALESCE(published_at, %s) "
        "WHERE id = %s",
        target,
        reviewer.pk,
        now,
        now,
        revision.pk,
    )
    refused("UPDATE monographs_revision SET state = %s WHERE id = %s", target, revision.pk)

    revision.refresh_from_db()
    assert revision.state == source


FROZEN = [*content.TEXT_FIELDS, "digest", "rendered", "change_summary"]


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
@pytest.mark.parametrize("field", FROZEN)
def test_the_text_is_frozen_outside_draft(state, field, make_revision):
    revision = make_revision(state)

    refused(
        f'UPDATE monographs_revision SET "{field}" = %s WHERE id = %s',
        '{"changed": "value"}',
        revision.pk,
    )


@pytest.mark.parametrize("field", ["id", "monograph_id", "number", "author_id"])
def test_a_revision_keeps_its_identity(field, make_revision):
    revision = make_revision()
    make_revision(slug="another")

    refused(f"UPDATE monographs_revision SET {field} = {field} + 100 WHERE id = %s", revision.pk)


def test_an_approval_is_not_exchanged(make_revision, publisher):
    revision = make_revision(State.APPROVED)

    refused(
        "UPDATE monographs_revision SET approver_id = %s WHERE id = %s",
        publisher.pk,
        revision.pk,
    )
    refused(
        "UPDATE monographs_revision SET approved_at = %s WHERE id = %s",
        timezone.now(),
        revision.pk,
    )
    refused("UPDATE monographs_revision SET byline = %s WHERE id = %s", "[]", revision.pk)


def test_an_approval_has_a_person(make_revision):
    revision = make_revision(State.IN_REVIEW)

    refused(
        "UPDATE monographs_revision SET state = 'approved', approved_at = %s WHERE id = %s",
        timezone.now(),
        revision.pk,
    )


def test_a_revision_begins_as_a_draft(make_revision, author, text):
    monograph = make_revision(State.DISCARDED).monograph

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(
            monograph=monograph, number=2, author=author, state=State.IN_REVIEW, **text
        )


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_a_revision_is_never_deleted(state, make_revision):
    revision = make_revision(state)

    with pytest.raises(ProtectedError):
        revision.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk)._raw_delete("default")
    refused("DELETE FROM monographs_revision WHERE id = %s", revision.pk)


def test_there_is_one_published_and_one_open_revision(make_revision, author, text):
    monograph = make_revision(State.PUBLISHED).monograph
    draft = {"monograph": monograph, "author": author, **text}
    Revision.objects.create(number=2, **draft)

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(number=3, **draft)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE monographs_event SET note = 'other'",
        "UPDATE monographs_event SET actor_id = actor_id + 1",
        "DELETE FROM monographs_event",
        "DELETE FROM monographs_contribution",
        "UPDATE monographs_contribution SET user_id = user_id + 1",
        "UPDATE monographs_contribution SET at = NULL",
    ],
)
def test_the_record_and_the_contributions_are_never_changed(statement, make_revision):
    make_revision(State.PUBLISHED)

    refused(statement)


def test_an_event_can_only_be_added_at_the_end(make_revision):
    event = make_revision(State.PUBLISHED).events.order_by("-sequence").first()
    forged = {
        "monograph": event.monograph,
        "revision": event.revision,
        "transition": "approve",
        "target": State.APPROVED,
        "actor": event.actor,
        "at": event.at,
    }

    for sequence, previous in [(event.sequence + 2, event.digest), (event.sequence + 1, "x")]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.create(sequence=sequence, previous_digest=previous, **forged)


REPLACEMENTS = {
    "sqlite": [
        "REPLACE INTO monographs_event SELECT * FROM monographs_event LIMIT 1",
        "REPLACE INTO monographs_revision SELECT * FROM monographs_revision LIMIT 1",
        "REPLACE INTO monographs_contribution SELECT * FROM monographs_contribution LIMIT 1",
        "UPDATE OR REPLACE monographs_revision SET id = (SELECT MAX(id) FROM "
        "monographs_revision)",
    ],
    "postgresql": [
        "TRUNCATE monographs_event",
        "TRUNCATE monographs_revision CASCADE",
        "TRUNCATE monographs_contribution CASCADE",
        "INSERT INTO monographs_event SELECT * FROM monographs_event LIMIT 1 "
        "ON CONFLICT (id) DO UPDATE SET note = 'other'",
    ],
}


@pytest.mark.parametrize("number", range(4))
def test_nothing_is_replaced_in_the_ways_of_each_database(number, make_revision):
    make_revision(State.PUBLISHED)
    make_revision(State.PUBLISHED, slug="another")
    connection.check_constraints()  # PostgreSQL truncates no table with checks still to do

    refused(REPLACEMENTS[connection.vendor][number])


@pytest.mark.parametrize("role", ["author", "reviewer", "publisher"])
def test_people_in_the_record_are_never_deleted(role, make_revision, request):
    make_revision(State.PUBLISHED)
    person = request.getfixturevalue(role)

    with pytest.raises(ProtectedError):
        person.delete()


def test_every_guard_is_there_after_the_migrations(db):
    expected = {guard.trigger for guard in guards.GUARDS if guard.fits(connection, {guard.table})}

    assert guards.installed() == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.name)
def test_the_check_names_a_guard_that_is_missing(guard, capsys):
    if not guard.fits(connection, {guard.table}):
        assert guard.trigger not in guards.installed()
        return
    with connection.cursor() as cursor:
        table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {guard.trigger}{table}")

    call_command("check", databases=["default"])

    said = capsys.readouterr().err
    guards.install()
    assert said.count("guards.W001") == 1
    assert guard.trigger in said


@pytest.mark.django_db(transaction=True)
def test_migrating_puts_missing_guards_back():
    guards.lift()

    call_command("migrate", verbosity=0)

    assert guards.check_guards(None, ["default"]) == []


def test_the_database_of_the_tests_is_the_one_that_is_meant(db, settings):
    """SQLite keeps what was committed and checks what is referred to."""
    if connection.vendor != "sqlite":
        assert settings.DATABASES["default"]["OPTIONS"]["pool"] is True
        return
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "foreign_keys", "recursive_triggers")
        }

    assert values == {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    assert connection.transaction_mode == "IMMEDIATE"


def test_contributions_name_a_person_once(make_revision, author):
    revision = make_revision()

    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.create(revision=revision, user=author)
