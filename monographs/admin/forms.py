import json
import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from monographs import content, drafts
from monographs.comparing import compare_words
from monographs.merging import merge
from monographs.models import Topic

from .fields import CleanedField, fact_field, parse_version, references_field, section_field

FACT_PREFIX = "fact_"
# JSON can spell them, and no page can show them.
_SURROGATES = re.compile("[\ud800-\udfff]")
BUSY = "The database is busy. Nothing was saved; try again."


@dataclass(frozen=True)
class Both:
    """What two people did to a field since both loaded it, as comparing.Runs of each.

    `outcome` says what the field has: "taken over" what the other one saved, "merged" all that
    both changed, or a "clash", with my text where both changed the same. `text` is the other's.
    """

    outcome: str
    text: str
    mine: list
    theirs: list


class RevisionForm(forms.Form):
    """The text of a draft with its topics, as `text` to be given to monographs.drafts."""

    title = CleanedField(clean=content.clean_title, max_length=content.TITLE_LIMIT)
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where readers find it. They go live with the text.",
    )
    references = references_field()
    change_summary = CleanedField(
        clean=content.clean_summary,
        max_length=content.SUMMARY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What changed since the last revision, and why, in a sentence. Needed from "
        "the second revision on.",
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    loaded = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, revision=None):
        self.revision = revision
        super().__init__(data, initial=initial_values(revision) if revision else None)
        if revision is None:
            del self.fields["version"], self.fields["loaded"], self.fields["change_summary"]
            self.fields["slug"] = forms.SlugField(
                label="Address",
                max_length=100,
                help_text="The last part of the page's address, such as thymosin-alpha-1.",
            )
        for name in content.SECTIONS:
            self.fields[name] = section_field(name)
        for name in content.FACTS:
            self.fields[FACT_PREFIX + name] = fact_field(name)

    def clean(self):
        missing = [name for name in self.fields if name not in self.data and name != "topics"]
        if self.revision and missing:
            raise ValidationError("The form arrived incomplete. Reload the page and try again.")
        return super().clean()

    def clean_version(self):
        return parse_version(self.cleaned_data["version"])

    @property
    def is_changed(self):
        """Whether anything that is typed differs from what is saved now."""
        return bool(self.changed_names)

    @property
    def changed_names(self):
        return [name for name in self.changed_data if name not in ("version", "loaded")]

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

    def merged(self, revision):
        """Return a form for the revision as it stands now, with what was typed put over it.

        A field that only one side changed since it was loaded has that side's value; where
        both did, what both changed, as far as that can be. What the other side changed has
        `both`, and is listed as `changed_meanwhile`.
        """
        data = self.data.copy()
        saved, loaded = initial_values(revision), _loaded(self.data.get("loaded", ""))
        changed = {}
        for name in RevisionForm(self.data, revision=revision).changed_names:
            base, mine, theirs = loaded.get(name), self._typed(name), saved.get(name, "")
            if not _alike(theirs, base):
                value, outcome = _together(name, base, mine, theirs)
                _put(data, name, value)
                before = _text(base or "")
                runs = (compare_words(before, _text(text)) for text in (mine, theirs))
                changed[name] = Both(outcome, _text(theirs), *runs)
        data["version"], data["loaded"] = saved["version"], saved["loaded"]
        form = RevisionForm(data, revision=revision)
        for name, both in changed.items():
            form[name].both = both
        form.changed_meanwhile = [form[name] for name in form.fields if name in changed]
        return form

    def _typed(self, name):
        if name == "topics":
            return self.data.getlist(name)
        return self.data.get(name, "").replace("\r\n", "\n")

    def place(self, messages_by_field):
        """Show messages at their fields, and what has no field on top."""
        for name, messages in messages_by_field.items():
            self.add_error(name if name in self.fields else None, messages)

    def beside(self, boxes):
        """Return the form with the comments on each field beside it, as `box`."""
        for name in content.TEXT_FIELDS:
            if name in self.fields:
                self[name].box = boxes[name]
        return self

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
    values = {
        "title": revision.title,
        "topics": [topic.slug for topic in revision.topics.all()],
        **{name: getattr(revision, name) for name in content.SECTIONS},
        **{FACT_PREFIX + name: _lines(revision.facts.get(name, "")) for name in content.FACTS},
        "references": _references_text(revision.references),
        "change_summary": revision.change_summary,
    }
    return {**values, "version": revision.version, "loaded": json.dumps(values)}


def _lines(value):
    return "\n".join(value) if isinstance(value, list) else value


def _text(value):
    return ", ".join(value) if isinstance(value, list) else value


def _alike(value, base):
    # Spaces at the ends of lines are not kept; all others mean something in Markdown.
    return base is not None and _kept(value) == _kept(base)


def _kept(value):
    return "\n".join(line.rstrip() for line in _text(value).splitlines()).strip()


def _together(name, base, mine, theirs):
    if _alike(mine, base):
        return theirs, "taken over"
    if name not in content.SECTIONS or base is None:
        return mine, "clash"
    text, is_whole = merge(base, mine, theirs)
    return text, "merged" if is_whole else "clash"


def _put(data, name, value):
    if isinstance(value, list):
        data.setlist(name, value)
    else:
        data[name] = value


def _loaded(text):
    """Return the values that a form was loaded with; what makes no sense is left out."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if _is_loadable(name, value)}


def _is_loadable(name, value):
    lines = value if name == "topics" and isinstance(value, list) else [value]
    return all(isinstance(line, str) and not _SURROGATES.search(line) for line in lines)


def _references_text(references):
    return json.dumps(references, ensure_ascii=False, indent=2) if references else ""
