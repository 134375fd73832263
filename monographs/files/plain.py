"""Plain text to Markdown that reads the same."""

import re
import string

from monographs.rendering import PARSER

# Behind the last stop of a sentence there may be quotation marks, brackets, note numbers.
SENTENCE_END = re.compile(r"[.!?…](?:[\"'”’»)\]¹²³⁰⁴-⁹]|\s?\[[\d,–-]+\])*$")

# What can begin a block, what can begin something within a line, and everything that
# Markdown lets one escape: https://spec.commonmark.org/0.31.2/#backslash-escapes
BLOCK_START = re.compile(r"^(\d{1,9})?([#>+\-=~*_|`.)])")
INLINE = "\\`*_[<&"
PUNCTUATION = string.punctuation


def as_markdown(lines):
    """Return lines of plain text as Markdown in which a reader sees the very characters.

    Blank lines separate paragraphs. A block of lines that each end like a sentence is a
    paragraph a line, as copied from the web; any other block is wrapped text, one paragraph.
    """
    return "\n\n".join(map(escaped, paragraphs(lines)))


def paragraphs(lines):
    """Return the paragraphs in lines of plain text, each as one line."""
    found = []
    for block in _blocks(lines):
        each = len(block) > 1 and all(map(SENTENCE_END.search, block))
        found += block if each else [" ".join(block)]
    return found


def escaped(paragraph):
    """Return one line of plain text as Markdown, escaped only where it has to be."""
    if _reads_as(paragraph, paragraph):
        return paragraph
    if not _reads_as(_escape(paragraph, INLINE), paragraph):
        return _escape(paragraph, PUNCTUATION)
    needed = INLINE
    for character in INLINE:
        fewer = needed.replace(character, "")
        if _reads_as(_escape(paragraph, fewer), paragraph):
            needed = fewer
    inline = _escape(paragraph, needed, start=False)
    return inline if _reads_as(inline, paragraph) else _escape(paragraph, needed)


def _escape(paragraph, characters, start=True):
    if characters:
        paragraph = re.sub(f"([{re.escape(characters)}])", r"\\\1", paragraph)
    return BLOCK_START.sub(r"\1\\\2", paragraph) if start else paragraph


def _blocks(lines):
    block = []
    for line in [*map(str.strip, lines), ""]:
        if line:
            block.append(line)
        elif block:
            yield block
            block = []


def _reads_as(markdown, text):
    tokens = PARSER.parse(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return False
    words = tokens[1].children
    return all(word.type == "text" for word in words) and (
        "".join(word.content for word in words) == text
    )
