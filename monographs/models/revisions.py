from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone

from monographs import content

from .monographs import Monograph, Topic
from .states import APPROVED_STATES, OPEN_STATES, PUBLIC_STATES, State

# As indexes have them, so that no list is sorted anew.
# With its numbers written out: SQLite has no use for the index with parameters in their place.
INITIAL = Upper(
    models.Func(
        "title", template="SUBSTR(%(expressions)s, 1, 1)", output_field=models.CharField()
    )
)
PUBLISHED = Q(state=State.PUBLISHED)


class RevisionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_STATES)

    def published(self):
        return self.filter(state=State.PUBLISHED)

    def public(self):
        """What is or was public, each at an address of its own for good."""
        return self.filter(state__in=PUBLIC_STATES)

    def without_text(self):
        """Revisions for a list, which has no use for pages of text."""
        return self.defer(*content.SECTIONS, "facts", "references", "rendered", "byline")

    def overdue(self):
        return self.filter(monograph__review_due_on__lt=timezone.localdate())

    def by_title(self):
        return self.order_by(Lower("title"), "pk")

    def for_list(self):
        """What a list of entries shows, and nothing of the pages of text."""
        shown = ("title", "facts", "published_at", "state", "monograph__slug")
        return self.select_related("monograph").only(*shown)

    def with_initial(self):
        return self.annotate(initial=INITIAL)

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
    # Since when it is in its state.
    moved_at = models.DateTimeField(default=timezone.now, editable=False)
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
            ("clinician_revision", "Can answer for clinical sections, as a clinician"),
            ("publish_revision", "Can publish and withdraw revisions"),
        ]
        # Rows are pages long: what the desk looks for is found without reading any.
        indexes = [
            models.Index(fields=["state", "monograph"], name="revision_by_state"),
            models.Index(fields=["title", "monograph"], name="revision_by_title"),
            # With the state in front: SQLite would find by state and sort, if that were another.
            models.Index("state", Lower("title"), "id", name="revision_a_to_z"),
            models.Index("state", INITIAL, Lower("title"), "id", name="revision_by_initial"),
            models.Index(fields=["state", "-published_at"], name="revision_by_publication"),
            models.Index(fields=["state", "moved_at"], name="revision_by_move"),
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

    def get_absolute_url(self):
        """Return the path of this very version, which is there once it was public."""
        return reverse("monographs:version", args=[self.monograph.slug, self.number])

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

    def writers(self):
        """Return the users who wrote this text or a public one before it, the first one first."""
        earlier = self.monograph.revisions.filter(
            number__lt=self.number, published_at__isnull=False
        )
        people = {}
        for text in [*earlier.order_by("number"), self]:
            for contribution in text.contributions.select_related("user"):
                people.setdefault(contribution.user_id, contribution.user)
        return list(people.values())


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
