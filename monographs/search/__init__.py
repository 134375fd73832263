"""Finding published monographs by their words."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice

from monographs.models import Revision, SearchName, State

from . import index
from .ranking import ranked
from .snippets import snippet
from .words import WORD, fold, stem

__all__ = ["Found", "Hit", "MOST_LETTERS", "PAGE", "has_words", "search"]

PAGE = 20
# More say no more, and take as long as each of them.
MOST_WORDS, MOST_LETTERS = 10, 500
PREFIX_LETTERS = 2
ALIKE = 0.75


@dataclass(frozen=True)
class Hit:
    """A published Revision, and why it was found: a list of (str, whether it was asked for)."""

    revision: Revision
    snippet: list


@dataclass(frozen=True)
class Found:
    """Up to PAGE Hits, the best first; whether there are more; and, where there are none, what
    may have been meant ("" for nothing)."""

    hits: list = field(default_factory=list)
    is_more: bool = False
    suggestion: str = ""


def search(query, start=0):
    """Return what is Found for a query (str, whatever it holds), from the hit of that number on.

    A text is found if it has all words of the query, of which the last one may be unfinished.
    """
    words = _words(query)
    if not words:
        return Found()
    pks = ranked(words)
    hits = _hits(pks[start : start + PAGE], words)
    suggestion = "" if pks else _suggestion(query)
    return Found(hits, len(pks) > start + PAGE, suggestion)


def has_words(query):
    """Say whether there is anything in a query (str) to search for."""
    return WORD.search(query) is not None


def _words(query):
    """Return the list of (stem, prefix or None) that a query asks for."""
    typed = list(islice((m[0] for m in WORD.finditer(query[:MOST_LETTERS])), MOST_WORDS))
    words = dict.fromkeys(map(stem, typed))
    if typed and len(prefix := fold(typed[-1])) >= PREFIX_LETTERS:
        words[stem(typed[-1])] = prefix
    return list(words.items())


def _hits(pks, words):
    found = Revision.objects.select_related("monograph").order_by()
    found = found.only("title", "facts", "rendered", "state", "monograph__slug").in_bulk(pks)
    # Asked for here, lest SQLite go through all that are published. Some may have been withdrawn
    # since they were ranked.
    shown = [found[pk] for pk in pks if pk in found and found[pk].state == State.PUBLISHED]
    return [Hit(text, snippet(" ".join(index.plain(text)), words)) for text in shown]


def _suggestion(query):
    """Return the query with mistyped words as they are in names, "" if that finds nothing."""
    typed = [fold(word) for word in WORD.findall(query[:MOST_LETTERS])[:MOST_WORDS]]
    meant = [_alike(word) for word in typed]
    if meant == typed or not ranked([(stem(word), None) for word in meant]):
        return ""
    return " ".join(meant)


def _alike(word):
    near = range(len(word) - 2, len(word) + 3)
    known = SearchName.objects.filter(start=word[:2], length__in=near)
    known = known.values_list("word", flat=True)[:500]
    return next(iter(get_close_matches(word, known, 1, ALIKE)), word)
