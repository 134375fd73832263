"""How a database would find the rows of a queryset."""

import re

from django.db import connection


def assert_in_order_of_index(queryset, index):
    """Fail unless the rows are read by an index (the start of its name) and not sorted anew."""
    if connection.vendor == "postgresql":
        # With a handful of rows it would not look at an index at all.
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")

    plan = queryset.explain()

    assert index in plan
    # The few rows of a subquery are another matter.
    assert not re.search(r"^\d+ 0 \d+ USE TEMP B-TREE", plan, re.MULTILINE), plan
    assert not re.search(r"^(Limit.*\n *->  )?(Incremental )?Sort", plan), plan
