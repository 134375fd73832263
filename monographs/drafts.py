"""Writing: beginning a revision and saving its text. Nothing here moves a revision."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from . import content, record
from .models import Contribution, Monograph, Revision, State


class OpenRevisionExists(Exception):
    """The monograph has an open revision already; `revision` is that one."""

    def __init__(self, revision):
        self.revision = revision
        state = revision.get_state_display().lower()
        super().__init__(
            f"{revision} is open already ({state}). Finish or discard it before another "
            "is started."
        )


class StaleText(Exception):
    """The text was saved or moved since it was loaded; `revision` is how it stands now."""

    def __init__(self, revision):
        self.revision = revision
        super().__init__(
            f"{revision} was changed since you opened it; it is "
            f"{revision.get_state_display().lower()} now. Nothing was saved. Your text is below, "
            "with the other one under each field that differs."
        )


@transaction.atomic
def create(*, author, slug, text, topics=(), change_summary=""):
    """Begin a new monograph with its first draft and return the Revision.

    `text` maps content.TEXT_FIELDS to their values. Raises ValidationError by field, also
    for a slug that is taken, and PermissionDenied.
    """
    _require(author, "monographs.add_monograph")
    if Monograph.objects.filter(slug=slug).exists():
        raise ValidationError({"slug": f"There is a monograph at “{slug}” already."})
    monograph = Monograph(slug=slug)
    monograph.full_clean()
    monograph.save(force_insert=True)
    return _begin(monograph, 1, author, text, topics, change_summary)


@transaction.atomic
def start(monograph, *, author, base=None, text=None, change_summary="", topics=None, note=""):
    """Begin a new draft from a Revision, by default base_revision, and return it.

    Whoever wrote the old text counts as a contributor of the draft, and so cannot approve it.
    Text and topics default to the old ones; `note` is the comment that the record gets.
    Raises OpenRevisionExists, ValidationError by field, and PermissionDenied.
    """
    _require(author, "monographs.add_revision")
    monograph = Monograph.objects.select_for_update().get(pk=monograph.pk)
    if existing := monograph.revisions.open().first():
        raise OpenRevisionExists(existing)
    base = base or base_revision(monograph)
    number = monograph.revisions.order_by("-number").values_list("number", flat=True)[0] + 1
    draft = _begin(
        monograph,
        number,
        author,
        base.text if text is None else text,
        base.topics.all() if topics is None else topics,
        change_summary,
        note,
    )
    for contribution in base.contributions.all():
        Contribution.objects.get_or_create(revision=draft, user_id=contribution.user_id)
    return draft


@transaction.atomic
def restore(revision, *, author):
    """Begin a new draft with the text and topics of an old revision and return it.

    Raises what `start` raises.
    """
    return start(
        revision.monograph,
        author=author,
        base=revision,
        change_summary=f"Restores revision {revision.number}.",
        note=f"From revision {revision.number}.",
    )


def base_revision(monograph):
    """Return the Revision one would act upon, and a new one copies.

    The open one, else the live one, else the last that was not discarded, else the last.
    """

    def rank(revision):
        if revision.is_open:
            return 0
        if revision.state == State.PUBLISHED:
            return 1
        return 3 if revision.state == State.DISCARDED else 2

    return min(monograph.revisions.all(), key=lambda text: (rank(text), -text.number))


@transaction.atomic
def save(revision, *, author, version, text, topics=None, change_summary=""):
    """Save a draft's text and return the Revision afresh; the author becomes a contributor.

    `version` is the one the text was loaded at. Raises StaleText when the draft was saved
    or moved since, ValidationError by field, and PermissionDenied.
    """
    _require(author, "monographs.change_revision")
    text = content.clean_text(text)
    # First, as whoever moves a revision does, so that neither waits for the other.
    Monograph.objects.select_for_update().get(pk=revision.monograph_id)
    saved = Revision.objects.filter(pk=revision.pk, state=State.DRAFT, version=version).update(
        **text,
        digest=content.digest(text),
        change_summary=content.clean_summary(change_summary),
        version=version + 1,
    )
    revision = Revision.objects.select_related("monograph").get(pk=revision.pk)
    if not saved:
        raise StaleText(revision)
    Contribution.objects.get_or_create(revision=revision, user=author)
    if topics is not None:
        revision.topics.set(topics)
    _touch(revision.monograph)
    return revision


def _begin(monograph, number, author, text, topics, change_summary, note=""):
    text = content.clean_text(text)
    revision = Revision.objects.create(
        monograph=monograph,
        number=number,
        author=author,
        digest=content.digest(text),
        change_summary=content.clean_summary(change_summary),
        **text,
    )
    revision.topics.set(topics)
    Contribution.objects.create(revision=revision, user=author)
    record.append(revision, "start", source="", target=State.DRAFT, actor=author, note=note)
    _touch(monograph)
    return revision


def _touch(monograph):
    Monograph.objects.filter(pk=monograph.pk).update(changed_at=timezone.now())


def may_write(person):
    """Say whether the person may begin a revision."""
    return person.has_perm("monographs.add_revision")


def _require(person, permission):
    if not person.has_perm(permission):
        raise PermissionDenied(f"{person} may not write monographs.")
