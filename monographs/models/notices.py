from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .revisions import Revision


class Notice(models.Model):
    """What readers are told above the text of a version; monographs.notices gives and ends it.

    The kinds are those of the Committee on Publication Ethics: https://publicationethics.org/
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", "Correction"
        CONCERN = "concern", "Expression of concern"
        RETRACTION = "retraction", "Retraction"

    kind = models.CharField(max_length=10, choices=Kind)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="notices")
    corrected_in = models.ForeignKey(Revision, models.PROTECT, related_name="+", null=True)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["correction", "concern", "retraction"]),
                name="notice_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ended_why="")
                | Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_why=""),
                name="notice_ended_by_someone",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.revision}"
