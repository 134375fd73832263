"""A file to the Entry in it, whichever of the two formats it is in."""

import re
from codecs import BOM_UTF8
from dataclasses import replace

from django.core.exceptions import ValidationError

from monographs import content

from .entry import FileError, FileRefused
from .labelled import parse_labelled
from .markdown import parse_markdown

SIZE_LIMIT = 1_000_000
# Those of category Cc, but for the ends of lines and tabulators.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TEXT_EXPECTED = "plain text or Markdown, saved as UTF-8."


def read_file(path, title=None):
    """Return the Entry in the file at a path; raise FileRefused, also where it cannot be read."""
    try:
        with open(path, "rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise FileRefused(FileError(None, "there is no such file.")) from error
    except IsADirectoryError as error:
        problem = "this is a folder."
        raise FileRefused(FileError(None, problem, "a file, or several.")) from error
    except PermissionError as error:
        raise FileRefused(FileError(None, "you may not read this file.")) from error
    except OSError as error:
        raise FileRefused(FileError(None, f"it cannot be read: {error.strerror}.")) from error
    return read(data, title)


def read(data, title=None):
    """Return the Entry in the bytes of a file, its parts cleaned; raise FileRefused.

    `title` stands for the one in the file. A first line “---” makes it Markdown with front
    matter, anything else labelled text.
    """
    text = _decoded(data)
    if title is not None:
        title = " ".join(title.split()) or None
    is_markdown = text.split("\n", 1)[0].rstrip() == "---"
    entry = (parse_markdown if is_markdown else parse_labelled)(text, title)
    return _cleaned(entry)


def refusal(error, lines):
    """Return a ValidationError by field as a FileRefused, given the line of each field."""
    messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return FileRefused(
        *(FileError(lines.get(name), text) for name, texts in messages.items() for text in texts)
    )


def _decoded(data):
    if len(data) > SIZE_LIMIT:
        raise FileRefused(
            FileError(None, "this file is too large.", f"at most {SIZE_LIMIT:,} bytes.")
        )
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = _unix(error.object[: error.start].decode()).count("\n") + 1
        problem = f"the byte 0x{error.object[error.start]:02X} is not UTF-8."
        if b"\0" in data:
            problem = "this is not a text."
        raise FileRefused(FileError(line, problem, TEXT_EXPECTED)) from error
    text = _unix(text)
    if not text.strip():
        raise FileRefused(FileError(1, "this file is empty.", TEXT_EXPECTED))
    if match := CONTROL.search(text):
        line = text.count("\n", 0, match.start()) + 1
        problem = f"this is not a text: it has the control character U+{ord(match[0]):04X}."
        raise FileRefused(FileError(line, problem, TEXT_EXPECTED))
    return text


def _unix(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cleaned(entry):
    cleaners = {name: content.cleaner(name) for name in entry.parts}
    values = {**entry.parts, "change_summary": entry.change_summary}
    cleaned, errors = {}, []
    for name, value in values.items():
        try:
            cleaned[name] = cleaners.get(name, content.clean_summary)(value)
        except ValidationError as error:
            errors += refusal(ValidationError({name: error.messages}), entry.lines).errors
    if errors:
        raise FileRefused(*sorted(errors, key=lambda error: error.line or 0))
    sections = {name: cleaned.pop(name) for name in entry.sections}
    return replace(entry, sections=sections, **cleaned)
