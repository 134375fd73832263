import re

import pytest

from monographs import content
from monographs.files.entry import FileRefused, slug_from
from monographs.files.furniture import is_furniture
from monographs.files.reading import read

FILE = """\
Thymosin Alpha-1 is a peptide of 28 amino acids.

Context

It comes from the thymus.

Significance

It matters.

Mechanism

It acts.

Application

It is studied.

Metric

It is measured.

Risk

It has risks.
"""


def refusals(data, title=None):
    with pytest.raises(FileRefused) as caught:
        read(data if isinstance(data, bytes) else data.encode(), title)
    return caught.value.errors


def sections(text, title=None):
    return read(text.encode(), title).sections


def test_the_text_before_the_first_label_is_the_definition():
    entry = read(FILE.encode())

    assert entry.title == "Thymosin Alpha-1"
    assert list(entry.sections) == list(content.SECTIONS)
    assert entry.sections["definition"] == "Thymosin Alpha-1 is a peptide of 28 amino acids."
    assert entry.sections["risk"] == "It has risks."
    assert entry.cut is None


def test_it_speaks_of_nothing_but_title_and_sections():
    entry = read(FILE.encode())

    assert (entry.slug, entry.topics, entry.facts, entry.references) == (None,) * 4
    assert list(entry.parts) == ["title", *content.SECTIONS]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "   \n"),
        lambda text: text.replace("Context", "CONTEXT").replace("Risk\n", "risk\n"),
        lambda text: text.replace("Context", "  Context:  ").replace("Risk\n", "Risk :\n"),
        lambda text: text.replace("Context", "\u200bContext\u200b"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: "\n\n" + text + "\n\n\n",
        lambda text: "Thymosin Alpha-1\n\n" + text,
        lambda text: "THYMOSIN ALPHA-1\nDefinition\n" + text,
        lambda text: text.replace(" is a ", "\u00a0is a "),
    ],
)
def test_how_a_text_was_copied_does_not_matter(change):
    copied = read(change(FILE).encode())

    assert copied.title == "Thymosin Alpha-1"
    plain = {name: text.replace("\u00a0", " ") for name, text in copied.sections.items()}
    assert plain == sections(FILE)


def test_sections_may_come_in_any_order():
    head, *rest = re.split(r"(?=^(?:Context|Significance|Mechanism|Risk)$)", FILE, flags=re.M)

    assert sections(head + "\n".join(reversed(rest))) == sections(FILE)


def test_a_label_within_a_sentence_is_none():
    text = FILE.replace("It comes from the thymus.", "Risk factors are known.\n\nThe Metric")

    assert sections(text)["context"] == "Risk factors are known.\n\nThe Metric"


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("Tα1 is a peptide.", "Tα1"),
        ("BPC-157 is an orphan.", "BPC-157"),
        ("GHK-Cu (1973) is the complex. It is a drug.", "GHK-Cu (1973)"),
        ("Thymosin  β4\nis a peptide that\nis wrapped here", "Thymosin β4"),
        ("LL-37 is “wrong” but is a peptide.", "LL-37 is “wrong” but"),
    ],
)
def test_the_title_is_what_the_first_sentence_defines(sentence, title):
    entry = read(FILE.replace("Thymosin Alpha-1 is a peptide of", sentence).encode())

    assert entry.title == title


@pytest.mark.parametrize(
    "sentence",
    [
        "Peptides matter. Tα1 is a peptide.",
        "Tα1 is analgesic and this is, well.",
        "Tα1 is a-helical.",
        "is a peptide",
        f"{'x' * 201} is a peptide",
    ],
)
def test_without_a_title_it_says_how_to_give_one(sentence):
    text = FILE.replace("Thymosin Alpha-1 is a peptide of 28 amino acids.", sentence)

    (error,) = refusals(text)

    assert error.line == 1
    assert "--title" in error.expected
    assert read(text.encode(), "  Given\ttitle ").title == "Given title"


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("Risk\n", "Risks\n"), 25, "the label “Risk” is missing. Expected: each of “Context”"),
        (("Metric", "Risk"), 25, "the label “Metric” is missing"),
        (("It matters.", "It matters.\n\nCONTEXT"), 11, "the label “Context” is there twice."),
        (("It acts.\n\n", ""), 11, "the section “Mechanism” is empty."),
        (("It has risks.\n", ""), 23, "the section “Risk” is empty."),
        (("It has risks.", "We use cookies."), 23, "the section “Risk” is empty."),
        (("It acts.", "It\x00acts."), 13, "this is not a text"),
        (("It acts.", "It acts.\x85"), 13, "the control character U+0085"),
        (("It acts.", "x" * 20_001), 11, "has 20,001 characters. Expected: at most 20,000"),
        (("It acts.", "[" * 900_000), 11, "has 900,000 characters"),
        ((" is a ", " " * 900_000), 1, "has 900,"),
    ],
)
def test_an_error_names_the_line_and_what_was_expected(change, line, words):
    errors = refusals(FILE.replace(*change).rstrip("\n") + "\n")

    found = [error for error in errors if words in str(error)]
    assert [error.line for error in found] == [line]


def test_a_file_that_begins_with_a_label_has_no_definition():
    errors = refusals("Context\n" + FILE.split("Context\n")[1])

    assert [str(error) for error in errors] == [
        "line 1: there is no text before the first label. "
        "Expected: the definition, before the first label.",
        "line 1: the first sentence names no title. Expected: “NAME is a …” with a name of "
        "at most 200 characters, or --title.",
    ]


def test_all_errors_of_a_file_are_named_in_the_order_of_its_lines():
    errors = refusals("Tα1 is a peptide.\nRisk\nRisk\nSome.\nContext")

    assert [(error.line, error.problem) for error in errors] == [
        (2, "the section “Risk” is empty."),
        (3, "the label “Risk” is there twice."),
        (5, "the label “Significance” is missing."),
        (5, "the label “Mechanism” is missing."),
        (5, "the label “Application” is missing."),
        (5, "the label “Metric” is missing."),
        (5, "the section “Context” is empty."),
    ]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"Tx is a peptide.\r\n\r\nCaf\xe9", 3, "the byte 0xE9 is not UTF-8"),
        (b"Tx is a peptide.\rCaf\xe9", 2, "the byte 0xE9 is not UTF-8"),
        (FILE.encode("utf-16"), 1, "this is not a text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "this is not a text"),
        (b"%PDF-1.4\n\x07", 2, "the control character U+0007"),
        (b"x" * 1_000_001, None, "this file is too large. Expected: at most 1,000,000 bytes"),
        (b"\xef\xbb\xbf \n", 1, "this file is empty"),
    ],
)
def test_what_is_no_text_is_refused(data, line, words):
    (error,) = refusals(data)

    assert error.line == line
    assert words in str(error)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Thymosin Alpha-1", "thymosin-alpha-1"),
        ("Tα1", "talpha1"),
        ("α-MSH (human)", "alpha-msh-human"),
        ("Λ ς Ή µ", "lambda-sigma-eta-mu"),
        ("Désirudine & Co.", "desirudine-co"),
        ("GLP-1(7–36) amide", "glp-1-7-36-amide"),
        ("BPC‑157", "bpc-157"),
        ("α/β", "alpha-beta"),
        ("日本", ""),
        ("word " * 40, "-".join(["word"] * 20)),
    ],
)
def test_an_address_is_made_of_the_title(title, slug):
    assert slug_from(title) == slug


@pytest.mark.parametrize(
    "banner",
    [
        "We use cookies to improve.",
        "We\u00a0use  cookies to improve.",
        "\u200bWe use cookies.",
        "“We use cookies.”",
        "🍪 We use cookies.",
        "Manage Cookie Preferences",
        "Follow us on Mastodon",
    ],
)
def test_a_banner_is_known_whatever_it_begins_with(banner):
    assert is_furniture(banner)


@pytest.mark.parametrize(
    "prose",
    [
        "About half of the patients had nausea.",
        "Team members followed us closely, and no harm was seen.",
        "(C) terminal amides were not studied.",
        "Menu-driven pumps were used.",
    ],
)
def test_prose_is_no_furniture(prose):
    assert not is_furniture(prose)


@pytest.mark.parametrize("text", ["Hello is a thing.\n\nNo labels.\n", "root:x:0\nbin:x\n"])
def test_a_text_without_labels_is_refused_naming_each(text):
    problems = [str(error) for error in refusals(text)]

    for name in ("Context", "Significance", "Mechanism", "Application", "Metric", "Risk"):
        assert any(f"the label “{name}” is missing" in problem for problem in problems)
