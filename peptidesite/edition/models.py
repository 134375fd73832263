"""The number of what the public reads at the moment: it grows when anything of that changes.

Triggers count, so that it grows with the change itself, whoever writes (`grows_with`).
"""

from django.db import DatabaseError, connection, models

from peptidesite.guards import Effect


class Edition(models.Model):
    """The one row; the number is the time of the last change in seconds since 1970-01-01 UTC,
    and at least one more than before."""

    number = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="edition_is_one")]

    def __str__(self):
        return f"Edition {self.number}"


TABLE = Edition._meta.db_table
GROW = {
    "sqlite": f"UPDATE {TABLE} SET number = MAX(number + 1, CAST(strftime('%s') AS INTEGER))",
    "postgresql": f"UPDATE {TABLE} SET number = "
    "GREATEST(number + 1, floor(extract(epoch FROM clock_timestamp()))::bigint)",
}


def grows_with(model, operation, condition="TRUE"):
    """Return the Effect that an operation on rows of a model, for which an SQL condition over
    OLD and NEW holds, makes the number grow."""
    table = model._meta.db_table
    return Effect(f"edition_{table}_{operation.lower()}", table, operation, condition, GROW)


def number():
    """Return the number as it is now. Raises DatabaseError.

    For who asks outside of a request: no connection is kept.
    """
    try:
        return Edition.objects.values_list("number", flat=True).get(pk=1)
    except Edition.DoesNotExist as error:
        raise DatabaseError("There is no edition.") from error
    finally:
        connection.close()
