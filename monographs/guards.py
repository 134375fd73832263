"""What the database refuses, whoever writes and by whichever way."""

from monographs import content, transitions
from monographs.models import (
    APPROVED_STATES,
    ASKED_STATES,
    OPEN_STATES,
    PUBLIC_STATES,
    Comment,
    Contribution,
    Event,
    FormerAddress,
    Invitation,
    Monograph,
    Notice,
    Opinion,
    Revision,
    SearchEntry,
    State,
    Topic,
)
from peptidesite.accounts.models import User
from peptidesite.edition.models import grows_with
from peptidesite.guards import Effect, Guard, changes, quoted

REVISION = Revision._meta.db_table
CONTRIBUTION = Contribution._meta.db_table
EVENT = Event._meta.db_table
COMMENT = Comment._meta.db_table
INVITATION = Invitation._meta.db_table
OPINION = Opinion._meta.db_table
NOTICE = Notice._meta.db_table
SEARCH_ENTRY = SearchEntry._meta.db_table


def _listed(moves):
    pairs = sorted(moves)
    return " OR ".join(
        f"(OLD.state = '{source}' AND NEW.state = '{target}')" for source, target in pairs
    )


_TAKEN = f"k.number = NEW.number OR k.state IN ({quoted(OPEN_STATES)})"
_APPROVALS = {
    (a, b) for a, b in transitions.MOVES if (a in APPROVED_STATES) != (b in APPROVED_STATES)
}
_PUBLICATIONS = {(a, b) for a, b in transitions.MOVES if b == State.PUBLISHED}

GUARDS = [
    Guard(
        "revision_begins_as_draft",
        REVISION,
        "INSERT",
        f"NEW.state <> '{State.DRAFT}'",
        "A revision begins as a draft.",
    ),
    Guard(
        "revision_moves_as_listed",
        REVISION,
        "UPDATE",
        f"NEW.state <> OLD.state AND NOT ({_listed(transitions.MOVES)})",
        "This is no move of the editorial workflow.",
    ),
    Guard(
        "revision_text_is_frozen",
        REVISION,
        "UPDATE",
        f"OLD.state <> '{State.DRAFT}' AND "
        f"({changes(Revision, *content.TEXT_FIELDS, 'digest', 'rendered', 'change_summary')})",
        "The text of a revision changes in draft only.",
    ),
    Guard(
        "revision_identity_is_fixed",
        REVISION,
        "UPDATE",
        changes(Revision, "id", "monograph", "number", "author", "created_at"),
        "A revision keeps its monograph, number, author and beginning.",
    ),
    Guard(
        "revision_approval_is_fixed",
        REVISION,
        "UPDATE",
        f"({changes(Revision, 'approver', 'approved_at', 'byline')}) "
        f"AND NOT ({_listed(_APPROVALS)})",
        "An approval is given or made void only by a move.",
    ),
    Guard(
        "revision_publication_is_fixed",
        REVISION,
        "UPDATE",
        f"({changes(Revision, 'published_at')}) AND NOT ({_listed(_PUBLICATIONS)})",
        "The time of publication is set by publishing.",
    ),
    Guard(
        "revision_approver_did_not_write",
        REVISION,
        "UPDATE",
        "NEW.approver_id IS NOT NULL AND EXISTS ("
        f"SELECT 1 FROM {CONTRIBUTION} c "
        "WHERE c.revision_id = NEW.id AND c.user_id = NEW.approver_id)",
        "Who wrote part of a revision cannot approve it.",
    ),
    Guard("revision_is_kept", REVISION, "DELETE", "TRUE", "A revision is never deleted."),
    Guard(
        "contribution_is_made_in_draft",
        CONTRIBUTION,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REVISION} r "
        f"WHERE r.id = NEW.revision_id AND r.state = '{State.DRAFT}')",
        "A contribution is made to a draft.",
        f"PERFORM 1 FROM {REVISION} WHERE id = NEW.revision_id FOR SHARE;",
    ),
    Guard(
        "contribution_is_fixed",
        CONTRIBUTION,
        "UPDATE",
        "TRUE",
        "A contribution never changes.",
    ),
    Guard(
        "contribution_is_kept",
        CONTRIBUTION,
        "DELETE",
        "TRUE",
        "A contribution is never deleted.",
    ),
    Guard(
        "event_follows_the_last",
        EVENT,
        "INSERT",
        "NOT EXISTS (SELECT 1 WHERE NEW.sequence = 1 AND NEW.previous_digest = '' "
        f"AND NOT EXISTS (SELECT 1 FROM {EVENT} e WHERE e.monograph_id = NEW.monograph_id)) "
        f"AND NOT EXISTS (SELECT 1 FROM {EVENT} e WHERE e.monograph_id = NEW.monograph_id "
        "AND e.sequence = NEW.sequence - 1 AND e.digest = NEW.previous_digest "
        f"AND NOT EXISTS (SELECT 1 FROM {EVENT} f WHERE f.monograph_id = NEW.monograph_id "
        "AND f.sequence >= NEW.sequence))",
        "An event follows the last one of its monograph.",
    ),
    Guard(
        "event_is_of_its_monograph",
        EVENT,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REVISION} r "
        "WHERE r.id = NEW.revision_id AND r.monograph_id = NEW.monograph_id)",
        "An event is of a revision of its monograph.",
    ),
    Guard("event_is_fixed", EVENT, "UPDATE", "TRUE", "An event never changes."),
    Guard("event_is_kept", EVENT, "DELETE", "TRUE", "An event is never deleted."),
    Guard(
        "comment_is_fixed",
        COMMENT,
        "UPDATE",
        "OLD.resolved_at IS NOT NULL OR "
        + changes(Comment, "id", "revision", "place", "text", "author", "at"),
        "A comment never changes; it is resolved once.",
    ),
    Guard("comment_is_kept", COMMENT, "DELETE", "TRUE", "A comment is never deleted."),
    Guard(
        "invitation_is_fixed",
        INVITATION,
        "UPDATE",
        "OLD.revoked_at IS NOT NULL OR "
        + changes(
            Invitation,
            *("id", "revision", "text_digest", "token_hash", "expert", "author", "at"),
            "expires_at",
        ),
        "An invitation never changes; it is revoked once.",
    ),
    Guard("invitation_is_kept", INVITATION, "DELETE", "TRUE", "An invitation is never deleted."),
    Guard(
        "opinion_is_on_the_text",
        OPINION,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {INVITATION} i JOIN {REVISION} r ON r.id = i.revision_id "
        "WHERE i.id = NEW.invitation_id AND i.revoked_at IS NULL AND r.digest = i.text_digest "
        f"AND r.state IN ({quoted(ASKED_STATES)}))",
        "An opinion is on the text that its invitation is to.",
    ),
    Guard("opinion_is_fixed", OPINION, "UPDATE", "TRUE", "An opinion never changes."),
    Guard("opinion_is_kept", OPINION, "DELETE", "TRUE", "An opinion is never deleted."),
    Guard(
        "notice_is_of_a_version",
        NOTICE,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REVISION} r "
        f"WHERE r.id = NEW.revision_id AND r.state IN ({quoted(PUBLIC_STATES)}) "
        f"AND (r.state = '{State.WITHDRAWN}') = (NEW.kind = '{Notice.Kind.RETRACTION}')) "
        "OR NEW.corrected_in_id IS NOT NULL AND NOT EXISTS ("
        f"SELECT 1 FROM {REVISION} r JOIN {REVISION} c ON c.monograph_id = r.monograph_id "
        "WHERE r.id = NEW.revision_id AND c.id = NEW.corrected_in_id "
        f"AND c.number > r.number AND c.state IN ({quoted(PUBLIC_STATES)}))",
        "A notice is of a text that readers get, and corrected in a later one of its monograph; "
        "a retraction is of a text that was withdrawn.",
    ),
    Guard(
        "notice_is_fixed",
        NOTICE,
        "UPDATE",
        f"OLD.ended_at IS NOT NULL OR OLD.kind = '{Notice.Kind.RETRACTION}' OR "
        + changes(Notice, "id", "kind", "revision", "corrected_in", "text", "author", "at"),
        "A notice never changes; it is ended once, but for a retraction.",
    ),
    Guard("notice_is_kept", NOTICE, "DELETE", "TRUE", "A notice is never deleted."),
    *(
        Guard(
            f"{table}_replaces_none",
            table,
            "INSERT",
            # REPLACE deletes the row in its way, and fires no trigger for it by default.
            f"EXISTS (SELECT 1 FROM {table} k WHERE k.id = NEW.id OR {same})",
            "What is kept is not replaced.",
        )
        for table, same in (
            (REVISION, f"k.monograph_id = NEW.monograph_id AND ({_TAKEN})"),
            (CONTRIBUTION, "k.revision_id = NEW.revision_id AND k.user_id = NEW.user_id"),
            (EVENT, "k.monograph_id = NEW.monograph_id AND k.sequence = NEW.sequence"),
            (COMMENT, "FALSE"),
            (INVITATION, "k.token_hash = NEW.token_hash"),
            (OPINION, "k.invitation_id = NEW.invitation_id"),
            (NOTICE, "FALSE"),
        )
    ),
    Guard(
        "revision_is_published_alone",
        REVISION,
        "UPDATE",
        f"NEW.state = '{State.PUBLISHED}' AND EXISTS (SELECT 1 FROM {REVISION} k "
        "WHERE k.monograph_id = NEW.monograph_id AND k.id <> NEW.id AND k.state = NEW.state)",
        "This monograph has a published revision.",
    ),
    *(
        Guard(f"{table}_is_kept_whole", table, "TRUNCATE", "TRUE", "This table is kept.")
        for table in (REVISION, CONTRIBUTION, EVENT, COMMENT, INVITATION, OPINION, NOTICE)
    ),
]

# What readers get changes with these, and with no draft.
_PUBLIC = f"IN ({quoted(PUBLIC_STATES)})"
_OF_PUBLIC = (
    f"EXISTS (SELECT 1 FROM {REVISION} r WHERE r.id = {{}}.revision_id AND r.state {_PUBLIC})"
)
_TOPICS = Revision.topics.through

# What FTS5 has to be told of the table that it indexes.
_INDEX = (
    "INSERT INTO monographs_search (rowid, title, synonyms, text) "
    "VALUES (NEW.revision_id, NEW.title, NEW.synonyms, NEW.text)"
)
_UNINDEX = (
    "INSERT INTO monographs_search (monographs_search, rowid, title, synonyms, text) "
    "VALUES ('delete', OLD.revision_id, OLD.title, OLD.synonyms, OLD.text)"
)

GUARDS += [
    grows_with(Revision, "UPDATE", f"OLD.state {_PUBLIC} OR NEW.state {_PUBLIC}"),
    grows_with(Monograph, "UPDATE", changes(Monograph, "slug", "reviewed_on", "review_due_on")),
    *(grows_with(FormerAddress, operation) for operation in ("INSERT", "UPDATE", "DELETE")),
    *(grows_with(Notice, operation) for operation in ("INSERT", "UPDATE", "DELETE")),
    *(grows_with(Topic, operation) for operation in ("UPDATE", "DELETE")),
    grows_with(_TOPICS, "INSERT", _OF_PUBLIC.format("NEW")),
    grows_with(_TOPICS, "UPDATE"),
    grows_with(_TOPICS, "DELETE", _OF_PUBLIC.format("OLD")),
    # A notice is signed with the name that its author has now.
    grows_with(User, "UPDATE", changes(User, "username", "display_name")),
    # Only what is published is found, whoever moves it.
    Guard(
        "search_entry_is_of_published",
        SEARCH_ENTRY,
        "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REVISION} r "
        f"WHERE r.id = NEW.revision_id AND r.state = '{State.PUBLISHED}')",
        "Only a published text is found by search.",
    ),
    Guard(
        "search_entry_stays_with_its_text",
        SEARCH_ENTRY,
        "UPDATE",
        changes(SearchEntry, "revision"),
        "A search entry stays with its text.",
    ),
    Effect(
        "search_entry_goes_with_its_text",
        REVISION,
        "UPDATE",
        f"OLD.state = '{State.PUBLISHED}' AND NEW.state <> '{State.PUBLISHED}'",
        dict.fromkeys(
            ("sqlite", "postgresql"), f"DELETE FROM {SEARCH_ENTRY} WHERE revision_id = OLD.id"
        ),
    ),
    Effect("search_entry_is_indexed", SEARCH_ENTRY, "INSERT", "TRUE", {"sqlite": _INDEX}),
    Effect("search_entry_is_unindexed", SEARCH_ENTRY, "DELETE", "TRUE", {"sqlite": _UNINDEX}),
    Effect(
        "search_entry_is_indexed_anew",
        SEARCH_ENTRY,
        "UPDATE",
        "TRUE",
        {"sqlite": f"{_UNINDEX}; {_INDEX}"},
    ),
]
