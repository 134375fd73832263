import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from monographs import content, drafts
from monographs.models import Topic

FACT_PREFIX = "fact_"
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
REFERENCES_HELP = (
    "A list of CSL-JSON items, as reference managers export it. Each needs an id, a type "
    "and a title; cite it in a section as [@id]."
)


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


class RevisionForm(forms.Form):
    """The text of a draft with its topics, as `text` to be given to monographs.drafts."""

    title = CleanedField(clean=content.clean_title, max_length=content.TITLE_LIMIT)
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where readers find it. They go live with the text.",
    )
    references = CleanedField(
        clean=lambda value: content.clean_references(parse_references(value)),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "code"}),
        help_text=REFERENCES_HELP,
    )
    change_summary = CleanedField(
        clean=content.clean_summary,
        max_length=content.SUMMARY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What changed since the last revision, and why, in a sentence. Needed from "
        "the second revision on.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, revision=None):
        self.revision = revision
        super().__init__(data, initial=initial_values(revision) if revision else None)
        if revision is None:
            del self.fields["version"], self.fields["change_summary"]
            self.fields["slug"] = forms.SlugField(
                label="Address",
                max_length=100,
                help_text="The last part of the page's address, such as thymosin-alpha-1.",
            )
        for name, help_text in content.SECTIONS.items():
            self.fields[name] = CleanedField(
                clean=content.cleaner(name),
                help_text=help_text,
                widget=forms.Textarea(attrs={"rows": 8}),
            )
        for name, label in content.FACTS.items():
            self.fields[FACT_PREFIX + name] = _fact_field(name, label)

    def save(self, *, author):
        """Save the draft through monographs.drafts.save, with its errors."""
        return drafts.save(
            self.revision,
            author=author,
            version=self.cleaned_data["version"],
            text=self.text,
            topics=self.cleaned_data["topics"],
            change_summary=self.cleaned_data["change_summary"],
        )

    def show_theirs(self):
        """Give each field that differs from what is saved now the saved value as `theirs`."""
        saved = initial_values(self.revision)
        for name in set(self.changed_data) - {"version"}:
            theirs = saved.get(name, "")
            if name == "topics":
                theirs = ", ".join(str(topic) for topic in theirs)
            self[name].theirs = theirs or "(empty)"

    @property
    def is_changed(self):
        """Whether anything but the version differs from what is saved now."""
        return bool(set(self.changed_data) - {"version"})

    @property
    def text(self):
        """The cleaned text as content.TEXT_FIELDS by name."""
        return {
            "title": self.cleaned_data["title"],
            **{name: self.cleaned_data[name] for name in content.SECTIONS},
            "facts": {
                name: value
                for name in content.FACTS
                if (value := self.cleaned_data[FACT_PREFIX + name])
            },
            "references": self.cleaned_data["references"],
        }

    def place(self, messages_by_field):
        """Show messages at their fields, and what has no field on top."""
        for name, messages in messages_by_field.items():
            self.add_error(name if name in self.fields else None, messages)

    @property
    def heading_fields(self):
        return [self[name] for name in ("title", "slug", "topics") if name in self.fields]

    @property
    def section_fields(self):
        return [self[name] for name in content.SECTIONS]

    @property
    def fact_fields(self):
        return [self[FACT_PREFIX + name] for name in content.FACTS]

    @property
    def source_fields(self):
        names = ("references", "change_summary")
        return [self[name] for name in names if name in self.fields]


def initial_values(revision):
    """Return what the form of a revision shows before anything is typed."""
    return {
        "title": revision.title,
        "topics": list(revision.topics.all()),
        **{name: getattr(revision, name) for name in content.SECTIONS},
        **{
            FACT_PREFIX + name: "\n".join(value) if name in content.FACT_LISTS else value
            for name, value in revision.facts.items()
        },
        "references": _references_text(revision.references),
        "change_summary": revision.change_summary,
        "version": revision.version,
    }


def parse_references(value):
    """Return the JSON list that was typed; raise ValidationError with the place of a slip."""
    if not value.strip():
        return []
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ValidationError(
            f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}. "
            "Mend that place; a reference manager can export CSL-JSON."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValidationError("This is JSON, but no list of CSL-JSON items.") from error


def _references_text(references):
    return json.dumps(references, ensure_ascii=False, indent=2) if references else ""


def _fact_field(name, label):
    many = name in content.FACT_LISTS

    def clean(value):
        return content.clean_fact(name, value.splitlines() if many else value)

    return CleanedField(
        clean=clean,
        label=capfirst(label),
        help_text=FACT_HELP[name],
        widget=forms.Textarea(attrs={"rows": 3}) if many else forms.TextInput,
    )
