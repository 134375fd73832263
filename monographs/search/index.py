"""What published texts are found by: made with each publication, in its transaction."""

import html
import re

from django.db import connection, transaction

from monographs.content import SECTIONS
from monographs.models import Revision, SearchEntry, SearchName

from .words import WORD, fold, stems

AT_A_TIME = 200
TAG = re.compile(r"<[^>]*>")
SHORTEST, LONGEST = 4, 50


def plain(revision):
    """Yield the sections of a frozen Revision as readers see them, without markup."""
    for name in SECTIONS:
        if section := revision.rendered["sections"].get(name):
            # It is HTML that was cleaned, so that each < begins a tag.
            yield html.unescape(TAG.sub(" ", section))


def add(revisions):
    """Make published Revisions found, or found by what they say now."""
    SearchEntry.objects.bulk_create(
        [_entry(revision) for revision in revisions],
        update_conflicts=True,
        unique_fields=["revision"],
        update_fields=["title", "synonyms", "text"],
    )
    words = {word for revision in revisions for word in _names(revision)}
    SearchName.objects.bulk_create(
        [SearchName(word=word, start=word[:2], length=len(word)) for word in sorted(words)],
        ignore_conflicts=True,
    )


def rebuild():
    """Make all entries anew, and yield how many after each batch.

    A batch is one transaction; who searches meanwhile finds every text by its former entry or
    by its new one.
    """
    SearchName.objects.all().delete()
    last = 0
    published = Revision.objects.published().order_by("pk")
    published = published.only("title", "facts", "rendered", "state")
    while True:
        # Locked, since nobody may withdraw a text between its reading and its entry.
        with transaction.atomic():
            batch = list(published.filter(pk__gt=last).select_for_update()[:AT_A_TIME])
            add(batch)
        if not batch:
            break
        last = batch[-1].pk
        yield len(batch)
    settle()


def match_entries():
    """Have FTS5 read all entries again, after they changed without triggers."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO monographs_search(monographs_search) VALUES ('rebuild')")


def settle():
    """Let the database put its index in order, as it is to be after many changes."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO monographs_search(monographs_search) VALUES ('optimize')")
        else:
            cursor.execute("ANALYZE monographs_searchentry")


def _entry(revision):
    return SearchEntry(
        revision=revision,
        title=" ".join(stems(revision.title)),
        synonyms=" ".join(stems(" ".join(revision.facts.get("synonyms", [])))),
        text=" ".join(stems(" ".join([*plain(revision), *_facts(revision)]))),
    )


def _facts(revision):
    return [value for value in revision.facts.values() if isinstance(value, str)]


def _names(revision):
    named = " ".join([revision.title, *revision.facts.get("synonyms", [])])
    words = map(fold, WORD.findall(named))
    return {word for word in words if SHORTEST <= len(word) <= LONGEST}
