"""Topics: putting the texts of a monograph under others than they were written under."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import get_text_list

from . import record
from .models import OPEN_STATES, Monograph, Revision, State

# The texts whose topics matter: what readers get, and what they may get next.
IN_FORCE = [*OPEN_STATES, State.PUBLISHED]


def may_classify(person):
    """Say whether the person may set topics other than those of a draft that they write."""
    return person.has_perm("monographs.publish_revision")


def refusal(monograph):
    """Say in a sentence why a monograph has no text to put under a topic; "" if it has one."""
    if monograph.revisions.filter(state__in=IN_FORCE).exists():
        return ""
    return "It has neither a live nor an open text to put under a topic."


@transaction.atomic
def classify(monograph, topics, *, actor, alone=False):
    """Put the live and the open text of a monograph under Topics, with `alone` under no others.

    Raises PermissionDenied for who may not, and ValidationError by "topics" where nothing is
    to be changed.
    """
    if not may_classify(actor):
        raise PermissionDenied(f"{actor} may not set topics.")
    Monograph.objects.select_for_update().get(pk=monograph.pk)
    if reason := refusal(monograph):
        raise ValidationError({"topics": [reason]})
    texts = monograph.revisions.filter(state__in=IN_FORCE).order_by("number")
    changed = [text for text in texts if _put(text, set(topics), alone)]
    if not changed:
        raise ValidationError({"topics": ["It has these topics already."]})
    for text in changed:
        names = [topic.name for topic in text.topics.all()]
        record.append(
            text,
            "classify",
            source=text.state,
            target=text.state,
            actor=actor,
            note=f"Under {get_text_list(names, 'and')}.",
        )
    # Topics go with the text: who has a page of it open is told that it is not up to date.
    Revision.objects.filter(pk__in=[text.pk for text in changed]).update(version=F("version") + 1)
    Monograph.objects.filter(pk=monograph.pk).update(changed_at=timezone.now())


def _put(text, topics, alone):
    before = set(text.topics.all())
    after = topics if alone else before | topics
    text.topics.set(after)
    return after != before
