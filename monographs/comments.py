"""Comments: what one has to say about a place in a text, until someone resolves it."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import get_text_list

from . import content
from .models import WHOLE, Comment, Monograph
from .models.review import PLACES

# Any of these permissions suffices: whoever has to do with texts may speak about them.
ROLES = ("change", "review", "publish")

# The places as they are called in the middle of a sentence.
NAMES = {place: label.lower() if place == WHOLE else label for place, label in PLACES}


class NotAllowed(Exception):
    """The comment is not to be resolved; the message says why."""


@dataclass(frozen=True)
class Thread:
    """The comments at one place of a text: unresolved ones, and resolved ones."""

    place: str
    label: str
    unresolved: list = field(default_factory=list)
    resolved: list = field(default_factory=list)


@transaction.atomic
def comment(revision, author, place, text):
    """Keep a comment at one of PLACES and return it; the same words twice are one comment.

    Raises PermissionDenied, and ValidationError by the place.
    """
    _require(author)
    if place not in NAMES:
        raise ValidationError({place: ["A text has no such place."]})
    text = content.clean_note(text, place)
    if not text:
        raise ValidationError({place: ["There is nothing in this comment."]})
    # Of two clicks the second waits here, and finds what the first one kept.
    Monograph.objects.select_for_update().get(pk=revision.monograph_id)
    kept, _ = Comment.objects.get_or_create(
        revision=revision, author=author, place=place, text=text, resolved_at=None
    )
    return kept


@transaction.atomic
def resolve(comment, actor):
    """Mark a comment as resolved by the actor, now, and return it afresh.

    Raises PermissionDenied, and NotAllowed where someone resolved it before.
    """
    _require(actor)
    resolved = Comment.objects.unresolved().filter(pk=comment.pk)
    is_first = resolved.update(resolved_by=actor, resolved_at=timezone.now())
    comment = Comment.objects.select_related("resolved_by").get(pk=comment.pk)
    if not is_first:
        raise NotAllowed(f"{comment.resolved_by} has resolved this comment already.")
    return comment


def find(revision, pk):
    """Return the Comment on a text of the revision's monograph; raise NotAllowed without one."""
    of_monograph = Comment.objects.filter(revision__monograph=revision.monograph_id)
    if found := of_monograph.filter(pk=pk).first():
        return found
    raise NotAllowed("There is no such comment on this monograph.")


def threads(revision):
    """Return {place: Thread} of what the page of a revision shows, for each of PLACES.

    That is what is unresolved of the whole monograph, since a remark on the live text is
    for whoever writes the next one, and what was resolved of this revision.
    """
    places = {place: Thread(place, label) for place, label in PLACES}
    shown = Comment.objects.filter(revision__monograph=revision.monograph_id).filter(
        Q(resolved_at__isnull=True) | Q(revision=revision)
    )
    for remark in shown.select_related("author", "resolved_by", "revision").defer(
        *(f"revision__{name}" for name in (*content.TEXT_FIELDS, "rendered", "byline"))
    ):
        thread = places[remark.place]
        (thread.resolved if remark.resolved_at else thread.unresolved).append(remark)
    return places


def pointer(revision, author):
    """Say in a sentence where the author commented since it was submitted; "" if nowhere."""
    made = revision.comments.unresolved().filter(author=author)
    if submitted := revision.events.filter(transition="submit").order_by("-sequence").first():
        made = made.filter(at__gt=submitted.at)
    made = list(made.values_list("place", flat=True))
    places = [name for place, name in NAMES.items() if place in made]
    noun = "comment" if len(made) == 1 else "comments"
    return f"See the {noun} on {get_text_list(places, 'and')}." if places else ""


def may_comment(person):
    """Say whether any of the person's roles lets them comment on a text, and resolve."""
    return any(person.has_perm(f"monographs.{role}_revision") for role in ROLES)


def _require(person):
    if not may_comment(person):
        raise PermissionDenied(f"{person} has no role that may comment.")
