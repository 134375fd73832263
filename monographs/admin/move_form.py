from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime

from monographs import comments, timetable, transitions, workflow

from .fields import parse_version

SAVE = "save"
TYPED = ("note", "at", "interests")


class MoveForm(forms.Form):
    """What goes with a move: a comment, a time for a later one, and the text that was seen."""

    note = forms.CharField(
        label="Comment for the record", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    at = forms.DateTimeField(
        label="At a time",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Give date and time, such as 2027-01-31 09:00."},
    )
    interests = forms.CharField(
        label="Your competing interests",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def for_revision(self, revision):
        """Return the form for a revision as it stands now, with what was typed."""
        typed = {name: self.data.get(name, "") for name in TYPED}
        return MoveForm(initial={**typed, "digest": revision.digest, "seen": revision.version})

    @property
    def is_typed(self):
        return any(self.data.get(name, "").strip() for name in TYPED)

    @property
    def seen_version(self):
        """The version of the revision that the page showed; None if it did not say."""
        seen = self.cleaned_data["seen"]
        return parse_version(seen) if seen else None

    def make(self, name, revision, *, actor, typed=None):
        """Make the named move, or have it made at the time given, and say what is done.

        `typed` is the form of a text that was saved or unchanged just now: then the actor
        has seen the revision, whatever version the page came with. What is sent back needs
        no comment of its own where comments at its places say what has to change.
        """
        if name == SAVE and typed:
            return "saved"
        if name not in transitions.TRANSITIONS:
            raise workflow.TransitionNotAllowed("There is no such move. Use the buttons.")
        note, at = self.cleaned_data["note"], self.cleaned_data["at"]
        if not note and name in transitions.SENT_BACK:
            note = comments.pointer(revision, actor)
        seen = None if typed else self.seen_version
        if at and name in timetable.MOVES:
            timetable.appoint(name, revision, actor=actor, at=at, note=note, seen=seen)
            label = transitions.TRANSITIONS[name].label.lower()
            when = date_format(localtime(at), "j M Y, H:i")
            return f"{transitions.DONE['appoint']}: {label} on {when}"
        workflow.perform(
            name,
            revision,
            actor=actor,
            note=note,
            digest=self.cleaned_data["digest"],
            seen=seen,
            interests=self.cleaned_data["interests"],
        )
        return transitions.DONE[name]

    def place(self, error, else_in):
        """Show a ValidationError by field at the fields of this form, the rest in the other."""
        others = error.message_dict
        for name in list(others):
            if name in self.fields or else_in is None:
                self.add_error(name if name in self.fields else None, others.pop(name))
        if others:
            else_in.place(others)
