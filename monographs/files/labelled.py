"""Labelled plain text: a definition, then sections under a label on a line of its own."""

import re
import unicodedata
from collections import Counter

from monographs.content import SECTION_LIMIT, SECTIONS, TITLE_LIMIT

from .entry import Cut, Entry, FileError, FileRefused
from .furniture import first_furniture
from .plain import as_markdown, paragraphs

LABELS = tuple(name for name in SECTIONS if name != "definition")
# Spaces and the marks without width that copying from a page leaves behind.
MARGIN = "\u200b\u200e\u200f\u2060\ufeff"

SENTENCE = re.compile(r".*?[.!?](?= [\"“(]?[A-Z]|$)")
DEFINED = re.compile(r"(.*?) is (?:a|an|the)(?![\w-])")

SHOWN_WORDS = 60


def parse_labelled(text, title=None):
    """Return the Entry that a labelled text makes, its sections as Markdown.

    `title` stands for the one the first sentence would give. Raises FileRefused.
    """
    lines = unicodedata.normalize("NFC", text).rstrip().split("\n")
    cut = _furniture_behind(lines)
    kept = lines[: cut.line - 1] if cut else lines
    labels = _labels(kept)
    bodies = _bodies(kept, labels)
    bodies["definition"], title = _definition(bodies["definition"], title)
    starts = {"title": 1, "definition": 1, **{name: at + 1 for at, name in reversed(labels)}}
    errors = [
        *_label_errors(labels, len(lines)),
        *_body_errors(bodies, starts),
        *_title_errors(title),
    ]
    if errors:
        raise FileRefused(*sorted(errors, key=lambda error: error.line))
    sections = {name: as_markdown(bodies[name]) for name in SECTIONS}
    return Entry(title=title, sections=sections, lines=starts, cut=cut)


def _label(line):
    """Return the section that a line is the label of, "" for a blank line, None for text."""
    words = line.strip().strip(MARGIN).strip().casefold().removesuffix(":").rstrip()
    return words if not words or words in SECTIONS else None


def _labels(lines):
    found = [(at, _label(line)) for at, line in enumerate(lines)]
    return [(at, name) for at, name in found if name in LABELS]


def _furniture_behind(lines):
    # Behind the line where the last label is met for the first time; what looks like a
    # label behind the first furniture is furniture too.
    first = {}
    for at, name in _labels(lines):
        first.setdefault(name, at)
    if not first:
        return None
    at = first_furniture(lines, max(first.values()) + 1)
    if at is None:
        return None
    words = " ".join(lines[at].split())
    if len(words) > SHOWN_WORDS:
        words = words[:SHOWN_WORDS].rstrip() + "…"
    return Cut(line=at + 1, words=words, count=len(lines) - at)


def _bodies(lines, labels):
    starts = [at for at, _ in labels] + [len(lines)]
    bodies = {"definition": lines[: starts[0]]}
    for (at, name), end in zip(labels, starts[1:], strict=True):
        bodies.setdefault(name, lines[at + 1 : end])
    return bodies


def _definition(lines, title):
    # A heading that only repeats the title, as the name of a page does, is none of the text.
    lines = _below(lines)
    stated = [line.strip() for line in lines if _label(line) not in ("", "definition")]
    if len(stated) > 1 and stated[0].casefold() == (title or _defined(stated[1])).casefold():
        lines = _below(lines[1:])
    return lines, title or _defined(next(iter(paragraphs(lines)), ""))


def _below(lines):
    at = 0
    while at < len(lines) and _label(lines[at]) in ("", "definition"):
        at += 1
    return lines[at:]


def _defined(paragraph):
    paragraph = " ".join(paragraph.split())
    sentence = SENTENCE.match(paragraph)
    words = DEFINED.match(sentence[0] if sentence else paragraph)
    return words[1] if words else ""


def _title_errors(title):
    expected = f"“NAME is a …” with a name of at most {TITLE_LIMIT} characters, or --title."
    if not title:
        yield FileError(1, "the first sentence names no title.", expected)
    elif len(title) > TITLE_LIMIT:
        yield FileError(1, f"the title would have {len(title):,} characters.", expected)


def _label_errors(labels, last):
    counts = Counter(name for _, name in labels)
    seen = set()
    for at, name in labels:
        if name in seen:
            problem = f"the label “{name.capitalize()}” is there twice."
            yield FileError(at + 1, problem, "each of the six labels once.")
        seen.add(name)
    for name in LABELS:
        if name not in counts:
            problem = f"the label “{name.capitalize()}” is missing."
            expected = f"each of {_quoted(LABELS)} alone on a line."
            yield FileError(last, problem, expected)


def _body_errors(bodies, starts):
    for name, lines in bodies.items():
        size = len("\n".join(lines).strip())
        label = name.capitalize()
        if size > SECTION_LIMIT:
            problem = f"the section “{label}” has {size:,} characters."
            yield FileError(starts[name], problem, f"at most {SECTION_LIMIT:,}.")
        elif not size and name == "definition":
            expected = "the definition, before the first label."
            yield FileError(1, "there is no text before the first label.", expected)
        elif not size:
            problem = f"the section “{label}” is empty."
            yield FileError(starts[name], problem, "at least one paragraph below the label.")


def _quoted(names):
    words = [f"“{name.capitalize()}”" for name in names]
    return f"{', '.join(words[:-1])} and {words[-1]}"
