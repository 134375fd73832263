from django.conf import settings
from django.db import models
from django.db.models import Q

from .monographs import Monograph
from .revisions import Revision
from .states import State


class AppointmentQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(settled_at__isnull=True)


class Appointment(models.Model):
    """A move that is to be made at a time; monographs.timetable makes, keeps and cancels it."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="appointments")
    move = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "move"],
                condition=Q(settled_at__isnull=True),
                name="appointment_one_pending",
                violation_error_message="There is a time for this already.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(settled_at__isnull=True),
                name="appointment_pending_by_time",
            ),
        ]

    def __str__(self):
        return f"{self.move} {self.revision} at {self.due_at}"


class Event(models.Model):
    """One line of the record of a monograph; monographs.record appends and verifies."""

    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="events")
    transition = models.CharField(max_length=20)
    source = models.CharField(max_length=10, choices=State, blank=True)
    target = models.CharField(max_length=10, choices=State)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    text_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "record"
        ordering = ["monograph", "sequence"]
        indexes = [
            models.Index(fields=["at", "id"], name="event_by_time"),
            models.Index(fields=["transition", "at", "id"], name="event_by_transition"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["monograph", "sequence"], name="event_sequence"),
        ]

    def __str__(self):
        return f"{self.transition} {self.revision} by {self.actor}"
