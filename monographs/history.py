"""The record as people read it: which events, in which order and words."""

from django.db.models import F, Q

from . import transitions
from .models import Event, Monograph, Revision

LATEST = 20
NAMES = (
    "monograph__slug",
    "revision__number",
    "revision__title",
    "actor__username",
    "actor__display_name",
    "actor__first_name",
    "actor__last_name",
)
PERSON_NAMES = ("username", "display_name", "first_name", "last_name")


def named(events):
    """Return the queryset of events with the names a reader needs, in the same query."""
    own = [field.attname for field in Event._meta.concrete_fields]
    return events.select_related("monograph", "revision", "actor").only(*own, *NAMES)


def done(event):
    """Say what was done, also of a transition that the workflow no longer has."""
    return transitions.DONE.get(event.transition, event.transition.replace("_", " "))


def summary(monograph):
    """Return the last events of a monograph as template context, the newest first.

    `record` holds (Event, what was done); `earlier_events` says how many more there are.
    """
    events = list(named(monograph.events.order_by("-sequence"))[:LATEST])
    return {
        "record": [(event, done(event)) for event in events],
        # Events are counted from 1, without a gap.
        "earlier_events": events[-1].sequence - 1 if events else 0,
    }


def previous(event):
    """Return the Event before this one in its monograph, or None."""
    before = Event.objects.filter(monograph=event.monograph_id, sequence=event.sequence - 1)
    return named(before).first()


def select(events, *, words="", transition="", person="", since=None, until=None):
    """Return those of a queryset of events that fit all that is given.

    Each of `words` is in the comment, or in the monograph's address or one of its titles; each
    of `person` in one of the actor's names. `since` and `until` are aware datetimes, both
    included.
    """
    for word in words.split():
        events = events.filter(_about(word))
    if transition:
        events = events.filter(transition=transition)
    if person:
        events = events.filter(actor__in=_people(person))
    if since:
        events = events.filter(at__gte=since)
    if until:
        events = events.filter(at__lte=until)
    return events


def _about(word):
    addressed = Monograph.objects.filter(slug__icontains=word)
    titled = Revision.objects.filter(title__icontains=word)
    return (
        Q(note__icontains=word)
        | Q(monograph__in=addressed.values("pk"))
        | Q(monograph__in=titled.values("monograph"))
    )


def _people(names):
    people = Event._meta.get_field("actor").related_model.objects.all()
    for word in names.split():
        any_name = Q()
        for name in PERSON_NAMES:
            any_name |= Q(**{f"{name}__icontains": word})
        people = people.filter(any_name)
    return people.values("pk")


def sent_back(revision):
    """Return the Event that sent a draft back to its writers, if nothing came after, or None."""
    moves = revision.events.exclude(source=F("target"))
    last = moves.select_related("actor").order_by("-sequence").first()
    sent = last and last.transition in transitions.SENT_BACK
    return last if sent else None
