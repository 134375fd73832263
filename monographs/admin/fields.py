import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from monographs import content

FACT_HELP = {
    "sequence": "One-letter codes without spaces; “ / ” between chains; X for a residue "
    "without a code of its own.",
    "modifications": "Such as “N-terminal acetylation; C-terminal amide”.",
    "synonyms": "One a line.",
    "cas_number": "Such as 62304-98-7; the check digit is verified.",
    "pubchem_cid": "Such as 16130571.",
    "uniprot_accession": "Such as P06454.",
    "atc_code": "Fifth level, such as A10BJ06.",
    "regulatory_status": "One a line, such as “Not approved by the US FDA”.",
}


class CleanedField(forms.CharField):
    """A text that monographs.content cleans, so that it is kept alike from wherever it comes."""

    def __init__(self, *, clean, **kwargs):
        super().__init__(strip=False, required=False, **kwargs)
        self.clean_content = clean

    def clean(self, value):
        return self.clean_content(super().clean(value))

    def has_changed(self, initial, data):
        # Browsers send other line ends than are kept.
        try:
            return self.clean_content(initial or "") != self.clean_content(data or "")
        except ValidationError:
            return True


def section_field(name):
    return CleanedField(
        clean=content.cleaner(name),
        help_text=content.SECTIONS[name],
        widget=forms.Textarea(attrs={"rows": 8}),
    )


def fact_field(name):
    many = name in content.FACT_LISTS

    def clean(value):
        return content.clean_fact(name, value.splitlines() if many else value)

    return CleanedField(
        clean=clean,
        label=capfirst(content.FACTS[name]),
        help_text=FACT_HELP[name],
        widget=forms.Textarea(attrs={"rows": 3}) if many else forms.TextInput,
    )


def references_field():
    return CleanedField(
        clean=lambda value: content.clean_references(parse_references(value)),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
        help_text="A list of CSL-JSON items, as reference managers export it. Each needs an id, "
        'a type and a title, such as [{"id": "goldstein1977", "type": "article-journal", '
        '"title": "…"}]; cite it in a section as [@goldstein1977].',
    )


def parse_version(value):
    """Return the version that a hidden field carries, 0 for what can be none."""
    small = value.isascii() and value.isdecimal() and len(value) < 10
    return int(value) if small else 0


def parse_references(value):
    """Return the JSON list that was typed; raise ValidationError with the place of a slip."""
    if not value.strip():
        return []
    try:
        return json.loads(value, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        raise ValidationError(
            f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}. "
            "Mend that place; a reference manager can export CSL-JSON."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValidationError("This is JSON, but no list of CSL-JSON items.") from error


def _without_repetition(pairs):
    item = dict(pairs)
    if len(item) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValidationError(f"A reference has “{ascii(twice)[1:-1]}” twice. Keep one of them.")
    return item
