"""What the database refuses of policies and consent records, whoever writes."""

from peptidesite.edition.models import grows_with
from peptidesite.guards import Guard

from .models import Policy, Record

POLICY = Policy._meta.db_table
RECORD = Record._meta.db_table

GUARDS = [
    Guard(
        "policy_is_the_next",
        POLICY,
        "INSERT",
        f"NEW.number <> 1 + COALESCE((SELECT MAX(p.number) FROM {POLICY} p), 0)",
        "A policy has the next number.",
    ),
    Guard("policy_is_fixed", POLICY, "UPDATE", "TRUE", "A policy never changes."),
    Guard("policy_is_kept", POLICY, "DELETE", "TRUE", "A policy is never deleted."),
    Guard("policy_is_kept_whole", POLICY, "TRUNCATE", "TRUE", "This table is kept."),
    Guard(
        "record_follows_the_last",
        RECORD,
        "INSERT",
        "NOT EXISTS (SELECT 1 WHERE NEW.sequence = 1 AND NEW.previous_digest = '' "
        f"AND NOT EXISTS (SELECT 1 FROM {RECORD} r WHERE r.consent_id = NEW.consent_id)) "
        f"AND NOT EXISTS (SELECT 1 FROM {RECORD} r WHERE r.consent_id = NEW.consent_id "
        "AND r.sequence = NEW.sequence - 1 AND r.digest = NEW.previous_digest "
        f"AND NOT EXISTS (SELECT 1 FROM {RECORD} s WHERE s.consent_id = NEW.consent_id "
        "AND s.sequence >= NEW.sequence)) "
        f"OR EXISTS (SELECT 1 FROM {RECORD} r WHERE r.id = NEW.id)",
        "A line of a consent follows the last one.",
    ),
    Guard("record_is_fixed", RECORD, "UPDATE", "TRUE", "A consent record never changes."),
    Guard(
        "record_is_kept_in_force",
        RECORD,
        "DELETE",
        "OLD.expires_on >= CURRENT_DATE",
        "A consent record is kept for as long as the consent may be in force.",
    ),
    Guard("record_is_kept_whole", RECORD, "TRUNCATE", "TRUE", "This table is kept."),
    grows_with(Policy, "INSERT"),
]
