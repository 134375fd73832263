"""The review clock: when a live text was last reviewed, and when it is to be again."""

import hashlib
from datetime import timedelta

from django.utils import timezone

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


def _set(revision, **dates):
    Monograph.objects.filter(pk=revision.monograph_id).update(**dates)
