"""Who else has a draft open. It tells, and locks nobody out."""

import logging
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from .models import Presence, State

# Whoever opens a draft is there until they leave it, or were not seen for so long. Without
# JavaScript nobody says that they leave.
STAYS = timedelta(minutes=15)
KEPT = timedelta(days=1)
# How long SQLite's single writer is waited for, in milliseconds: to know who else is here is
# not worth more.
PATIENCE = 250

logger = logging.getLogger(__name__)


def enter(revision, person):
    """Note that the person has the draft open and return when they were seen (aware datetime).

    None where the database is too busy to note it; the draft opens all the same.
    """
    now = timezone.now()
    try:
        with _soon(), transaction.atomic():
            _note(revision, person, now)
    except OperationalError:
        logger.info("The database was too busy to note who has a draft open.")
        return None
    return now


def leave(revision, person, seen_at):
    """Note that the person left the draft, unless they were seen there after `seen_at`."""
    try:
        with _soon():
            Presence.objects.filter(revision=revision, user=person, seen_at=seen_at).delete()
    except OperationalError:
        logger.info("The database was too busy to note who left a draft.")


def others(revision, person):
    """Return the Presences of the others who have the draft open, the first to come first."""
    if revision.state != State.DRAFT:
        return []
    here = Presence.objects.filter(revision=revision, seen_at__gt=_horizon(revision))
    return list(here.exclude(user=person).select_related("user").order_by("opened_at", "pk"))


def _note(revision, person, now):
    mine = Presence.objects.filter(revision=revision, user=person)
    if not mine.filter(seen_at__gt=_horizon(revision)).update(seen_at=now):
        Presence.objects.filter(seen_at__lt=now - KEPT).delete()
        times = {"opened_at": now, "seen_at": now}
        Presence.objects.update_or_create(revision=revision, user=person, defaults=times)


def _horizon(revision):
    """Return the time before which whoever was seen is not here: a move ends every visit."""
    horizon = timezone.now() - STAYS
    moves = revision.events.filter(target=State.DRAFT).exclude(source=F("target"))
    became_draft = moves.order_by("-sequence").values_list("at", flat=True).first()
    return max(horizon, became_draft or horizon)


@contextmanager
def _soon():
    if connection.vendor != "sqlite":
        # There a row of one's own waits for nobody.
        yield
        return
    with connection.cursor() as cursor:
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
