from typing import NamedTuple

from .comment_form import CommentForm
from .forms import RevisionForm
from .move_form import MoveForm


class PageForms(NamedTuple):
    """What the page of a revision sends at once: its text if it is edited, a move, comments."""

    text: RevisionForm | None
    move: MoveForm
    comments: CommentForm

    @classmethod
    def posted(cls, data, revision):
        """Return the forms with what a page sent, as it stands there."""
        text = RevisionForm(data, revision=revision) if "version" in data else None
        return cls(text, MoveForm(data), CommentForm(data))

    def are_valid(self, typed):
        """Say whether all is as it should be; `typed` is the text, None where it is not asked."""
        forms = [form for form in (typed, self.move, self.comments) if form]
        # Each says what is wrong with it, not only the first.
        return not [form for form in forms if not form.is_valid()]
