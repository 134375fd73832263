"""What differs between two texts of a monograph, word by word, as data for a template."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, groupby, takewhile
from typing import NamedTuple

from .content import CLINICAL_SECTIONS, FACT_LISTS, FACTS, SECTIONS

SAME, REMOVED, ADDED, CHANGED = "same", "removed", "added", "changed"

# What texts are cut into, each joined again without loss: first sentences and lines, then
# words, where a citation, a decimal number or a name with hyphens is one.
SENTENCES = re.compile(r"(?:[^.!?\n]|[.!?](?!\s))+(?:[.!?]\s+)?|\n+|.", re.DOTALL)
WORDS = re.compile(r"\[@[^\[\]]*\]|\w+(?:[-–.,'’/]\w+)*|\s+|.", re.DOTALL)
LETTERS = re.compile(r".", re.DOTALL)

# SequenceMatcher looks at every pair of equal pieces, again and again, which takes a minute
# for the worst of long texts. Once there are more pairs than this, the commonest pieces, such
# as spaces, are no starting points, but still belong to what is the same around others.
PAIRS_LIMIT = 20_000

# What is the same between two changes is taken for chance, and becomes part of them, where
# it is this much shorter than either.
CHANCE = 3


class Run(NamedTuple):
    """A stretch of text that is the same in both, removed from the old or added in the new."""

    kind: str
    text: str

    @property
    def shown(self):
        """The text, with a sign to see where nothing but spaces or line ends changed."""
        if self.kind == SAME or not self.text.isspace():
            return self.text
        return ("¶" if "\n" in self.text else "␣") + self.text


@dataclass(frozen=True)
class Change:
    """What happened to one thing: a section, a fact or a reference.

    `label` tells it from others of its field, `status` is ADDED, REMOVED or CHANGED, and
    `runs` are its Runs.
    """

    label: str
    status: str
    runs: list


@dataclass(frozen=True)
class Field:
    """The Changes of one of content.TEXT_FIELDS."""

    name: str
    changes: list

    @property
    def label(self):
        return self.name.capitalize()


def compare(old, new):
    """Return a Field for each one in which two texts differ, in reading order.

    `old` and `new` map content.TEXT_FIELDS to their cleaned values.
    """
    fields = [
        *(Field(name, _changes("", old[name], new[name])) for name in ("title", *SECTIONS)),
        Field("facts", _fact_changes(old["facts"], new["facts"])),
        Field("references", _reference_changes(old["references"], new["references"])),
    ]
    return [field for field in fields if field.changes]


def compare_words(old, new, cuts=(SENTENCES, WORDS)):
    """Return the Runs that lead from one string to another.

    Those that are not ADDED joined give the old string, those not REMOVED the new one.
    `cuts` are the patterns to cut by, from coarse to fine.
    """
    return _tidied(_runs(old, new, cuts))


def clinical_changes(revision):
    """Return the names of the clinical sections that differ from those that readers get now."""
    live = revision.monograph.revisions.published().first()
    return [
        name
        for name in CLINICAL_SECTIONS
        if getattr(revision, name) != (getattr(live, name) if live else "")
    ]


def _changes(label, old, new, cuts=(SENTENCES, WORDS)):
    if old == new:
        return []
    status = CHANGED if old and new else ADDED if new else REMOVED
    return [Change(label, status, compare_words(old, new, cuts))]


def _fact_changes(old, new):
    changes = []
    for name, label in FACTS.items():
        before, after = (_lines_of_fact(name, facts.get(name)) for facts in (old, new))
        cuts = (LETTERS,) if name == "sequence" else (SENTENCES, WORDS)
        changes += _changes(label, before, after, cuts)
    return changes


def _lines_of_fact(name, value):
    return "\n".join(value or []) if name in FACT_LISTS else value or ""


def _reference_changes(old, new):
    before, after = ({item["id"]: item for item in items} for items in (old, new))
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        if before.get(key) != after.get(key):
            changes += _changes(key, *_descriptions(before.get(key, {}), after.get(key, {})))
    kept = [[key for key in keys if key in before and key in after] for keys in (before, after)]
    if kept[0] != kept[1]:
        changes += _changes("Order", *("\n".join(keys) for keys in kept))
    return changes


def _descriptions(old, new):
    """Return two CSL-JSON items in lines, a variable each; in JSON if these say the same."""
    descriptions = [_lines_of_item(item) for item in (old, new)]
    if descriptions[0] != descriptions[1]:
        return descriptions
    return [json.dumps(item, ensure_ascii=False, indent=2, sort_keys=True) for item in (old, new)]


def _lines_of_item(item):
    names = sorted(item.keys() - {"id"}, key=lambda name: (name != "title", name))
    return "\n".join(f"{name}: {_said(item[name])}" for name in names)


def _said(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(value[name])}" for name in sorted(value))
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    return str(value)


def _runs(old, new, cuts):
    if not (cuts and old and new):
        yield from (Run(REMOVED, old), Run(ADDED, new))
        return
    pieces = (cuts[0].findall(text) for text in (old, new))
    for is_same, before, after in alignment(*pieces):
        if is_same:
            yield Run(SAME, "".join(before))
        else:
            yield from _runs("".join(before), "".join(after), cuts[1:])


def alignment(old, new):
    """Yield (whether they are the same, pieces of old, pieces of new) all along two lists."""
    start = _shared(old, new)
    yield True, old[:start], new[:start]
    old, new = old[start:], new[start:]
    end = _shared(old[::-1], new[::-1])
    old, new, shared = old[: len(old) - end], new[: len(new) - end], old[len(old) - end :]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for piece in _commonest(old, new):
        del matcher.b2j[piece]
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag == "equal", old[i1:i2], new[j1:j2]
    yield True, shared, shared


def _shared(old, new):
    """Return how many pieces two lists begin with alike."""
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _commonest(old, new):
    """Return the set of pieces to leave out so that the pairs of others keep to the limit."""
    counts = Counter(old), Counter(new)
    pairs = sorted((counts[0][piece] * counts[1][piece], piece) for piece in counts[1])
    totals = accumulate(number for number, _ in pairs)
    return {piece for total, (_, piece) in zip(totals, pairs, strict=True) if total > PAIRS_LIMIT}


def _tidied(runs):
    """Return runs joined where they touch, a removal before the addition in its place."""
    stretches = [
        (is_same, *_both_texts(list(group)))
        for is_same, group in groupby(filter(_has_text, runs), lambda run: run.kind == SAME)
    ]
    while len(fewer := _without_chance(stretches)) < len(stretches):
        stretches = fewer
    return [
        run
        for is_same, old, new in stretches
        for run in ([Run(SAME, old)] if is_same else [Run(REMOVED, old), Run(ADDED, new)])
        if run.text
    ]


def _has_text(run):
    return run.text != ""


def _both_texts(runs):
    return ["".join(run.text for run in runs if run.kind != other) for other in (ADDED, REMOVED)]


def _without_chance(stretches):
    """Return (is_same, old, new) stretches, with what is the same by chance made changes."""
    kept = []
    for stretch in stretches:
        if len(kept) > 1 and _is_by_chance(kept[-2], kept[-1], stretch):
            texts = zip(kept[-2][1:], kept[-1][1:], stretch[1:], strict=True)
            kept[-2:] = [(False, *map("".join, texts))]
        else:
            kept.append(stretch)
    return kept


def _is_by_chance(before, same, after):
    is_same, text, _ = same
    replaces = (before[1] or after[1]) and (before[2] or after[2])
    if not is_same or not replaces or "\n" in text:
        return False
    smaller = min(max(map(len, change[1:])) for change in (before, after))
    return not re.search(r"\w", text) or len(text.strip()) * CHANCE <= smaller
