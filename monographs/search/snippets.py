"""The piece of a text that shows why it was found."""

from .words import WORD, fold, stem

BEFORE, LENGTH = 8, 32  # words


def snippet(text, words):
    """Return a piece of the text as a list of (str, whether it is a word that was asked for).

    It begins shortly before the first such word, or where the text does. `words` is what
    ranking.ranked takes.
    """
    found = list(WORD.finditer(text, 0, 20_000))
    first = next((n for n, match in enumerate(found) if _is_asked(match[0], words)), 0)
    start = max(first - BEFORE, 0)
    shown = found[start : start + LENGTH]
    if not shown:
        return []
    parts, at = [], shown[0].start()
    for match in shown:
        if _is_asked(match[0], words):
            parts += [(text[at : match.start()], False), (match[0], True)]
            at = match.end()
    is_cut = start + LENGTH < len(found)
    end = shown[-1].end() if is_cut else len(text)
    parts.append((text[at:end], False))
    if start:
        parts.insert(0, ("… ", False))
    if is_cut:
        parts.append((" …", False))
    return [(part if is_asked else _spaced(part), is_asked) for part, is_asked in parts if part]


def _is_asked(word, words):
    return any(
        stem(word) == wanted or (prefix and fold(word).startswith(prefix))
        for wanted, prefix in words
    )


def _spaced(part):
    """Return the text with single spaces, also where it begins and ends with some."""
    inner = " ".join(part.split())
    before = " " if part[:1].isspace() else ""
    after = " " if part[-1:].isspace() and inner else ""
    return f"{before}{inner}{after}"
