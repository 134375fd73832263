"""What the database holds of the monographs, read by SQL rather than through the models."""

import json

from django.apps import apps
from django.db import connection

from monographs import content
from monographs.models import (
    Comment,
    Contribution,
    Event,
    FormerAddress,
    Invitation,
    Monograph,
    Opinion,
    Presence,
    Revision,
)

# Who moves and saves texts has nothing to do with these; each query costs, at every step.
APART = (Comment, FormerAddress, Invitation, Opinion, Presence)
TABLES = [
    table._meta.db_table
    for table in apps.get_app_config("monographs").get_models(include_auto_created=True)
    if table not in APART
]


def rows_of_all_tables():
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            names = [column[0] for column in cursor.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows


def told(rows, names):
    """Return the rows as model.faults takes them, monographs by slug and people by name."""
    slugs = {row["id"]: row["slug"] for row in rows[Monograph._meta.db_table]}
    revisions = [
        {
            "id": row["id"],
            "monograph": slugs[row["monograph_id"]],
            "number": row["number"],
            "state": row["state"],
            "version": row["version"],
            "text": {
                **{name: row[name] for name in ("title", *content.SECTIONS)},
                "facts": json.loads(row["facts"]),
                "references": json.loads(row["references"]),
            },
        }
        for row in rows[Revision._meta.db_table]
    ]
    writers = {row["id"]: {names[row["author_id"]]} for row in rows[Revision._meta.db_table]}
    for row in rows[Contribution._meta.db_table]:
        writers[row["revision_id"]].add(names[row["user_id"]])
    events = [
        {
            "revision": row["revision_id"],
            "target": row["target"],
            "actor": names[row["actor_id"]],
            "text_digest": row["text_digest"],
        }
        for row in sorted(rows[Event._meta.db_table], key=lambda row: row["sequence"])
    ]
    return revisions, writers, events
