from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from .states import State

# How many primary keys a query is given at most, and from how many rows on they are many.
NAMED, MANY = 500, 5_000


def are_many(rows, number):
    """Say whether rows (a queryset that an index has) are more than a number.

    Who goes through all in the order of a list meets a page of many soon, and so asks each; few
    are better read and put in order.
    """
    return rows.order_by()[number:].exists()


class TopicQuerySet(models.QuerySet):
    def with_published(self):
        revisions = self.model.revisions
        published = revisions.field.model.objects.filter(
            pk=OuterRef("revision"), state=State.PUBLISHED
        )
        # The first will do; for an EXISTS, PostgreSQL would join them all.
        first = revisions.through.objects.filter(Exists(published), topic=OuterRef("pk"))
        return self.alias(first=Subquery(first.values("pk")[:1])).filter(first__isnull=False)


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


class MonographQuerySet(models.QuerySet):
    def overdue(self):
        return self.filter(review_due_on__lt=timezone.localdate())

    def live(self):
        """Those with a published text: its review clock runs as long (monographs.clock)."""
        return self.filter(review_due_on__isnull=False)

    def not_live(self):
        return self.filter(review_due_on__isnull=True)

    def having(self, revisions):
        """Those with one of some Revisions (a queryset that an index has)."""
        if are_many(revisions, MANY):
            return self.filter(Exists(revisions.filter(monograph=OuterRef("pk"))))
        return self.filter(pk__in=revisions.values("monograph"))

    def under(self, topic, revisions):
        """Those with one of some Revisions (a queryset) that is under a Topic."""
        of_topic = type(topic).revisions.through.objects.filter(topic=topic)
        # Fewer are many here, since for each of them its text is looked up.
        if are_many(of_topic, MANY // 5):
            is_under = Exists(of_topic.filter(revision=OuterRef("pk")))
            return self.filter(Exists(revisions.filter(is_under, monograph=OuterRef("pk"))))
        return self.filter(pk__in=revisions.filter(topics=topic).values("monograph"))

    def called(self, words):
        """Those with each of the words (list of str) somewhere in their address or a title."""
        if not words:
            return self
        titles = self.model.revisions.field.model.objects
        found = asked = self
        for word in words:
            titled = titles.filter(title__icontains=word)
            addressed = Q(slug__icontains=word)
            found = found.filter(addressed | Q(pk__in=titled.values("monograph")))
            of_one = titled.filter(monograph=OuterRef("pk"))
            asked = asked.filter(addressed | Exists(of_one))
        # All titles are read for it, so once.
        named = list(found.order_by().values_list("pk", flat=True)[: NAMED + 1])
        return asked if len(named) > NAMED else self.filter(pk__in=named)

    def overdue_first(self, start, count):
        """Return a list of so many Monographs (int) from a place on, counted from 0.

        Overdue reviews first, the oldest of them on top; then what changed last. They are read
        as two lists, since each of them has an index that it is in the order of.
        """
        latest = ["-changed_at", "-pk"]
        overdue = self.overdue().order_by("review_due_on", *latest)
        found = list(overdue[start : start + count])
        if len(found) < count:
            before = start + len(found) if found or not start else overdue.count()
            others = self.exclude(review_due_on__lt=timezone.localdate()).order_by(*latest)
            found += others[max(start - before, 0) : start + count - before]
        return found


class Monograph(models.Model):
    """One entry of the reference work, known by its slug; its texts are revisions."""

    slug = models.SlugField(
        "address",
        max_length=100,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
                "Use small letters and digits, with single hyphens between them.",
            )
        ],
    )
    changed_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    # The review clock of the live text: monographs.clock sets both dates.
    reviewed_on = models.DateField(null=True, editable=False)
    review_due_on = models.DateField(null=True, db_index=True, editable=False)
    # How often it was read in all, by readers who let themselves be counted.
    views = models.PositiveIntegerField(default=0, db_index=True, editable=False)

    objects = MonographQuerySet.as_manager()

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("monographs:detail", args=[self.slug])

    @property
    def is_review_overdue(self):
        return self.review_due_on is not None and self.review_due_on < timezone.localdate()


class FormerAddress(models.Model):
    """Where a monograph was found once; monographs.addresses leads from there to it."""

    slug = models.SlugField(max_length=100, unique=True)
    monograph = models.ForeignKey(Monograph, models.PROTECT, related_name="former_addresses")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.slug
