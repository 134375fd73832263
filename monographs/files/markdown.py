"""Markdown with front matter: the file that a whole monograph is exchanged in."""

import frontmatter

from monographs.content import FACTS, RESERVED_HEADING, SECTIONS

from .entry import Entry, FileError, FileRefused
from .yaml_text import FrontMatter

# The keys of the front matter, in the order they are written, and what stands at each.
KEYS = {
    "title": (str, "a line of text"),
    "slug": (str, "a line of text"),
    "change_summary": (str, "a line of text"),
    "topics": (list, "a list, “[]” for none"),
    "synonyms": (list, "a list, “[]” for none"),
    "facts": (dict, "a mapping, “{}” for none"),
    "references": (list, "a list of CSL-JSON items, “[]” for none"),
}
LINES = ("topics", "synonyms")

# Keys of CSL-JSON in the order that a reader looks for them; the others follow by name.
CSL_ORDER = [
    *("id", "type", "title", "family", "given", "literal", "author", "editor"),
    *("container-title", "publisher", "publisher-place", "issued", "volume", "issue"),
    *("page", "DOI", "PMID", "PMCID", "URL"),
]

HANDLER = FrontMatter()


def parse_markdown(text, title=None):
    """Return the Entry that Markdown with front matter makes.

    `title` stands for the one in the front matter. Raises FileRefused.
    """
    try:
        head, body = HANDLER.split(text)
    except ValueError as error:
        expected = "a second line “---” below the front matter."
        raise FileRefused(FileError(1, "the front matter has no end.", expected)) from error
    values, lines = HANDLER.load(head)
    first = text.count("\n", 0, len(text) - len(body)) + 1
    sections, starts, errors = _sections(body.split("\n"), first)
    if title is not None:
        values["title"] = title
    errors = [*_value_errors(values, lines), *errors]
    if errors:
        raise FileRefused(*sorted(errors, key=lambda error: error.line))
    return _entry(values, sections, {"title": 1, **lines, **starts})


def write_markdown(*, title, slug, topics, change_summary, sections, facts, references):
    """Return a monograph as Markdown with front matter, which parse_markdown reads."""
    facts = {name: facts[name] for name in FACTS if name in facts}
    values = {
        "title": title,
        "slug": slug,
        "change_summary": change_summary,
        "topics": topics,
        "synonyms": facts.pop("synonyms", []),
        "facts": facts,
        "references": [_in_order(item) for item in references],
    }
    if not change_summary:
        del values["change_summary"]
    body = "\n\n".join(f"## {name.capitalize()}\n\n{sections[name]}" for name in SECTIONS)
    post = frontmatter.Post(body, HANDLER, **values)
    return frontmatter.dumps(post, sort_keys=False, width=2**30) + "\n"


def _entry(values, sections, lines):
    facts = values.get("facts")
    if "synonyms" in values:
        facts = {**(facts or {}), "synonyms": values["synonyms"]}
        lines.setdefault("facts", lines["synonyms"])
    return Entry(
        title=str(values["title"]),
        slug=str(values["slug"]) if "slug" in values else None,
        topics=list(map(str, values["topics"])) if "topics" in values else None,
        change_summary=str(values.get("change_summary", "")),
        sections=sections,
        facts=facts,
        references=values.get("references"),
        lines=lines,
    )


def _value_errors(values, lines):
    for key, value in values.items():
        line = lines.get(key, 1)
        if key not in KEYS:
            yield FileError(line, f"there is no key “{key}”.", f"{', '.join(KEYS)}.")
        elif not _fits(key, value):
            yield FileError(line, f"“{key}” is not as it should be.", f"{KEYS[key][1]}.")
    if "title" not in values:
        yield FileError(1, "the front matter has no title.", "a line “title: NAME”.")
    facts = values.get("facts")
    if isinstance(facts, dict) and "synonyms" in facts:
        yield FileError(
            lines["facts"], "synonyms are among the facts.", "a key “synonyms” of its own."
        )


def _fits(key, value):
    kind, _ = KEYS[key]
    if kind is str:
        return _is_line(value)
    if not isinstance(value, kind):
        return False
    return key not in LINES or all(map(_is_line, value))


def _is_line(value):
    is_text = isinstance(value, str | int) and not isinstance(value, bool)
    return is_text and bool(str(value).strip())


def _sections(lines, first):
    """Return the sections of a body, the line each begins in, and the errors in it."""
    bodies, starts, errors, name = {}, {}, [], None
    for number, line in enumerate(lines, first):
        heading = RESERVED_HEADING.match(line)
        if heading and heading[0].count("#") == 2:
            words = " ".join(line.split()).strip("#: ")
            errors += _heading_errors(number, words, starts)
            name = words.casefold()
            starts.setdefault(name, number)
            bodies.setdefault(name, [])
        elif heading:
            expected = "“##” for a section, “###” and more inside one."
            errors.append(FileError(number, "there is a heading with one #.", expected))
        elif name is not None:
            bodies[name].append(line)
        elif line.strip():
            expected = "“## Definition” and the six others, with the text below each."
            errors.append(FileError(number, "there is text before the first section.", expected))
            bodies[name := ""] = []
    sections = {name: "\n".join(bodies.get(name, [])).strip() for name in SECTIONS}
    last = first + len("\n".join(lines).rstrip().split("\n")) - 1
    return sections, starts, [*errors, *_gaps(sections, starts, last)]


def _heading_errors(number, words, starts):
    if words.casefold() not in SECTIONS:
        names = ", ".join(map(str.capitalize, SECTIONS))
        yield FileError(number, f"there is no section “{words}”.", f"{names}.")
    elif words.casefold() in starts:
        yield FileError(
            number, f"the section “{words}” is there twice.", "each of the seven once."
        )


def _gaps(sections, starts, last):
    for name, markdown in sections.items():
        heading = f"## {name.capitalize()}"
        if name not in starts:
            yield FileError(last, f"the section “{heading}” is missing.", "all seven sections.")
        elif not markdown:
            problem = f"the section “{heading}” is empty."
            yield FileError(starts[name], problem, "its text below the heading.")


def _in_order(value):
    if isinstance(value, dict):
        known = [key for key in CSL_ORDER if key in value]
        keys = known + sorted(key for key in value if key not in known)
        return {key: _in_order(value[key]) for key in keys}
    return [_in_order(item) for item in value] if isinstance(value, list) else value
