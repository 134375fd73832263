"""Markdown to sanitised HTML, with numbered citations and a formatted reference list."""

import re


def citation_keys(markdown):
    """Return the reference ids cited in a section, in order of appearance."""
    return re.findall(r"\[@([^\]]+)\]", markdown)


def render(text):
    """Return {"sections": {name: HTML}, "references": [...]} of a text."""
    return {"sections": {}, "references": []}
