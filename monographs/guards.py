"""Triggers: what the database refuses, whoever writes and by whichever way.

Each guard is one condition over OLD and NEW in SQL that both databases read alike. They are
installed after every migration, because SQLite drops a table's triggers when it rebuilds it.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.core import checks
from django.db import connections, transaction

from . import content, transitions
from .models import APPROVED_STATES, Contribution, Event, Revision, State

PREFIX = "guard_"

REVISION = Revision._meta.db_table
CONTRIBUTION = Contribution._meta.db_table
EVENT = Event._meta.db_table


@dataclass(frozen=True)
class Guard:
    """Refuses, with the message, every row operation on the table for which the SQL holds.

    `first` is what PostgreSQL does before it looks, such as waiting for who changes a row that
    the condition reads; SQLite has one writer at a time.
    """

    name: str
    table: str
    operation: str
    condition: str
    message: str
    first: str = ""

    @property
    def trigger(self):
        return PREFIX + self.name

    def fits(self, connection, tables):
        """Say whether this database has the table, and the operation at all."""
        return self.table in tables and (
            self.operation != "TRUNCATE" or connection.vendor == "postgresql"
        )


def _columns(*names):
    columns = [Revision._meta.get_field(name).column for name in names]
    return " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in columns)


def _listed(moves):
    pairs = sorted(moves)
    return " OR ".join(
        f"(OLD.state = '{source}' AND NEW.state = '{target}')" for source, target in pairs
    )


_APPROVALS = {
    (a, b) for a, b in transitions.MOVES if (a in APPROVED_STATES) != (b in APPROVED_STATES)
}
_PUBLICATIONS = {(a, b) for a, b in transitions.MOVES if b == State.PUBLISHED}

GUARDS = [
    Guard(
        "revision_begins_as_draft",
        REVISION,
        "INSERT",
        f"NEW.state <> '{State.DRAFT}'",
        "A revision begins as a draft.",
    ),
    Guard(
        "revision_moves_as_listed",
        REVISION,
        "UPDATE",
        f"NEW.state <> OLD.state AND NOT ({_listed(transitions.MOVES)})",
        "This is no move of the editorial workflow.",
    ),
    Guard(
        "revision_text_is_frozen",
        REVISION,
        "UPDATE",
        f"OLD.state <> '{State.DRAFT}' AND "
        f"({_columns(*content.TEXT_FIELDS, 'digest', 'rendered', 'change_summary')})",
        "The text of a revision changes in draft only.",
    ),
    Guard(
        "revision_identity_is_fixed",
        REVISION,
        "UPDATE",
        _columns("id", "monograph", "number", "author", "created_at"),
        "A revision keeps its monograph, number, author and beginning.",
    ),
    Guard(
        "revision_approval_is_fixed",
        REVISION,
        "UPDATE",
        f"({_columns('approver', 'approved_at', 'byline')}) AND NOT ({_listed(_APPROVALS)})",
        "An approval is given or made void only by a move.",
    ),
    Guard(
        "revision_publication_is_fixed",
        REVISION,
        "UPDATE",
        f"({_columns('published_at')}) AND NOT ({_listed(_PUBLICATIONS)})",
        "The time of publication is set by publishing.",
    ),
    Guard(
        "revision_approver_did_not_write",
        REVISION,
        "UPDATE",
        "NEW.approver_id IS NOT NULL AND EXISTS ("
        f"SELECT 1 FROM {CONTRIBUTION} c "
        "WHERE c.revision_id = NEW.id AND c.user_id = NEW.approver_id)",
        "Who wrote part of a revision cannot approve it.",
    ),
    Guard("revision_is_kept", REVISION, "DELETE", "TRUE", "A revision is never deleted."),
    Guard(
        "contribution_is_made_in_draft",
        CONTRIBUTION,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REVISION} r "
        f"WHERE r.id = NEW.revision_id AND r.state = '{State.DRAFT}')",
        "A contribution is made to a draft.",
        f"PERFORM 1 FROM {REVISION} WHERE id = NEW.revision_id FOR SHARE;",
    ),
    Guard(
        "contribution_is_fixed",
        CONTRIBUTION,
        "UPDATE",
        "TRUE",
        "A contribution never changes.",
    ),
    Guard(
        "contribution_is_kept",
        CONTRIBUTION,
        "DELETE",
        "TRUE",
        "A contribution is never deleted.",
    ),
    Guard(
        "event_follows_the_last",
        EVENT,
        "INSERT",
        "NOT EXISTS (SELECT 1 WHERE NEW.sequence = 1 AND NEW.previous_digest = '' "
        f"AND NOT EXISTS (SELECT 1 FROM {EVENT} e WHERE e.monograph_id = NEW.monograph_id)) "
        f"AND NOT EXISTS (SELECT 1 FROM {EVENT} e WHERE e.monograph_id = NEW.monograph_id "
        "AND e.sequence = NEW.sequence - 1 AND e.digest = NEW.previous_digest "
        f"AND NOT EXISTS (SELECT 1 FROM {EVENT} f WHERE f.monograph_id = NEW.monograph_id "
        "AND f.sequence >= NEW.sequence))",
        "An event follows the last one of its monograph.",
    ),
    Guard(
        "event_is_of_its_monograph",
        EVENT,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REVISION} r "
        "WHERE r.id = NEW.revision_id AND r.monograph_id = NEW.monograph_id)",
        "An event is of a revision of its monograph.",
    ),
    Guard("event_is_fixed", EVENT, "UPDATE", "TRUE", "An event never changes."),
    Guard("event_is_kept", EVENT, "DELETE", "TRUE", "An event is never deleted."),
    *(
        Guard(f"{table}_is_kept_whole", table, "TRUNCATE", "TRUE", "This table is kept.")
        for table in (REVISION, CONTRIBUTION, EVENT)
    ),
]


def install(using="default"):
    """Install every guard whose table exists, replacing what was there."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(connection, cursor)
        tables = connection.introspection.table_names(cursor)
        schema = _schema(connection, cursor)
        for guard in GUARDS:
            if guard.fits(connection, tables):
                for statement in _CREATE[connection.vendor](guard, schema):
                    cursor.execute(statement)


def lift(using="default"):
    """Remove every guard; `install` puts them back."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(connection, cursor)


@contextmanager
def lifted(using="default"):
    """Work without guards, such as emptying a test database; they are back afterwards."""
    lift(using)
    try:
        yield
    finally:
        install(using)


def installed(using="default"):
    """Return the names of the guards' triggers that the database has."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def check_guards(app_configs, databases, **kwargs):
    """Report a guard that is missing from a migrated database (a Django system check)."""
    problems = []
    for using in databases or []:
        connection = connections[using]
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        present = installed(using)
        problems += [
            # A warning, since an error would keep `migrate` from mending it.
            checks.Warning(
                f"The trigger {guard.trigger} is missing from the table {guard.table}.",
                hint="Run `manage.py migrate`, which installs all triggers anew.",
                id="monographs.W001",
            )
            for guard in GUARDS
            if guard.fits(connection, tables) and guard.trigger not in present
        ]
    return problems


def lift_before_migration(using, plan, **kwargs):
    # SQLite renames the rebuilt table into place, which fails while a trigger of another
    # table mentions it.
    if plan and connections[using].vendor == "sqlite":
        lift(using)


def install_after_migration(using, **kwargs):
    install(using)


_LIST = {
    "sqlite": f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{PREFIX}%'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
    f"AND tgname LIKE '{PREFIX}%'",
}


def _create_on_sqlite(guard, schema):
    # IS NOT is how SQLite before 3.39 says IS DISTINCT FROM.
    condition = guard.condition.replace("IS DISTINCT FROM", "IS NOT")
    yield (
        f"CREATE TRIGGER {guard.trigger} BEFORE {guard.operation} ON {guard.table} "
        f"FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    )


def _create_on_postgresql(guard, schema):
    each = "STATEMENT" if guard.operation == "TRUNCATE" else "ROW"
    row = "OLD" if guard.operation == "DELETE" else "NEW"
    # Else a temporary table of the same name would be asked in a table's place.
    yield (
        f"CREATE FUNCTION {guard.trigger}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $$ BEGIN {guard.first} "
        f"IF {guard.condition} THEN RAISE EXCEPTION '{guard.message}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    yield (
        f"CREATE TRIGGER {guard.trigger} BEFORE {guard.operation} ON {guard.table} "
        f"FOR EACH {each} EXECUTE FUNCTION {guard.trigger}()"
    )


_CREATE = {"sqlite": _create_on_sqlite, "postgresql": _create_on_postgresql}


def _schema(connection, cursor):
    if connection.vendor == "sqlite":
        return "main"
    cursor.execute("SELECT quote_ident(current_schema())")
    return cursor.fetchone()[0]


def _drop(connection, cursor):
    if connection.vendor == "sqlite":
        cursor.execute(_LIST["sqlite"])
        statement = "DROP TRIGGER {}"
    else:
        cursor.execute(f"SELECT proname FROM pg_proc WHERE proname LIKE '{PREFIX}%'")
        statement = "DROP FUNCTION {}() CASCADE"
    for (name,) in cursor.fetchall():
        cursor.execute(statement.format(name))
