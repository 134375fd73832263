"""The record as files: CSV for spreadsheets, JSON lines for whoever checks the chain."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from itertools import islice

from peptidesite.canonical import canonical_json

from . import history, record
from .models import Event

# Enough that a line costs little to send, few enough that the first ones come at once.
LINES_AT_A_TIME = 500
EVENTS_AT_A_TIME = 2_000
# Without it Excel takes UTF-8 for the code page of its country.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula:
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = {
    "when": lambda event: event.at.astimezone(UTC).isoformat(),
    "who": lambda event: str(event.actor),
    "account": lambda event: event.actor.username,
    "monograph": lambda event: event.monograph.slug,
    "title": lambda event: event.revision.title,
    "revision": lambda event: event.revision.number,
    "event": lambda event: event.sequence,
    "done": history.done,
    "from": lambda event: event.source,
    "to": lambda event: event.target,
    "comment": lambda event: event.note,
    "text_digest": lambda event: event.text_digest,
    "previous_digest": lambda event: event.previous_digest,
    "digest": lambda event: event.digest,
}


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, and what makes lines of bytes from events."""

    media_type: str
    lines: Callable


def chunks(events, kind):
    """Yield a queryset of events as bytes of a kind of FORMATS, in the order of the record.

    The order is that in which the chain is checked: each monograph's events one after another.
    """
    in_order = history.named(events).order_by("monograph_id", "sequence")
    lines = FORMATS[kind].lines(in_order.iterator(chunk_size=EVENTS_AT_A_TIME))
    while chunk := b"".join(islice(lines, LINES_AT_A_TIME)):
        yield chunk


def csv_lines(events):
    """Yield a line of names, then one an event, with nothing a spreadsheet would execute."""
    writer = csv.writer(_Line())
    yield (BYTE_ORDER_MARK + writer.writerow(COLUMNS)).encode()
    for event in events:
        cells = [harmless(value(event)) for value in COLUMNS.values()]
        yield writer.writerow(cells).encode()


def json_lines(events):
    """Yield one JSON object an event: what its digest is over, its digest, and the names."""
    for event in events:
        names = {
            "monograph": event.monograph.slug,
            "title": event.revision.title,
            "revision": event.revision.number,
            "actor": str(event.actor),
            "done": history.done(event),
        }
        line = {**record.said(event), "digest": event.digest, "names": names}
        yield canonical_json(line) + b"\n"


def first_lost(lines):
    """Return the first of exported JSON lines that the record no longer has as it was.

    Takes lines of text; gives what the line says as a mapping, or None if all are there.
    Raises ValueError for what is no line of an export.
    """
    lines = iter(lines)
    while exported := [_exported(line) for line in islice(lines, LINES_AT_A_TIME)]:
        monographs = {line["monograph"] for line in exported}
        events = Event.objects.filter(monograph__in=monographs)
        kept = set(events.values_list("monograph", "sequence", "digest"))
        for line in exported:
            if (line["monograph"], line["sequence"], line["digest"]) not in kept:
                return line
    return None


def harmless(cell):
    """Return the cell, a text with an apostrophe before what a spreadsheet would execute."""
    if isinstance(cell, str) and cell.startswith(FORMULA_BEGINNINGS):
        return "'" + cell
    return cell


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", csv_lines),
    "jsonl": Format("application/jsonl", json_lines),
}


def _exported(line):
    line = json.loads(line)
    if not isinstance(line, dict) or not {"monograph", "sequence", "digest"} <= set(line):
        raise ValueError("There is a line that names no event.")
    return line


class _Line:
    """A file that hands each line back to whom wrote it."""

    def write(self, line):
        return line
