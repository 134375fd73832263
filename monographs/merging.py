"""Two texts that were made from the same one, put together."""

from .comparing import SENTENCES, alignment


def merge(base, mine, theirs):
    """Return the text with what both changed of the base, None where they changed the same.

    All are strings. Sentences and lines are taken or left as a whole: two people at one
    sentence have to look at it themselves. After diff3, https://doi.org/10.1007/978-3-540-77050-3_40
    """
    pieces = [SENTENCES.findall(text) for text in (base, mine, theirs)]
    merged = []
    for old, *changed in _chunks(*pieces):
        kept = [chunk for chunk in changed if chunk != old] or [old]
        if any(chunk != kept[0] for chunk in kept):
            return None
        merged += kept[0]
    return "".join(merged)


def _chunks(base, mine, theirs):
    """Yield lists of pieces of each that belong together, cut where all three are the same."""
    places = [_places(base, other) for other in (mine, theirs)]
    start = (0, 0, 0)
    for at in range(len(base)):
        if all(at in found for found in places):
            here = (at, places[0][at], places[1][at])
            yield _cut((base, mine, theirs), start, here)
            start = tuple(place + 1 for place in here)
            yield [base[at]], [base[at]], [base[at]]
    yield _cut((base, mine, theirs), start, tuple(map(len, (base, mine, theirs))))


def _places(old, new):
    """Return {place in old: place in new} of the pieces that are the same in both."""
    places, i, j = {}, 0, 0
    for is_same, before, after in alignment(old, new):
        if is_same:
            places |= {i + n: j + n for n in range(len(before))}
        i, j = i + len(before), j + len(after)
    return places


def _cut(texts, start, end):
    return tuple(text[a:b] for text, a, b in zip(texts, start, end, strict=True))
