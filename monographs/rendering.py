"""Markdown to sanitised HTML, with numbered citations and a formatted reference list."""

import re
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt

from peptidesite.cleaning import is_visible

from . import citations
from .content import SECTIONS

# Pandoc's citations, https://pandoc.org/MANUAL.html#citation-syntax, without its locators:
# what stands between the brackets is split at semicolons and kept as the keys.
CITATION = re.compile(r"\[@([^\[\]]+)\]")

CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre"),
        *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
        *("a", "em", "strong", "code", "sup"),
    },
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    allowed_classes={"sup": {"citation"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


def citation_keys(markdown):
    """Return the keys cited in a section, each once, in order of first appearance."""
    keys = [
        key
        for block in PARSER.parse(markdown)
        for token in block.children or []
        if token.type == "citation"
        for key in token.meta["keys"]
    ]
    return list(dict.fromkeys(keys))


def is_blank(markdown):
    """Say whether a section has nothing that a reader would see."""
    html = PARSER.render(markdown, {"numbers": {}})
    seen = unescape(nh3.clean(html, tags=set()))
    return not is_visible(seen)


def render(text):
    """Return {"sections": {name: HTML}, "references": [{"key", "number", "html"}, …]}.

    `text` maps content.TEXT_FIELDS to their cleaned values. Empty sections are left out.
    References are numbered by first citation over the sections in reading order, and only
    those that are cited are listed.
    """
    items = {item["id"]: item for item in text["references"]}
    cited = [key for name in SECTIONS for key in citation_keys(text[name]) if key in items]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(cited), 1)}
    formatted = citations.format_references([items[key] for key in numbers])
    return {
        "sections": {
            name: CLEANER.clean(PARSER.render(text[name], {"numbers": numbers}))
            for name in SECTIONS
            if text[name]
        },
        "references": [
            {"key": key, "number": number, "html": html}
            for (key, number), html in zip(numbers.items(), formatted, strict=True)
        ],
    }


def _make_parser():
    # https://spec.commonmark.org/ and tables. Raw HTML stays text; a line of dashes under
    # a paragraph makes no heading, since sections begin theirs at the third level.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.enable("table").disable(["lheading", "image", "html_block", "html_inline"])
    parser.inline.ruler.before("link", "citation", _parse_citation)
    parser.block.ruler.at("reference", _unless_citation(parser))
    parser.core.ruler.push("heading_levels", _lower_headings)
    parser.add_render_rule("citation", _render_citation)
    return parser


def _parse_citation(state, silent):
    match = CITATION.match(state.src, state.pos, state.posMax)
    keys = match and [key.strip().removeprefix("@") for key in match[1].split(";")]
    if not match or not all(keys):
        return False
    if not silent:
        # The mark stands close to its word, so that no line breaks between them.
        state.pending = state.pending.rstrip(" ")
        state.push("citation", "", 0).meta = {"keys": keys}
    state.pos = match.end()
    return True


def _unless_citation(parser):
    # “[@key]: see there” would else define a link of this name, and vanish.
    names = parser.block.ruler.get_active_rules()
    rule = parser.block.ruler.getRules("")[names.index("reference")]

    def define(state, start, end, silent):
        at = state.bMarks[start] + state.tShift[start]
        return not state.src.startswith("[@", at) and rule(state, start, end, silent)

    return define


def _lower_headings(state):
    for token in state.tokens:
        if token.tag in ("h1", "h2"):
            token.tag = "h3"


def _render_citation(renderer, tokens, index, options, env):
    return "".join(_mark(key, env["numbers"].get(key)) for key in tokens[index].meta["keys"])


def _mark(key, number):
    if number is None:
        return escape(f"[@{key}]")
    return f'<sup class="citation"><a href="#ref-{escape(key)}">[{number}]</a></sup>'


PARSER = _make_parser()
