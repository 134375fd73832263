"""Two texts that were made from the same one, put together."""

from dataclasses import dataclass

from .comparing import SENTENCES, alignment


@dataclass(frozen=True)
class Edit:
    """That pieces `start` to `end` of the base became others; an insertion, if these are none."""

    start: int
    end: int
    pieces: tuple

    def clashes_with(self, other):
        """Say whether the two are about the same place. An insertion also clashes beside it."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


def merge(base, mine, theirs):
    """Return (text, is_whole): the base with all that I changed, and what they did elsewhere.

    All are strings. Sentences and lines are taken or left as a whole: where both changed the
    same one, or one right beside it was put in, mine stays, and `is_whole` is false.
    """
    pieces = SENTENCES.findall(base)
    ours, others = (_edits(pieces, SENTENCES.findall(text)) for text in (mine, theirs))
    clashing = {
        other for other in others - ours if any(other.clashes_with(one) for one in ours - others)
    }
    edits = ours | others - clashing
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        pieces[edit.start : edit.end] = edit.pieces
    return "".join(pieces), not clashing


def _edits(old, new):
    """Return the set of Edits that lead from one list of pieces to another."""
    edits, place = set(), 0
    for is_same, before, after in alignment(old, new):
        if not is_same:
            edits.add(Edit(place, place + len(before), tuple(after)))
        place += len(before)
    return edits
