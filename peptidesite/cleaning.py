"""The form in which what people type is kept: nothing invisible, nothing without end."""

import unicodedata

from django.core.exceptions import ValidationError

BIDIRECTIONAL_CONTROLS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
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
    # Cc: controls, among them NUL, which PostgreSQL cannot store; Cs: lone surrogates,
    # which UTF-8 cannot write. The bidirectional ones make a text read as it is not.
    for character in value:
        control = unicodedata.category(character) in ("Cc", "Cs") or (
            unicodedata.bidirectional(character) in BIDIRECTIONAL_CONTROLS
        )
        if control and character not in allowed:
            raise ValidationError(
                f"There is an invisible control character (U+{ord(character):04X}) in this "
                f"text. Delete it, or type the passage anew."
            )
