"""How a database would find the rows of a queryset."""

from django.db import connection


def assert_in_order_of_index(queryset, index):
    """Fail unless the rows are read by an index (the start of its name) and not sorted anew."""
    if connection.vendor == "postgresql":
        # With a handful of rows it would not look at an index at all.
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")

    plan = queryset.explain()

    assert "USE TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert index in plan
