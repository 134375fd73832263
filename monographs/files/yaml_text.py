"""The part of YAML that front matter is written in: no tags, no anchors, no guessing.

Unquoted, only whole numbers, true, false and null are anything but text, as in the core
schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema) without its other numbers.
So “no”, “1e3”, “12:30” and dates stay what was typed.
"""

import re

import yaml
from frontmatter.default_handlers import SafeLoader, YAMLHandler

from .entry import FileError, FileRefused

DEPTH = 12
TOO_DEEP = "this is nested too deep.", f"at most {DEPTH} levels."
INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,15})", re.ASCII)
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class FrontMatter(YAMLHandler):
    """How python-frontmatter finds, reads and writes the front matter of our files."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def load(self, fm):
        """Return (values, lines) of front matter, by key; raise FileRefused."""
        return load(fm)


def load(text):
    """Return (values, lines) of a YAML mapping: what stands at each key, and in which line.

    Lines count from 1. Raises FileRefused.
    """
    events = yaml.parse(text, Loader=SafeLoader)
    try:
        return _document(events)
    except yaml.YAMLError as error:
        raise FileRefused(_yaml_error(error)) from error


def _yaml_error(error):
    problem = getattr(error, "problem", None) or "it is not readable"
    # A quotation mark that is never closed is told by where it was opened.
    is_open = "end of stream" in problem
    mark = getattr(error, "context_mark" if is_open else "problem_mark", None)
    if "nesting" in problem:
        # Newer parsers give up on their own, before we count.
        return FileError(mark.line + 1, *TOO_DEEP)
    expected = "YAML; put a text with special characters in quotation marks."
    return FileError(mark.line + 1 if mark else 1, f"this is no YAML: {problem}.", expected)


def _document(events):
    event = next(event for event in events if not _opens(event))
    if isinstance(event, yaml.StreamEndEvent):
        return {}, {}
    if not isinstance(event, yaml.MappingStartEvent):
        raise _refusal(event, "the front matter is no mapping.", "lines such as “title: NAME”.")
    lines = {}
    values = _mapping(event, events, 1, lines)
    for event in events:
        if not isinstance(event, yaml.DocumentEndEvent | yaml.StreamEndEvent):
            raise _refusal(event, "a second document begins here.", "one.")
    return values, lines


def _opens(event):
    return isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent)


def _value(event, events, depth):
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
        raise _refusal(event, "there is an anchor, an alias or a tag.", "the value in full.")
    if depth > DEPTH:
        raise _refusal(event, *TOO_DEEP)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(event, events, depth, {})
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(item, events, depth + 1) for item in _until_end(events)]
    return _scalar(event)


def _mapping(event, events, depth, lines):
    if event.anchor or event.tag:
        raise _refusal(event, "there is an anchor or a tag.", "the value in full.")
    values = {}
    for key in _until_end(events):
        if not isinstance(key, yaml.ScalarEvent) or key.anchor or key.tag:
            raise _refusal(key, "a key is not a word.", "lines such as “title: NAME”.")
        if key.value in values:
            raise _refusal(key, f"the key “{key.value}” is there twice.", "each key once.")
        lines[key.value] = key.start_mark.line + 1
        values[key.value] = _value(next(events), events, depth + 1)
    return values


def _until_end(events):
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            return
        yield event


def _scalar(event):
    plain, _ = event.implicit
    if plain and INTEGER.fullmatch(event.value):
        return int(event.value)
    if plain and event.value.lower() in WORDS:
        return WORDS[event.value.lower()]
    return event.value


def _refusal(event, problem, expected):
    return FileRefused(FileError(event.start_mark.line + 1, problem, expected))
