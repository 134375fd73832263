"""The review clock: when a live text was last reviewed, and when it is to be again."""

import hashlib
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from . import record
from .models import Monograph

INTERVAL = timedelta(days=365)
# Texts that were reviewed on one day fall due on different ones, none of them too late.
STAGGER_DAYS = 28


def due_after(reviewed_on, slug):
    """Return the date by which a text reviewed on that date is to be reviewed again."""
    earlier = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:4]) % STAGGER_DAYS
    return reviewed_on + INTERVAL - timedelta(days=earlier)


def restart(revision, reviewed_at):
    """Note a review of the live text (aware datetime), and count from there."""
    reviewed_on = timezone.localdate(reviewed_at, timezone.get_default_timezone())
    due_on = due_after(reviewed_on, revision.monograph.slug)
    _set(revision, reviewed_on=reviewed_on, review_due_on=due_on)


def stop(revision):
    """Stop the clock of a text that readers no longer get."""
    _set(revision, reviewed_on=None, review_due_on=None)


def may_reschedule(person):
    """Say whether the person may set the date of the next review."""
    return person.has_perm("monographs.publish_revision")


def refusal(monograph):
    """Say in a sentence why a monograph has no date of review; "" if it has one."""
    if monograph.revisions.published().exists():
        return ""
    return "It has no live text that could be reviewed."


@transaction.atomic
def reschedule(monograph, due_on, *, actor):
    """Have the live text of a monograph reviewed by another date.

    Raises PermissionDenied for who may not, and ValidationError by "due_on".
    """
    if not may_reschedule(actor):
        raise PermissionDenied(f"{actor} may not set the date of a review.")
    monograph = Monograph.objects.select_for_update().get(pk=monograph.pk)
    before = monograph.review_due_on
    if reason := refusal(monograph) or _refusal_of_date(due_on, before):
        raise ValidationError({"due_on": [reason]})
    live = monograph.revisions.published().get()
    _set(live, review_due_on=due_on, changed_at=timezone.now())
    said = f"From {_said(before)} to {_said(due_on)}." if before else f"To {_said(due_on)}."
    state = live.state
    record.append(live, "reschedule", source=state, target=state, actor=actor, note=said)


def _refusal_of_date(due_on, before):
    if due_on < timezone.localdate():
        return "This day has passed. Give today or a later one."
    if due_on == before:
        return f"Its next review is due on {_said(due_on)} already."
    return ""


def _said(day):
    return date_format(day, "j F Y")


def _set(revision, **dates):
    Monograph.objects.filter(pk=revision.monograph_id).update(**dates)
