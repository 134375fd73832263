"""Which letters the titles of published monographs begin with."""

from django.db import connection

from .models import Revision, State

# From letter to next letter within the index, which takes as long however many titles there are.
_NEXT = "SELECT MIN(UPPER({first})) FROM {table} WHERE state = %s"
_SQL = """
    WITH RECURSIVE letter(initial) AS (
        SELECT * FROM ({next}) AS first
        UNION ALL
        SELECT ({next} AND UPPER({first}) > letter.initial) FROM letter
        WHERE letter.initial IS NOT NULL
    )
    SELECT initial FROM letter WHERE initial IS NOT NULL
"""


def initials():
    """Return the first letters (list of str, capitals) of all published titles, in order."""
    first = {"sqlite": "SUBSTR(title, 1, 1)", "postgresql": "LEFT(title, 1)"}[connection.vendor]
    table = Revision._meta.db_table
    sql = _SQL.format(next=_NEXT.format(first=first, table=table), first=first)
    with connection.cursor() as cursor:
        cursor.execute(sql, [State.PUBLISHED, State.PUBLISHED])
        return [initial for (initial,) in cursor.fetchall()]
