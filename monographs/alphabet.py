"""Which letters the titles of published monographs begin with."""

from django.db import connection

from .models import Revision, State

# From letter to next letter within the index, which takes as long however many titles there are.
_NEXT = "SELECT MIN(UPPER(SUBSTR(title, 1, 1))) FROM {table} WHERE state = %s"
_SQL = """
    WITH RECURSIVE letter(initial) AS (
        SELECT * FROM ({next}) AS first
        UNION ALL
        SELECT ({next} AND UPPER(SUBSTR(title, 1, 1)) > letter.initial) FROM letter
        WHERE letter.initial IS NOT NULL
    )
    SELECT initial FROM letter WHERE initial IS NOT NULL
"""


def initials():
    """Return the first letters (list of str, capitals) of all published titles, in order."""
    sql = _SQL.format(next=_NEXT.format(table=Revision._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(sql, [State.PUBLISHED, State.PUBLISHED])
        return [initial for (initial,) in cursor.fetchall()]
