"""Notices: what readers are told above a text, by whom, and until when it holds."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from . import content, record
from .models import READABLE_STATES, Monograph, Notice, Revision

RETRACTION, CONCERN, CORRECTION = (
    Notice.Kind.RETRACTION,
    Notice.Kind.CONCERN,
    Notice.Kind.CORRECTION,
)
# What publishers give; a retraction comes with withdrawing the text, and stays.
GIVEN = (CORRECTION, CONCERN)
GRAVITY = Case(When(kind=RETRACTION, then=0), When(kind=CONCERN, then=1), default=2)


class AlreadyDone(Exception):
    """The same was done before, as by a double click; the message says when and by whom."""


def may_give(person):
    """Say whether the person may give and end notices."""
    return person.has_perm("monographs.publish_revision")


@transaction.atomic
def give(kind, revision, *, actor, text, corrected_in=None):
    """Tell readers of a version, and of those after it, what is wrong; return the Notice.

    `kind` is one of GIVEN, `corrected_in` a later version or None. Raises PermissionDenied,
    ValidationError by field ("kind", "revision", "corrected_in", "text"), and AlreadyDone.
    """
    revision = _locked(revision, actor)
    text = content.clean_note(text, "text")
    _check(kind, revision, text, corrected_in)
    same = revision.notices.filter(kind=kind, text=text, ended_at__isnull=True)
    if first := same.select_related("author").first():
        raise AlreadyDone(f"This notice has been given already, by {first.author}.")
    notice = Notice.objects.create(
        kind=kind, revision=revision, corrected_in=corrected_in, text=text, author=actor
    )
    where = f", corrected in revision {corrected_in.number}" if corrected_in else ""
    _record(notice, "notice", actor, f"{notice.get_kind_display()}{where}: {text}")
    return notice


@transaction.atomic
def end(notice, *, actor, why):
    """End a notice of GIVEN: from now on it shows with its version only, as ended.

    Raises PermissionDenied, ValidationError by "why", and AlreadyDone.
    """
    _locked(notice.revision, actor)
    why = content.clean_note(why, "why")
    if not why:
        raise ValidationError({"why": ["Say why it ends. Readers will see it."]})
    if notice.kind not in GIVEN:
        raise ValidationError({"why": ["A retraction stays. Publish a new revision instead."]})
    standing = Notice.objects.filter(pk=notice.pk, ended_at__isnull=True)
    if not standing.update(ended_by=actor, ended_at=timezone.now(), ended_why=why):
        raise AlreadyDone("This notice has been ended already.")
    given = f"{notice.get_kind_display()} of {notice.at:%Y-%m-%d}"
    _record(notice, "end_notice", actor, f"{given}: {why}")


def retract(revision):
    """Tell readers of a revision that was just withdrawn why, as its last event says."""
    event = revision.events.order_by("-sequence").first()
    Notice.objects.create(
        kind=RETRACTION, revision=revision, text=event.note, author=event.actor, at=event.at
    )


def shown_on(revision):
    """Return the queryset of Notices above a revision: the gravest first, what is ended last.

    Its own ones stay for good. One of an earlier version shows until it is ended; a
    retraction is of its own text alone, which a newer one has replaced.
    """
    earlier = Q(
        revision__monograph=revision.monograph_id,
        revision__number__lt=revision.number,
        kind__in=GIVEN,
        ended_at__isnull=True,
    )
    return _named(Notice.objects.filter(earlier | Q(revision=revision)))


def of(monograph):
    """Return the queryset of all Notices of a monograph, in the same order."""
    return _named(Notice.objects.filter(revision__monograph=monograph))


def _named(notices):
    # The numbers are all that is needed of the versions, which are long.
    return (
        notices.annotate(number=F("revision__number"), corrected_number=F("corrected_in__number"))
        .select_related("author", "ended_by")
        .order_by(F("ended_at").desc(nulls_first=True), GRAVITY, "-at", "-pk")
    )


def _check(kind, revision, text, corrected_in):
    errors = {}
    if kind not in GIVEN:
        errors["kind"] = ["Choose a correction or an expression of concern."]
    if revision.state not in READABLE_STATES:
        state = revision.get_state_display().lower()
        errors["revision"] = [f"Revision {revision.number} is {state}: readers do not get it."]
    if not text:
        errors["text"] = ["Say what is wrong. Readers will see it."]
    if corrected_in and not _later_versions(revision).filter(pk=corrected_in.pk).exists():
        errors["corrected_in"] = [f"Choose a version later than {revision.number}, or none."]
    if errors:
        raise ValidationError(errors)


def _later_versions(revision):
    return Revision.objects.filter(
        monograph=revision.monograph_id, number__gt=revision.number, state__in=READABLE_STATES
    )


def _locked(revision, actor):
    if not may_give(actor):
        raise PermissionDenied(f"{actor} has no role that may give notices.")
    Monograph.objects.select_for_update().get(pk=revision.monograph_id)
    return Revision.objects.get(pk=revision.pk)


def _record(notice, transition, actor, note):
    state = notice.revision.state
    record.append(notice.revision, transition, source=state, target=state, actor=actor, note=note)
