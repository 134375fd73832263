from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Prefetch
from tqdm import tqdm

from monographs import content, record, record_export
from monographs.models import Event, Monograph, Revision

AT_A_TIME = 100


class Command(BaseCommand):
    help = "Check that the record of every monograph is whole and fits its texts."

    def add_arguments(self, parser):
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="all monographs if none")
        parser.add_argument(
            "--against",
            metavar="FILE",
            type=Path,
            help="JSON lines exported earlier: every event in them has to be there still",
        )

    def handle(self, *, slugs, against, **options):
        if against:
            _compare(against)
        monographs = _monographs(slugs)
        unknown = sorted(set(slugs) - set(monographs.values_list("slug", flat=True)))
        if unknown:
            raise CommandError(f"There is no monograph at {', '.join(unknown)}.")
        total, events, misfits = monographs.count(), 0, 0
        rows = monographs.iterator(chunk_size=AT_A_TIME)
        for monograph in tqdm(rows, total=total, unit="monograph", disable=None, leave=False):
            events += len(monograph.events.all())
            if misfit := first_misfit(monograph):
                misfits += 1
                with tqdm.external_write_mode():
                    self.stderr.write(f"{monograph.slug}: {misfit}")
        if misfits:
            raise CommandError(f"The record of {misfits} of {total} monographs does not fit.")
        self.stdout.write(f"{events} events of {total} monographs fit.")


def first_misfit(monograph):
    """Say in a sentence what first does not fit in a monograph's record; "" if all does."""
    events = list(monograph.events.all())
    if event := record.misfit(events):
        return f"event {event.sequence} ({event.transition}) {_broken(event)}."
    last = {event.revision_id: event for event in events}
    approvals = {event.revision_id: event for event in events if event.transition == "approve"}
    for revision in monograph.revisions.all():
        fault = _fault(revision, last.get(revision.pk)) or _false_approval(
            revision, approvals.get(revision.pk)
        )
        if fault:
            return f"revision {revision.number} {fault}."
    return ""


def _broken(event):
    if event.digest != record.event_digest(event):
        return "does not say what it said when it was recorded"
    return "does not follow the event before it: one is missing, or was changed"


def _fault(revision, event):
    if event is None:
        return "has no event"
    if revision.state != event.target:
        return f"is {revision.state}, but event {event.sequence} left it {event.target}"
    if revision.digest != content.digest(revision.text):
        return "has a text that does not fit its digest"
    if revision.is_frozen and revision.digest != event.text_digest:
        return f"has another text than event {event.sequence} ({event.transition}) was about"
    return ""


def _false_approval(revision, event):
    if not revision.approver_id:
        return ""
    if event is None:
        return "names an approver, but no event approved it"
    if revision.approver_id != event.actor_id:
        return f"names another approver than event {event.sequence} (approve)"
    return ""


def _compare(file):
    try:
        with file.open(encoding="utf-8") as lines:
            lost = record_export.first_lost(lines)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} is no record exported as JSON lines: {error}") from error
    if lost:
        raise CommandError(
            f"Event {lost['sequence']} of monograph {lost['monograph']} is in {file}, but not in "
            "the record any more as it was then."
        )


def _monographs(slugs):
    monographs = Monograph.objects.order_by("slug").prefetch_related(
        Prefetch("events", Event.objects.order_by("sequence")),
        Prefetch("revisions", Revision.objects.order_by("number")),
    )
    return monographs.filter(slug__in=slugs) if slugs else monographs
