"""The versions of a monograph: every revision that was public, each at its address for good."""

from django.db.models import OuterRef, Subquery

from .models import Event, Revision, State

ENDS = [State.SUPERSEDED, State.WITHDRAWN]


def versions_of(slug):
    """Return the queryset of a monograph's versions, the newest first.

    Each has `ended_at`, the time when it was superseded or withdrawn, None for the live one.
    """
    # Later events, such as of a notice, leave it in that state.
    ends = Event.objects.filter(revision=OuterRef("pk"), target__in=ENDS).order_by("sequence")
    return (
        Revision.objects.public()
        .filter(monograph__slug=slug)
        .select_related("monograph")
        .annotate(ended_at=Subquery(ends.values("at")[:1]))
        .order_by("-number")
    )


def other_versions(revision):
    """Return the queryset of the versions other than this revision."""
    return revision.monograph.revisions.public().exclude(pk=revision.pk)


def current_version(revision):
    """Return the Revision, or the withdrawn one, that is at the monograph's own address."""
    return revision.monograph.revisions.shown().first()
