from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from monographs import content

from .revisions import Revision

WHOLE = "whole"
PLACES = [(WHOLE, "The whole text"), *((name, name.capitalize()) for name in content.TEXT_FIELDS)]


class CommentQuerySet(models.QuerySet):
    def unresolved(self):
        return self.filter(resolved_at__isnull=True)


class Comment(models.Model):
    """A remark on a part of a revision; monographs.comments keeps and resolves it."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="comments")
    place = models.CharField(max_length=20, choices=PLACES)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    resolved_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(resolved_at__isnull=True),
                name="comment_unresolved_by_time",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=[place for place, _ in PLACES]), name="comment_known_place"
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="comment_resolved_by_someone",
            ),
        ]

    def __str__(self):
        return f"{self.author} on {self.revision}"


class Invitation(models.Model):
    """A link by which an expert without an account reads one text and gives an opinion.

    Only the SHA-256 of its token is kept. monographs.experts makes, opens and revokes it.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="invitations")
    text_digest = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True)
    expert = models.CharField(max_length=150)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="invitation_revoked_by_someone",
            ),
        ]

    def __str__(self):
        return f"{self.expert} on {self.revision}"


class Opinion(models.Model):
    """What an invited expert thinks of the text: advice to reviewers, never an approval."""

    class Verdict(models.TextChoices):
        RECOMMEND = "recommend", "Recommends it for publication"
        OBJECT = "object", "Objects to its publication"

    invitation = models.OneToOneField(Invitation, models.PROTECT)
    verdict = models.CharField(max_length=10, choices=Verdict)
    name = models.CharField(max_length=150)
    credentials = models.CharField(max_length=150)
    competing_interests = models.TextField()
    # What was said of each part, by its place as in Comment.
    remarks = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["recommend", "object"]), name="opinion_known_verdict"
            ),
        ]

    def __str__(self):
        return f"{self.name} {self.get_verdict_display().lower()}"

    @property
    def remarks_by_place(self):
        return [(label, self.remarks[place]) for place, label in PLACES if place in self.remarks]


class Presence(models.Model):
    """That a person has a draft open; monographs.presence says who else has."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["revision", "user"], name="presence_once_a_person"),
        ]

    def __str__(self):
        return f"{self.user} at {self.revision}"
