"""Writes in raw SQL that the database must refuse, generated over states, columns and kinds."""

from dataclasses import dataclass
from itertools import product

from django.contrib.auth import get_user_model

from monographs import content
from monographs.models import Contribution, Event, Monograph, Revision, State

REVISION, CONTRIBUTION, EVENT, MONOGRAPH = (
    model._meta.db_table for model in (Revision, Contribution, Event, Monograph)
)
PERSON = get_user_model()._meta.db_table
JSON = '{"changed": "value"}'
LONG_AGO = "2001-01-01 00:00:00+00:00"

# What each frozen column would be changed to.
FROZEN = {
    **dict.fromkeys(["title", *content.SECTIONS, "change_summary", "digest"], "Other."),
    **dict.fromkeys(["facts", "references", "rendered"], JSON),
}
APPROVAL = {"approver_id", "approved_at", "byline"}
IDENTITY = {"id", "monograph_id", "number", "author_id", "created_at"}
# The workflow changes these, or they say nothing of the text and who answers for it.
FREE = {"state", "version", "moved_at", "published_at"}

APPROVED = {"approved", "published", "superseded", "withdrawn"}
PUBLIC = APPROVED - {"approved"}
LISTED = {
    ("draft", "in_review"),
    ("draft", "discarded"),
    ("in_review", "draft"),
    ("in_review", "approved"),
    ("approved", "draft"),
    ("approved", "published"),
    ("published", "superseded"),
    ("published", "withdrawn"),
}


@dataclass(frozen=True)
class Write:
    """One statement; `alone` says that only a trigger refuses it, and no constraint would."""

    kind: str
    name: str
    sql: str
    values: tuple = ()
    alone: bool = True


@dataclass(frozen=True)
class Scene:
    """What the writes are aimed at, by primary key.

    `revisions` has one in each state, written by author and coauthor, each the only one open
    or published in its monograph; `next_one` is approved while another one is published;
    `empty` is a monograph without revisions.
    """

    revisions: dict
    digest_of_draft: str
    next_one: int
    empty: int
    author: int
    coauthor: int
    reviewer: int
    publisher: int


def forbidden_writes(scene, vendor):
    """Yield every Write to be tried against this scene, on "sqlite" or "postgresql"."""
    for state, pk in scene.revisions.items():
        yield from _changes(scene, state, pk)
        yield from _approvals(scene, state, pk)
        yield from _records(scene, state, pk)
        yield from _deletions(state, pk)
        yield from _replacements(state, pk, vendor)
    yield from _moves(scene)
    yield from _smuggled(scene)
    yield from _insertions(scene)
    yield from _people(scene)
    if vendor == "postgresql":
        for table in (REVISION, CONTRIBUTION, EVENT):
            yield Write("emptying", f"TRUNCATE {table}", f"TRUNCATE {table} CASCADE")


def allowed_writes(scene):
    """Yield what is written in the same ways and allowed: the moves, and the next event."""
    following = {"sequence": "sequence + 1", "previous_digest": "digest"}
    insert = copied(Event, "revision_id", scene.revisions["published"], **following)
    yield Write("insertion", "the next event", *insert)
    for source, target in sorted(LISTED):
        columns = _dressed(scene, source, target)
        yield update("move", f"{source} to {target}", scene.revisions[source], **columns)


def update(kind, name, pk, alone=True, table=REVISION, /, **columns):
    settings = ", ".join(f'"{column}" = %s' for column in columns)
    sql = f"UPDATE {table} SET {settings} WHERE id = %s"
    return Write(kind, name, sql, (*columns.values(), pk), alone)


def _changes(scene, state, pk):
    if state != State.DRAFT:
        for column, value in FROZEN.items():
            yield update("text", f"{column} of {state}", pk, **{column: value})
    others = {"monograph_id": scene.empty, "number": 99, "author_id": scene.publisher}
    for column, value in {**others, "created_at": LONG_AGO}.items():
        yield update("identity", f"{column} of {state}", pk, **{column: value})
    yield update("identity", f"id of {state}", pk, False, id=pk + 1000)


def _approvals(scene, state, pk):
    approved, public = state in APPROVED, state in PUBLIC
    for name in ("author", "coauthor", "publisher"):
        alone = approved and name != "author"
        person = getattr(scene, name)
        yield update("approval", f"{name} approves {state}", pk, alone, approver_id=person)
    yield update("approval", f"backdated in {state}", pk, approved, approved_at=LONG_AGO)
    yield update("approval", f"byline of {state}", pk, byline=JSON)
    yield update("publication", f"backdated in {state}", pk, public, published_at=LONG_AGO)
    if approved:
        yield update("approval", f"nobody approved {state}", pk, False, approver_id=None)
        yield update("approval", f"never approved {state}", pk, False, approved_at=None)
    if public:
        yield update("publication", f"never published {state}", pk, False, published_at=None)


def _records(scene, state, pk):
    other = {"monograph_id": scene.empty, "revision_id": scene.next_one, "sequence": 99}
    words = ("transition", "source", "target", "note")
    digests = ("text_digest", "previous_digest", "digest")
    values = {**other, "actor_id": scene.coauthor, "at": LONG_AGO}
    values |= dict.fromkeys(words, "other") | dict.fromkeys(digests, "f" * 64)
    last = f"(SELECT MAX(id) FROM {EVENT} WHERE revision_id = %s)"
    for column, value in values.items():
        sql = f'UPDATE {EVENT} SET "{column}" = %s WHERE id = {last}'
        yield Write("event", f"{column} of an event of {state}", sql, (value, pk))
    values = {"revision_id": scene.next_one, "user_id": scene.publisher, "at": LONG_AGO}
    first = f"(SELECT MIN(id) FROM {CONTRIBUTION} WHERE revision_id = %s)"
    for column, value in values.items():
        alone = column != "revision_id"
        sql = f'UPDATE {CONTRIBUTION} SET "{column}" = %s WHERE id = {first}'
        yield Write("contribution", f"{column} of one to {state}", sql, (value, pk), alone)
    if state != State.DRAFT:
        for name in ("reviewer", "publisher"):
            sql = f"INSERT INTO {CONTRIBUTION} (revision_id, user_id, at) VALUES (%s, %s, %s)"
            values = (pk, getattr(scene, name), LONG_AGO)
            yield Write("contribution", f"{name} joins {state}", sql, values)


def _deletions(state, pk):
    sql = f"DELETE FROM {REVISION} WHERE id = %s"
    yield Write("deletion", f"{state} itself", sql, (pk,), alone=False)
    for table in (CONTRIBUTION, EVENT):
        sql = f"DELETE FROM {table} WHERE revision_id = %s"
        yield Write("deletion", f"{table} of {state}", sql, (pk,))


def _replacements(state, pk, vendor):
    columns = {REVISION: "title", CONTRIBUTION: "at", EVENT: "note"}
    for table, column in columns.items():
        key = "id" if table == REVISION else "revision_id"
        rows = f"SELECT * FROM {table} WHERE {key} = %s"
        if state != State.DRAFT or table != REVISION:
            sql = f"INSERT INTO {table} {rows} ON CONFLICT (id) DO UPDATE SET {column} = %s"
            yield Write("replacement", f"upsert {table} of {state}", sql, (pk, LONG_AGO))
        if vendor == "sqlite":
            sql = f"REPLACE INTO {table} {rows}"
            yield Write("replacement", f"replace {table} of {state}", sql, (pk,))
    if vendor == "sqlite" and state != State.DRAFT:
        sql = f"UPDATE OR IGNORE {REVISION} SET title = 'Other.' WHERE id = %s"
        yield Write("replacement", f"or ignore in {state}", sql, (pk,))


def _dressed(scene, source, target):
    """All that a revision in the target state has to have, so that only the move is wrong."""
    columns = {"state": target}
    if (source in APPROVED) != (target in APPROVED):
        approved = target in APPROVED
        columns["approver_id"] = scene.reviewer if approved else None
        columns["approved_at"] = LONG_AGO if approved else None
    if (source in PUBLIC) != (target in PUBLIC):
        columns["published_at"] = LONG_AGO if target in PUBLIC else None
    return columns


def _moves(scene):
    for source, target in product(scene.revisions, scene.revisions):
        if source != target and (source, target) not in LISTED:
            pk, name = scene.revisions[source], f"{source} to {target}"
            dressed = _dressed(scene, source, target)
            yield update("move", name, pk, **dressed)
            yield update("move", f"{name}, bare", pk, len(dressed) == 1, state=target)
    for source, pk in scene.revisions.items():
        yield update("move", f"{source} to a state of its own", pk, False, state="live")
    sql = f"UPDATE {REVISION} SET state = 'published', published_at = %s WHERE id = %s"
    values = (LONG_AGO, scene.next_one)
    yield Write("move", "a second one published", sql, values, alone=False)


def _smuggled(scene):
    """Moves that are listed, with something in the same statement that is not."""
    for source, target in sorted(LISTED):
        pk, move = scene.revisions[source], _dressed(scene, source, target)
        more = {} if source == "draft" else dict(FROZEN)
        more |= {"number": 99, "author_id": scene.publisher, "created_at": LONG_AGO}
        if source in APPROVED and target in APPROVED:
            more |= {"approver_id": scene.publisher, "approved_at": LONG_AGO, "byline": JSON}
        if source in PUBLIC:
            more["published_at"] = LONG_AGO
        for column, value in more.items():
            name = f"{column} with {source} to {target}"
            yield update("move with more", name, pk, **{**move, column: value})
    move = _dressed(scene, "in_review", "approved")
    for name, person, alone in (
        ("nobody", None, False),
        ("author", scene.author, False),
        ("coauthor", scene.coauthor, True),
    ):
        columns = {**move, "approver_id": person}
        pk = scene.revisions["in_review"]
        yield update("approval", f"approved by {name}", pk, alone, **columns)
    pk = scene.revisions["approved"]
    yield update("approval", "reopened, still approved", pk, False, state="draft")


def copied(model, key, pk, **changes):
    """Return SQL that inserts the last such row again, some columns as SQL says otherwise."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    names = ", ".join(f'"{column}"' for column in columns)
    taken = ", ".join(str(changes.get(column, f'"{column}"')) for column in columns)
    row = f"(SELECT MAX(id) FROM {table} WHERE {key} = %s)"
    return f"INSERT INTO {table} ({names}) SELECT {taken} FROM {table} WHERE id = {row}", (pk,)


def _insertions(scene):
    draft, discarded = scene.revisions["draft"], scene.revisions["discarded"]
    for state in scene.revisions:
        if state != "draft":
            columns = _dressed(scene, "draft", state) | {"monograph_id": scene.empty}
            literals = {name: f"'{value}'" for name, value in columns.items()}
            insert = copied(Revision, "id", draft, **literals)
            yield Write("insertion", f"born {state}", *insert)
    for name, pk, columns in (
        ("a second open one", draft, {"number": 99}),
        ("a number twice", discarded, {"state": "'draft'"}),
        ("born with approval", draft, {"approver_id": scene.reviewer, "number": 99}),
    ):
        yield Write("insertion", name, *copied(Revision, "id", pk, **columns), alone=False)
    elsewhere = {"monograph_id": scene.empty}
    for name, columns, alone in (
        ("after a gap", {"sequence": "sequence + 2", "previous_digest": "digest"}, True),
        ("after another", {"sequence": "sequence + 1", "previous_digest": "'other'"}, True),
        ("after none", {"sequence": "sequence + 1", "previous_digest": "''"}, True),
        ("before the first", {"sequence": 0, "previous_digest": "''"}, True),
        ("as the first", {"sequence": 1, "previous_digest": "''"}, False),
        ("as the last", {}, False),
        ("too late elsewhere", {**elsewhere, "sequence": 2, "previous_digest": "''"}, True),
        ("after one elsewhere", {**elsewhere, "sequence": 1}, True),
    ):
        insert = copied(Event, "revision_id", scene.revisions["published"], **columns)
        yield Write("insertion", f"an event {name}", *insert, alone)


def _people(scene):
    for pk in (scene.author, scene.coauthor, scene.reviewer, scene.publisher):
        for sql in (f"DELETE FROM {PERSON}", f"UPDATE {PERSON} SET id = id + 1000"):
            yield Write("person", f"{sql}, {pk}", f"{sql} WHERE id = %s", (pk,), alone=False)
    for sql in (f"DELETE FROM {MONOGRAPH}", f"UPDATE {MONOGRAPH} SET id = -id"):
        yield Write("monograph", sql, sql, alone=False)
