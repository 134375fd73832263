import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from monographs import content
from monographs.files.entry import FileRefused
from monographs.files.markdown import write_markdown
from monographs.files.reading import read

HEAD = """\
---
title: "Thymosin: Alpha-1"
slug: ta1
change_summary: Clearer.
topics:
- Immunology
synonyms: [Thymalfasin, Tα1]
facts:
  cas_number: 62304-98-7
  pubchem_cid: 16130571
references:
- id: goldstein1977
  type: article-journal
  title: Isolation
  volume: 012
  issue: no
  issued:
    date-parts: [[1977]]
---
"""
BODY = "\n" + "\n\n".join(
    f"## {name.capitalize()}\n\nText of the {name}." for name in content.SECTIONS
)
FILE = HEAD + BODY + "\n"


def refusals(text):
    with pytest.raises(FileRefused) as caught:
        read(text.encode())
    return caught.value.errors


def exported(text, slug="x", topics=(), change_summary=""):
    text = dict(text)
    sections = {name: text.pop(name) for name in content.SECTIONS}
    return write_markdown(
        slug=slug,
        topics=list(topics),
        change_summary=change_summary,
        sections=sections,
        **text,
    )


def test_front_matter_and_sections_are_read():
    entry = read(FILE.encode())

    assert entry.title == "Thymosin: Alpha-1"
    assert entry.slug == "ta1"
    assert entry.change_summary == "Clearer."
    assert entry.topics == ["Immunology"]
    assert entry.facts == {
        "cas_number": "62304-98-7",
        "pubchem_cid": "16130571",
        "synonyms": ["Thymalfasin", "Tα1"],
    }
    assert entry.references == [
        {
            "id": "goldstein1977",
            "type": "article-journal",
            "title": "Isolation",
            "volume": "012",
            "issue": "no",
            "issued": {"date-parts": [[1977]]},
        }
    ]
    assert entry.sections["risk"] == "Text of the risk."


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("---\n", "---  \n"),
        lambda text: text.replace("## Context\n", "  ##   CONTEXT ##\n"),
        lambda text: text.replace("## Risk\n", "## Risk:  \n"),
        lambda text: text.replace("\n\n", "\n"),
    ],
)
def test_how_a_file_was_typed_does_not_matter(change):
    assert read(change(FILE).encode()).parts == read(FILE.encode()).parts


def test_what_a_file_does_not_speak_of_is_none():
    entry = read(f"---\ntitle: X\n---\n{BODY}".encode())

    assert (entry.slug, entry.topics, entry.facts, entry.references) == (None,) * 4
    assert entry.change_summary == ""


def test_synonyms_alone_are_facts():
    assert read(f"---\ntitle: X\nsynonyms: [Y]\n---\n{BODY}".encode()).facts == {
        "synonyms": ["Y"]
    }


def test_another_title_may_be_given():
    assert read(FILE.encode(), "Other").title == "Other"
    assert read(f"---\nslug: x\n---\n{BODY}".encode(), "Other").title == "Other"


def test_a_section_may_hold_headings_of_its_own_and_rules():
    text = "Above.\n\n### Dose\n\n##Not a heading\n\n---\n\n```\n### x\n```"

    entry = read(FILE.replace("Text of the metric.", text).encode())

    assert entry.sections["metric"] == text


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("title:", "titel:"), 2, "there is no key “titel”. Expected: title, slug"),
        (('title: "Thymosin: Alpha-1"\n', ""), 1, "the front matter has no title."),
        (('"Thymosin: Alpha-1"', "[a]"), 2, "“title” is not as it should be. Expected: a line"),
        (('"Thymosin: Alpha-1"', "Thymosin: Alpha-1"), 2, "this is no YAML: mapping values"),
        (('"Thymosin: Alpha-1"', '"Thymosin'), 2, "this is no YAML"),
        (('"Thymosin: Alpha-1"', f'"{"x" * 201}"'), 2, "This has 201 characters"),
        (("slug: ta1", "slug:"), 3, "“slug” is not as it should be"),
        (("slug: ta1", "title: X"), 3, "the key “title” is there twice. Expected: each"),
        (("Clearer.", "x" * 501), 4, "This has 501 characters"),
        (("topics:\n- Imm", "topics: Imm"), 5, "“topics” is not as it should be"),
        (("- Immunology", "- [a]"), 5, "“topics” is not as it should be"),
        (("[Thymalfasin, Tα1]", "Thymalfasin"), 7, "“synonyms” is not as it should be"),
        (("facts:\n", "facts:\n  synonyms: [a]\n"), 8, "synonyms are among the facts"),
        (("facts:\n", "facts:\n  colour: red\n"), 8, "There is no fact called colour"),
        (("62304-98-7", "62304-98-8"), 8, "no CAS number: its last digit"),
        (("62304-98-7", "[1, 2]"), 8, "is not a line of text"),
        (("references:\n", "references:\n- 7\n"), 11, "Reference 1 is not a CSL-JSON item"),
        (("references:\n", "references:\n- {id: a}\n"), 11, "Reference 1 has no type"),
        (("references:\n", "references: {}\nx:\n"), 11, "“references” is not as it should be"),
        (("- Immunology", "- &a Immunology\n- *a"), 6, "there is an anchor, an alias or a tag"),
        (("- Immunology", "- !!python/object:os.system x"), 6, "an anchor, an alias or a tag"),
        (("facts:\n", "facts: !!set\n"), 8, "there is an anchor, an alias or a tag"),
        (("- Immunology", "- " + "[" * 20 + "]" * 20), 6, "this is nested too deep"),
        (("- Immunology", "- " + "[" * 20_000), 6, "this is nested too deep"),
        (("- Immunology", "- <<: {a: b}"), 5, "“topics” is not as it should be"),
        (("- Immunology", "? [a, b]\n: c"), 6, "a key is not a word"),
        (("facts:\n", "facts:\n  [a]: b\n"), 9, "a key is not a word"),
        (("- Immunology", "- a\n..."), 8, "no YAML"),
        (("\n---\n", "\n"), 1, "the front matter has no end"),
        (("\n## Def", "\nHello\n## Def"), 21, "there is text before the first section"),
        (("## Context", "# Context"), 25, "there is a heading with one #. Expected: “##”"),
        (("## Context", "## Contents"), 25, "there is no section “Contents”. Expected: Def"),
        (("## Context", "## Contents"), 47, "the section “## Context” is missing"),
        (("## Context", "## Risk"), 45, "the section “Risk” is there twice"),
        (("## Risk\n", ""), 46, "the section “## Risk” is missing. Expected: all seven"),
        (("Text of the metric.", ""), 41, "the section “## Metric” is empty. Expected: its text"),
        (("## Metric", f"##{' ' * 900_000}x"), 41, "there is no section “x”"),
        (("Text of the metric.", "x" * 20_001), 41, "it may have 20,000"),
    ],
)
def test_an_error_names_the_line_and_what_was_expected(change, line, words):
    errors = refusals(FILE.replace(*change, 1))

    assert (line, True) in [(error.line, words in str(error)) for error in errors]


@pytest.mark.parametrize("head", ["- a list", "just text", "", "[]", "7"])
def test_front_matter_that_is_no_mapping_is_refused(head):
    error, *_ = refusals(f"---\n{head}\n---\n{BODY}")

    assert error.line in (1, 2)


def test_all_errors_of_a_file_are_named_in_the_order_of_its_lines():
    errors = refusals(FILE.replace("slug:", "slag:").replace("## Context", "## Contents"))

    assert [error.line for error in errors] == [3, 25, 47]


def test_the_file_that_is_written_is_the_file_that_was_read():
    entry = read(FILE.encode())
    content_parts = dict(entry.parts)

    text = exported(content_parts, entry.slug, entry.topics, entry.change_summary)

    assert text == FILE.replace('"Thymosin: Alpha-1"', "'Thymosin: Alpha-1'").replace(
        "[Thymalfasin, Tα1]", "\n- Thymalfasin\n- Tα1"
    ).replace("synonyms: \n", "synonyms:\n").replace("16130571", "'16130571'").replace(
        "volume: 012\n  issue: no\n  issued:\n    date-parts: [[1977]]",
        "issued:\n    date-parts:\n    - - 1977\n  volume: '012'\n  issue: 'no'",
    )


NASTY = [
    *("yes", "no", "null", "~", "1e3", "0x1F", "012", "1_000", "12:30", "2020-01-01", "true"),
    *("- x", "---", "...", "a: b", "a:", "a #b", "# x", "&a", "*a", "!a", "%a", "@a", "`a"),
    *("|", ">", "<<", "=", "'", '"', "\\", "{", "[", "]", ",", "?", ":", "-", "-7", "16130571"),
    *("\u2028", "\u2029", "\x85", "\ufeff", "\u200b", "\u00a0", "\u0301", "\U0001f9ec"),
    *("\U0010ffff", "\uffff", "\ue000", "ά", "Ω", "\r\n", "\n", "\t", "    ", "\x7f"),
    *("## ", "## Risk", "False"),
]
CHARACTERS = st.characters(codec="utf-8")
PIECES = st.sampled_from(NASTY) | st.text(CHARACTERS, max_size=3)
LINES = st.lists(PIECES, max_size=5).map("".join)
SECTIONS = st.lists(LINES, min_size=1, max_size=4).map("\n".join)
CSL = st.recursive(
    LINES | st.integers(-(2**53), 2**53) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[A-Za-z_-]{1,4}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.from_regex(r"[A-Za-z_-]+", fullmatch=True) | st.sampled_from(
    ["no", "null", "y", "author", "issued", "-", "--", "---"]
)
IDS = st.from_regex(content.CITATION_KEY, fullmatch=True) | st.sampled_from(["1977", "1e3", "a:"])
REFERENCES = st.lists(
    st.builds(
        lambda fields, key, kind, title: {**fields, "id": key, "type": kind, "title": title},
        st.dictionaries(KEYS, CSL, max_size=3),
        IDS,
        LINES.filter(str.strip),
        LINES.filter(str.strip),
    ),
    max_size=3,
)
TEXTS = st.fixed_dictionaries(
    {
        "title": LINES,
        **dict.fromkeys(content.SECTIONS, SECTIONS),
        "facts": st.fixed_dictionaries(
            {},
            optional={
                "modifications": LINES | st.integers(),
                "synonyms": st.lists(LINES, max_size=3),
                "regulatory_status": st.lists(LINES, max_size=3),
                "pubchem_cid": st.sampled_from([1, "123"]),
            },
        ),
        "references": REFERENCES,
    }
)


def cleaned(text):
    """The text as it is kept, or None where it is refused or has a gap, as no file may."""
    try:
        text = content.clean_text(text)
    except ValidationError:
        return None
    return text if all(text[name] for name in ("title", *content.SECTIONS)) else None


@given(TEXTS)
def test_a_text_that_is_exported_and_imported_has_the_same_digest(text):
    text = cleaned(text)
    if text is None:
        return

    entry = read(exported(text, slug="x").encode())

    assert content.digest(entry.parts) == content.digest(text)


@given(st.lists(LINES, max_size=3), LINES)
def test_topics_and_summary_survive_export_and_import(topics, summary):
    try:
        topics = [line for topic in topics if (line := content.clean_title(topic))]
        summary = content.clean_summary(summary)
    except ValidationError:
        return
    text = {**dict.fromkeys(content.SECTIONS, "x"), "title": "X", "facts": {}, "references": []}

    entry = read(exported(text, "x", topics, summary).encode())

    assert entry.topics == topics
    assert entry.change_summary == summary


@given(st.text(st.sampled_from("[]{}-:?&*!|>'\"%@`#, \nab"), max_size=60))
def test_no_front_matter_breaks_the_reader(head):
    errors = refusals(f"---\nno key: {head}\n---\n{BODY}")

    assert all(error.line for error in errors)
