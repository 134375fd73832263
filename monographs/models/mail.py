from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class MessageQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at__isnull=True)


class Message(models.Model):
    """A plain-text mail in the outbox; monographs.mail writes and monographs.outbox sends it."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    # When it is tried next; for the process that tries it now, when another one may.
    due_at = models.DateTimeField(default=timezone.now)
    problem = models.TextField(blank=True)
    # Or, with a problem, when it was found that nobody can get it any more.
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True),
                name="message_waiting_by_time",
            ),
        ]

    def __str__(self):
        return f"{self.subject} to {self.recipient}"
