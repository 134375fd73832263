"""References as readers see them: CSL-JSON formatted by a CSL style, with links."""

import re
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

import nh3
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc.formatter import plain
from citeproc.source.json import CiteProcJSON

STYLE = Path(__file__).with_name("citation-style.csl")

TEXTS = ("title", "container-title", "edition", "publisher", "publisher-place")
TEXTS += ("volume", "issue", "page")
NAMES = ("author", "editor")
NAME_PARTS = ("family", "given", "suffix", "dropping-particle", "non-dropping-particle")

# https://www.crossref.org/blog/dois-and-matching-regular-expressions/
DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
PMID = re.compile(r"(?:PMID:?\s*)?([1-9]\d{0,8})", re.ASCII | re.IGNORECASE)

# The markup that CSL-JSON allows in a text:
# https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html#html-like-formatting-tags
RICH_TEXT = re.compile(r"&lt;(/?(?:i|b|sub|sup))&gt;")
SPAN = re.compile(r"</?span[^>]*>", re.IGNORECASE)

CLEANER = nh3.Cleaner(
    tags={"i", "b", "sub", "sup", "a"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer",
)


def format_references(items):
    """Return the HTML of each CSL-JSON item, as content.clean_references returns them.

    What an item states in another form than CSL-JSON's is shown where it can be read, and
    left out otherwise; nothing in it makes HTML but the four tags of CSL's rich text.
    """
    if not items:
        return []
    formatted = _format([_csl(item) for item in items])
    return [
        " ".join(CLEANER.clean(part) for part in [_rich_text(line), *_links(item)])
        for line, item in zip(formatted, items, strict=True)
    ]


def _format(items):
    # The style is read anew each time, in a millisecond: citeproc keeps state in it. It
    # lower-cases ids, so the items go by their numbers.
    numbered = [{"id": str(number), **item} for number, item in enumerate(items)]
    style = CitationStylesStyle(str(STYLE), validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(numbered), plain)
    bibliography.register(Citation([CitationItem(item["id"]) for item in numbered]))
    return [str(line) for line in bibliography.bibliography()]


def _csl(item):
    texts = {name: _text(item.get(name)) for name in TEXTS}
    names = {name: _names(item.get(name)) for name in NAMES}
    stated = {**texts, **names, "issued": _date(item.get("issued"))}
    stated["title"] = stated["title"] or item["id"]
    return {"type": item["type"], **{name: value for name, value in stated.items() if value}}


def _text(value):
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return SPAN.sub("", str(value)).strip()


def _names(value):
    people = value if isinstance(value, list) else [value]
    return [name for name in map(_name, people) if name]


def _name(person):
    if not isinstance(person, dict):
        return {"literal": _text(person)} if _text(person) else None
    if literal := _text(person.get("literal")):
        return {"literal": literal}
    parts = {part: _text(person[part]) for part in NAME_PARTS if _text(person.get(part))}
    if "given" in parts:
        parts["given"] = _spaced_initials(parts["given"])
    return parts if "family" in parts or "given" in parts else None


def _spaced_initials(given):
    # citeproc takes the first letter of each word, so “DW” would lose its second.
    if len(given) <= 3 and given.isalpha() and given.isupper():
        return " ".join(given)
    return given


def _date(value):
    if isinstance(value, dict):
        years = [_year(part) for part in _as_list(value.get("date-parts"))]
        stated = [_text(value.get(name)) for name in ("literal", "raw", "year")]
        value = "–".join(dict.fromkeys(filter(None, years))) or next(filter(None, stated), "")
    text = _text(value)
    return {"literal": text} if text else None


def _year(part):
    parts = _as_list(part)
    return _text(parts[0]) if parts else ""


def _as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def _rich_text(line):
    # A title that ends in a question mark needs no full stop.
    line = line.replace("?. ", "? ").replace("!. ", "! ")
    return RICH_TEXT.sub(r"<\1>", escape(line, quote=False))


def _links(item):
    links = []
    if doi := DOI.fullmatch(_text(item.get("DOI"))):
        address = f"https://doi.org/{quote(doi[1], safe='/:;().-_~,')}"
        links.append(_link(address, f"doi:{doi[1]}"))
    if pmid := PMID.fullmatch(_text(item.get("PMID"))):
        links.append(_link(f"https://pubmed.ncbi.nlm.nih.gov/{pmid[1]}/", f"PMID {pmid[1]}"))
    address = _text(item.get("URL"))
    if not links and _is_web_address(address):
        links.append(_link(address, address))
    return links


def _is_web_address(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address


def _link(address, label):
    return f'<a href="{escape(address)}">{escape(label, quote=False)}</a>'
