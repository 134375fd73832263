"""The form in which what people type is kept: nothing invisible, nothing without end."""

import re
import unicodedata

from django.core.exceptions import ValidationError

# Cc: controls, among them NUL, which PostgreSQL cannot store; Cs: lone surrogates, which UTF-8
# cannot write; and what makes a text read in another direction than it is written.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
PROSE_LIMIT = 20_000


def clean_line(value, limit):
    """Return a line in NFC, with single spaces; raise ValidationError beyond `limit` letters."""
    value = str(value) if isinstance(value, int) else value
    if not isinstance(value, str):
        raise ValidationError(f"{value!r} is not a line of text.")
    value = " ".join(unicodedata.normalize("NFC", value).split())
    return _checked(value, limit, allowed="")


def clean_prose(value, limit=PROSE_LIMIT):
    """Return a text of many lines with Unix line ends, in NFC, without trailing spaces.

    "" if nobody would see any of it. Raises ValidationError beyond `limit` letters.
    """
    lines = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    value = "\n".join(line.rstrip() for line in lines.split("\n")).strip()
    value = _checked(value, limit, allowed="\n\t")
    return value if is_visible(value) else ""


def is_visible(value):
    """Say whether a text has letters, digits, marks or signs, and not only what has no form."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in value)


def _checked(value, limit, allowed):
    _refuse_control_characters(value, allowed)
    if len(value) > limit:
        raise ValidationError(
            f"This has {len(value):,} characters; it may have {limit:,}. Shorten it."
        )
    return value


def _refuse_control_characters(value, allowed):
    for match in CONTROL.finditer(value):
        if match[0] not in allowed:
            raise ValidationError(
                f"There is an invisible control character (U+{ord(match[0]):04X}) in this "
                f"text. Delete it, or type the passage anew."
            )
