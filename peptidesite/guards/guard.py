from dataclasses import dataclass

PREFIX = "guard_"


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


@dataclass(frozen=True)
class Effect:
    """Does more with every row operation on the table for which the SQL condition holds.

    `statements` is the SQL by vendor, for those that need it.
    """

    name: str
    table: str
    operation: str
    condition: str
    statements: dict

    @property
    def trigger(self):
        return PREFIX + self.name

    def fits(self, connection, tables):
        """Say whether this database has the table, and needs it done."""
        return self.table in tables and connection.vendor in self.statements


def changes(model, *names):
    """Return the SQL condition that an update changes one of the model's fields so named."""
    columns = [model._meta.get_field(name).column for name in names]
    return " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in columns)


def quoted(values):
    """Return the str values as an SQL list, for use with IN."""
    return ", ".join(f"'{value}'" for value in values)
