from django import forms

from monographs import comments, content

from .fields import CleanedField

# What a button says: keep the comments that are typed, or mark the one that is named as resolved.
KEEP = "comment"
RESOLVE = "resolve:"


class CommentForm(forms.Form):
    """A box at each place of a text for what one has to say about it."""

    prefix = "comment"

    def __init__(self, data=None):
        super().__init__(data)
        for place, name in comments.NAMES.items():
            self.fields[place] = CleanedField(
                clean=content.clean_prose,
                label=f"Comment on {name}",
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def is_typed(self):
        return any(self[place].value() for place in self.fields)

    def keep(self, revision, *, author):
        """Keep what is typed through monographs.comments; return the Comments."""
        return [
            comments.comment(revision, author, place, text)
            for place, text in self.cleaned_data.items()
            if text
        ]

    def beside(self, threads):
        """Return the form with each box beside what was said at its place, as `thread`."""
        for place, thread in threads.items():
            self[place].thread = thread
        return self
