"""Writes in raw SQL that the database must refuse of comments, opinions and notices."""

from datetime import timedelta

from django.utils import timezone

from monographs.models import Comment, Invitation, Notice, Opinion

from .forbidden_writes import JSON, LONG_AGO, Write, copied, update

COMMENT, INVITATION, OPINION, NOTICE = (
    model._meta.db_table for model in (Comment, Invitation, Opinion, Notice)
)


def make_remarks(scene):
    """Make one open and one ended remark of each kind and return them by name."""
    people = {"author_id": scene.reviewer}
    resolved = {"resolved_by_id": scene.author, "resolved_at": timezone.now()}
    revoked = {"revoked_by_id": scene.publisher, "revoked_at": timezone.now()}
    ended = {"ended_by_id": scene.publisher, "ended_at": timezone.now(), "ended_why": "Cleared."}
    pinned = {
        "revision_id": scene.revisions["draft"],
        "text_digest": scene.digest_of_draft,
        "expert": "Dr Expert",
        "expires_at": timezone.now() + timedelta(days=14),
        **people,
    }
    draft, live = scene.revisions["draft"], scene.revisions["published"]
    comment = {"revision_id": draft, "place": "risk", "text": "Why?", **people}
    notice = {"revision_id": live, "kind": "concern", "text": "Look.", **people}
    made = {
        "comment": Comment.objects.create(**comment),
        "resolved comment": Comment.objects.create(**comment, **resolved),
        "invitation": Invitation.objects.create(token_hash="a" * 64, **pinned),
        "unused invitation": Invitation.objects.create(token_hash="b" * 64, **pinned),
        "notice": Notice.objects.create(**notice),
        "ended notice": Notice.objects.create(**notice, **ended),
    }
    opinion = {"verdict": "recommend", "name": "Dr Expert", "competing_interests": "none"}
    made["opinion"] = Opinion.objects.create(invitation=made["invitation"], **opinion)
    made["revoked invitation"] = Invitation.objects.create(token_hash="c" * 64, **pinned)
    Invitation.objects.filter(pk=made["revoked invitation"].pk).update(**revoked)
    return {name: row.pk for name, row in made.items()}


def forbidden_remarks(scene, made, vendor):
    """Yield every Write of remarks to be tried, on "sqlite" or "postgresql"."""
    yield from _changes(scene, made)
    yield from _second_ends(scene, made)
    yield from _insertions(scene, made)
    rows = [(COMMENT, "comment"), (INVITATION, "unused invitation")]
    for table, name in [*rows, (OPINION, "opinion"), (NOTICE, "notice")]:
        sql = f"DELETE FROM {table} WHERE id = %s"
        yield Write("remark gone", f"{name} deleted", sql, (made[name],))
        column = {COMMENT: "text", INVITATION: "expert", OPINION: "name", NOTICE: "text"}[table]
        same = f"SELECT * FROM {table} WHERE id = %s"
        sql = f"INSERT INTO {table} {same} ON CONFLICT (id) DO UPDATE SET {column} = 'Other.'"
        yield Write("remark gone", f"{name} upserted", sql, (made[name],))
        if vendor == "sqlite":
            sql = f"REPLACE INTO {table} {same}"
            yield Write("remark gone", f"{name} replaced", sql, (made[name],))
        if vendor == "postgresql":
            sql = f"TRUNCATE {table} CASCADE"
            yield Write("remark gone", f"{name} emptied out", sql)


def _changes(scene, made):
    other = {"revision_id": scene.revisions["superseded"], "author_id": scene.coauthor}
    when = {"at": LONG_AGO}
    yield from _each(COMMENT, made["comment"], other | when | {"place": "metric", "text": "Oh."})
    pinned = {"text_digest": "f" * 64, "token_hash": "f" * 64, "expert": "Other."}
    invitation = other | when | pinned | {"expires_at": LONG_AGO}
    yield from _each(INVITATION, made["unused invitation"], invitation)
    notice = {"kind": "correction", "text": "Other.", "corrected_in_id": scene.next_one}
    yield from _each(NOTICE, made["notice"], other | when | notice)
    said = {"verdict": "object", "name": "Other.", "credentials": "Other.", "remarks": JSON}
    said |= {"competing_interests": "Other.", "invitation_id": made["unused invitation"]}
    yield from _each(OPINION, made["opinion"], said | when)


def _each(table, pk, columns):
    for column, value in columns.items():
        yield update("remark", f"{column} in {table}", pk, True, table, **{column: value})


def _second_ends(scene, made):
    for table, name, verb in (
        (COMMENT, "resolved comment", "resolved"),
        (INVITATION, "revoked invitation", "revoked"),
        (NOTICE, "ended notice", "ended"),
    ):
        words = {"ended_why": ""} if table == NOTICE else {}
        undone = {f"{verb}_by_id": None, f"{verb}_at": None, **words}
        yield update("end", f"{name} open again", made[name], True, table, **undone)
        columns = {f"{verb}_by_id": scene.coauthor, f"{verb}_at": LONG_AGO}
        yield from (
            update("end", f"{name}: {column}", made[name], True, table, **{column: value})
            for column, value in columns.items()
        )
    half = {"resolved_at": LONG_AGO}
    yield update("end", "resolved by nobody", made["comment"], False, COMMENT, **half)
    half = {"revoked_by_id": scene.author}
    yield update(
        "end", "revoked at no time", made["unused invitation"], False, INVITATION, **half
    )
    half = {"ended_by_id": scene.author, "ended_at": LONG_AGO}
    yield update("end", "ended for no reason", made["notice"], False, NOTICE, **half)


def _insertions(scene, made):
    for name, pk in scene.revisions.items():
        if name not in ("published", "superseded", "withdrawn"):
            insert = copied(Notice, "id", made["notice"], revision_id=pk)
            yield Write("remark insertion", f"a notice of one {name}", *insert)
    for name, other in (("elsewhere", "superseded"), ("never public", "draft")):
        insert = copied(Notice, "id", made["notice"], corrected_in_id=scene.revisions[other])
        yield Write("remark insertion", f"corrected {name}", *insert)
    live = {"corrected_in_id": scene.revisions["published"]}
    insert = copied(Notice, "id", made["notice"], **live)
    yield Write("remark insertion", "corrected in itself", *insert)
    revoked = {"invitation_id": made["revoked invitation"]}
    insert = copied(Opinion, "id", made["opinion"], **revoked)
    yield Write("remark insertion", "an opinion without invitation", *insert)
    insert = copied(Opinion, "id", made["opinion"])
    yield Write("remark insertion", "a second opinion", *insert, alone=False)
    for model, name, column in (
        (Comment, "comment", "place"),
        (Opinion, "opinion", "verdict"),
        (Notice, "notice", "kind"),
    ):
        invitation = {"invitation_id": made["unused invitation"]} if name == "opinion" else {}
        insert = copied(model, "id", made[name], **invitation, **{column: "'other'"})
        yield Write("remark insertion", f"{column} of its own", *insert, alone=False)
