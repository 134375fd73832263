from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from . import content


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISCARDED = "discarded", "Discarded"


OPEN_STATES = [State.DRAFT, State.IN_REVIEW, State.APPROVED]
APPROVED_STATES = [State.APPROVED, State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]
PUBLIC_STATES = [State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]


class TopicQuerySet(models.QuerySet):
    def with_published(self):
        return self.filter(revisions__state=State.PUBLISHED).distinct()


class Topic(models.Model):
    """A subject that readers browse by."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("monographs:topic", args=[self.slug])


class Monograph(models.Model):
    """One entry of the reference work, known by its slug; its texts are revisions."""

    slug = models.SlugField("address", max_length=100, unique=True)
    changed_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("monographs:detail", args=[self.slug])


class RevisionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_STATES)

    def published(self):
        return self.filter(state=State.PUBLISHED)

    def by_title(self):
        return self.order_by(Lower("title"), "pk")

    def shown(self):
        """What a reader may meet at a monograph's address, the published text first."""
        return self.filter(state__in=[State.PUBLISHED, State.WITHDRAWN]).order_by(
            models.Case(models.When(state=State.PUBLISHED, then=0), default=1), "-number"
        )


class Revision(models.Model):
    """One text of a monograph.

    Only monographs.drafts changes its text, and only monographs.workflow its state; the
    database refuses everything else (monographs.guards).
    """

    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)

    title = models.CharField(max_length=content.TITLE_LIMIT)
    definition = models.TextField(blank=True)
    context = models.TextField(blank=True)
    significance = models.TextField(blank=True)
    mechanism = models.TextField(blank=True)
    application = models.TextField(blank=True)
    metric = models.TextField(blank=True)
    risk = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    references = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, editable=False)

    topics = models.ManyToManyField(Topic, related_name="revisions", blank=True)
    change_summary = models.CharField(max_length=content.SUMMARY_LIMIT, blank=True)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    contributors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Contribution", related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Filled when the text leaves draft and is frozen: its HTML, ready for readers.
    rendered = models.JSONField(default=dict, editable=False)
    # Filled by the approval, void when it is: who wrote and who reviewed, as they were then.
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    byline = models.JSONField(default=dict, editable=False)
    published_at = models.DateTimeField(null=True, editable=False, db_index=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["monograph", "number"]
        permissions = [
            ("review_revision", "Can review revisions"),
            ("publish_revision", "Can publish and withdraw revisions"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["monograph", "number"], name="revision_number"),
            models.UniqueConstraint(
                fields=["monograph"],
                condition=Q(state=State.PUBLISHED),
                name="revision_one_published",
                violation_error_message="This monograph already has a published revision.",
            ),
            models.UniqueConstraint(
                fields=["monograph"],
                condition=Q(state__in=OPEN_STATES),
                name="revision_one_open",
                violation_error_message="This monograph already has an open revision.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="revision_known_state"
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state__in=APPROVED_STATES,
                        approver__isnull=False,
                        approved_at__isnull=False,
                    )
                    | Q(approver__isnull=True, approved_at__isnull=True)
                    & ~Q(state__in=APPROVED_STATES)
                ),
                name="revision_approval_goes_with_state",
                violation_error_message="A revision is approved by a person, at a time.",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                name="revision_four_eyes",
                violation_error_message="The author of a revision cannot approve it.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=PUBLIC_STATES, published_at__isnull=False)
                    | Q(published_at__isnull=True) & ~Q(state__in=PUBLIC_STATES)
                ),
                name="revision_publication_goes_with_state",
                violation_error_message="A public revision has a time of publication.",
            ),
        ]

    def __str__(self):
        return f"{self.title}, revision {self.number}"

    @property
    def text(self):
        """The title, sections, facts and references by name: what the digest is over."""
        return {name: getattr(self, name) for name in content.TEXT_FIELDS}

    @property
    def is_open(self):
        return self.state in OPEN_STATES

    @property
    def is_frozen(self):
        return self.state != State.DRAFT


class Contribution(models.Model):
    """That a person saved a revision's text at least once, and when first."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="contributions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "user"], name="contribution_once_a_person"
            ),
        ]

    def __str__(self):
        return f"{self.user} on {self.revision}"


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
        ordering = ["monograph", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["monograph", "sequence"], name="event_sequence"),
        ]

    def __str__(self):
        return f"{self.transition} {self.revision} by {self.actor}"
