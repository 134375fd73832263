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
    """Return the text with what both changed of the base, None where they changed the same.

    All are strings. Sentences and lines are taken or left as a whole: two people at one
    sentence have to look at it themselves.
    """
    pieces = SENTENCES.findall(base)
    ours, others = (_edits(pieces, SENTENCES.findall(text)) for text in (mine, theirs))
    if any(one.clashes_with(other) for one in ours - others for other in others - ours):
        return None
    for edit in sorted(ours | others, key=lambda edit: edit.start, reverse=True):
        pieces[edit.start : edit.end] = edit.pieces
    return "".join(pieces)


def _edits(old, new):
    """Return the set of Edits that lead from one list of pieces to another."""
    edits, place = set(), 0
    for is_same, before, after in alignment(old, new):
        if not is_same:
            edits.add(Edit(place, place + len(before), tuple(after)))
        place += len(before)
    return edits
