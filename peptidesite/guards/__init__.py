"""Triggers that refuse what must never be, or do what must always be done: each one condition
over OLD and NEW, in SQL that both databases read alike.

Each app lists its own in a module `guards`. They are installed after every migration, because
SQLite drops a table's triggers when it rebuilds it.
"""

from contextlib import contextmanager

from django.core import checks
from django.db import connections, transaction

from .guard import PREFIX, Effect, Guard, changes, quoted

__all__ = [
    "GUARDS",
    "Effect",
    "Guard",
    "changes",
    "install",
    "installed",
    "lift",
    "lifted",
    "quoted",
]

# Those of all apps.
GUARDS = []


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
                id="guards.W001",
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
    time, does = (
        ("AFTER", guard.statements["sqlite"])
        if isinstance(guard, Effect)
        else ("BEFORE", f"SELECT RAISE(ABORT, '{guard.message}')")
    )
    yield (
        f"CREATE TRIGGER {guard.trigger} {time} {guard.operation} ON {guard.table} "
        f"FOR EACH ROW WHEN {condition} BEGIN {does}; END"
    )


def _create_on_postgresql(guard, schema):
    each = "STATEMENT" if guard.operation == "TRUNCATE" else "ROW"
    row = "OLD" if guard.operation == "DELETE" else "NEW"
    time, body = (
        ("AFTER", f"IF {guard.condition} THEN {guard.statements['postgresql']}; END IF;")
        if isinstance(guard, Effect)
        else (
            "BEFORE",
            f"{guard.first} IF {guard.condition} THEN RAISE EXCEPTION '{guard.message}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF;",
        )
    )
    # Else a temporary table of the same name would be asked in a table's place.
    yield (
        f"CREATE FUNCTION {guard.trigger}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $$ BEGIN {body} RETURN {row}; END $$"
    )
    yield (
        f"CREATE TRIGGER {guard.trigger} {time} {guard.operation} ON {guard.table} "
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
