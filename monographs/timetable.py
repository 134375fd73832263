"""Moves at a time: publications and withdrawals that are to be made later."""

import logging
from datetime import UTC, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from . import mail, record, transitions, workflow
from .models import Appointment, Monograph

MOVES = ("publish", "withdraw")
HORIZON = timedelta(days=36525)

logger = logging.getLogger(__name__)


@transaction.atomic
def appoint(move, revision, *, actor, at, note="", seen=None):
    """Have a move of MOVES made at a time (aware datetime); return the Appointment.

    What the move needs is asked for now and again when it is due. Takes and raises what
    workflow.perform does, and ValidationError by "at".
    """
    if move not in MOVES:
        raise workflow.TransitionNotAllowed("Only a publication or a withdrawal has a time.")
    revision, note = workflow.admit(move, revision, actor=actor, note=note, seen=seen)
    if at <= timezone.now():
        raise ValidationError(
            {"at": ["This time has passed. Give a later one, or none for now."]}
        )
    if at > timezone.now() + HORIZON:
        raise ValidationError({"at": ["This is over a hundred years ahead. Give another."]})
    if revision.appointments.pending().filter(move=move).exists():
        raise workflow.TransitionNotAllowed("There is a time for this already. Cancel it first.")
    appointment = Appointment.objects.create(
        revision=revision, move=move, due_at=at, actor=actor, note=note
    )
    _record(appointment, "appoint", actor)
    return appointment


@transaction.atomic
def cancel(appointment, *, actor):
    """Take a pending appointment off the timetable.

    Raises PermissionDenied, and TransitionNotAllowed where it is pending no more.
    """
    workflow.require_role(appointment.move, actor)
    Monograph.objects.select_for_update().get(pk=appointment.revision.monograph_id)
    pending = Appointment.objects.pending().filter(pk=appointment.pk)
    if not pending.update(settled_at=timezone.now()):
        raise workflow.TransitionNotAllowed("This is not on the timetable any more.")
    _record(appointment, "cancel", actor)


def keep_due():
    """Make every move that is due, each for itself, and yield its Appointment.

    One that could not be made stays pending, with the reason in `problem`, and is tried
    again the next time.
    """
    due = Appointment.objects.pending().filter(due_at__lte=timezone.now())
    for pk in due.values_list("pk", flat=True):
        try:
            kept = _keep(pk)
        except Exception as error:  # whatever it is, the others are made
            logger.warning("Appointment %s was not kept.", pk, exc_info=True)
            Appointment.objects.pending().filter(pk=pk).update(problem=_said(error))
            kept = Appointment.objects.select_related("revision").get(pk=pk)
        if kept:
            yield kept


@transaction.atomic
def _keep(pk):
    appointment = Appointment.objects.select_related("revision", "actor").get(pk=pk)
    # Another process may be at the same one: the second waits here and finds it settled.
    Monograph.objects.select_for_update().get(pk=appointment.revision.monograph_id)
    if not Appointment.objects.pending().filter(pk=pk).exists():
        return None
    revision = workflow.perform(
        appointment.move, appointment.revision, actor=appointment.actor, note=appointment.note
    )
    mail.tell("keep", revision)
    appointment.refresh_from_db()
    return appointment


def _record(appointment, transition, actor):
    state = appointment.revision.state
    label = transitions.TRANSITIONS[appointment.move].label
    note = f"{label} at {appointment.due_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if appointment.note:
        note += f": {appointment.note}"
    record.append(
        appointment.revision, transition, source=state, target=state, actor=actor, note=note
    )
    mail.tell(
        transition,
        appointment.revision,
        actor=actor,
        note=appointment.note,
        appointment=appointment,
    )


def _said(error):
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
