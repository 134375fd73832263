import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monographs import content, rendering
from monographs.files.furniture import is_furniture
from monographs.files.plain import as_markdown, escaped, paragraphs
from monographs.files.reading import read

FILE = "Thymosin Alpha-1 is a peptide.\n" + "\n".join(
    f"{name.capitalize()}\n\nText of the {name}.\n"
    for name in content.SECTIONS
    if name != "definition"
)
LINES = FILE.count("\n")


def sections(text):
    return read(text.encode()).sections


@pytest.mark.parametrize(
    "furniture",
    [
        "We use cookies to make this site better.",
        "This website uses cookies.",
        "This site uses functional cookies to count visits.",
        "By clicking “Accept all” you agree to our use of cookies.",
        "© 2024 Peptide Pages. All rights reserved.",
        "Copyright © Peptide Pages",
        "Copyright 2019-2024 Peptide Pages Ltd.",
        "(c) 2024 Peptide Pages",
        "All rights reserved.",
        "Peptide Pages. ALL RIGHTS RESERVED",
        "Privacy Policy",
        "  Terms of Use ",
        "Terms & Conditions",
        "Cookie Policy",
        "Contact",
        "Contact us",
        "About us",
        "Subscribe",
        "Share this article",
        "Related articles:",
        "↑ Back to top",
        "Accept all",
        "Reject all",
        "Manage preferences",
        "Detailed Cookie Preferences",
        "Home | Peptides | Contact",
        "Privacy Policy · Terms",
        "Imprint — Privacy — © 2024 Peptide Pages",
        "Privacy\tTerms\tContact",
    ],
)
def test_page_furniture_behind_the_last_section_is_cut_off_and_reported(furniture):
    entry = read(f"{FILE}\n{furniture}\n\nMore of it.\nRisk\n".encode())

    assert entry.sections == sections(FILE)
    assert (entry.cut.line, entry.cut.count) == (LINES + 2, 4)
    assert entry.cut.words == " ".join(furniture.split())


@pytest.mark.parametrize(
    "prose",
    [
        "Contact dermatitis was reported in two of 40 patients.",
        "Copyright law covers neither its sequence nor its name.",
        "The label, Copyright 2019 by the maker, gives no figures.",
        "Copyright 2019 and later labels of the maker, which all sources repeat word for word, "
        "give no figures.",
        "Share of patients with headache: 12 | 14 %.",
        "Terms such as “safe” are not used here.",
        "Home use was not studied.",
        "Contact — even brief — with the eyes irritates.",
        "Contact — irritation",
        "Privacy of participants was kept.",
        "About one in ten had nausea.",
        "Cookies made with it were studied as a vehicle.",
        "By continuing treatment, patients gave their consent.",
        "Nausea | vomiting | headache",
        "Not all rights reserved to participants were respected by this trial.",
        "Subscribe to no single theory, the authors wrote.",
    ],
)
def test_prose_is_never_taken_for_furniture(prose):
    entry = read(f"{FILE}\n{prose}\n\nThe end.\n".encode())

    assert entry.cut is None
    assert not is_furniture(prose)
    assert entry.sections["risk"].endswith("The end.")


def test_furniture_is_looked_for_in_the_last_section_only():
    text = FILE.replace("Text of the mechanism.", "Text of the mechanism.\n\nContact us")

    assert sections(text)["mechanism"] == "Text of the mechanism.\n\nContact us"


def test_long_furniture_is_reported_by_its_first_words():
    entry = read(f"{FILE}\nWe use cookies {'and more ' * 20}".encode())

    assert entry.cut.words.endswith("…")
    assert len(entry.cut.words) <= 61


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("One sentence.\nAnother one.", ["One sentence.", "Another one."]),
        ("He said “so.”\nWas it? [1]\nYes!¹", ["He said “so.”", "Was it? [1]", "Yes!¹"]),
        ("A sentence that\nis wrapped.", ["A sentence that is wrapped."]),
        ("It ends.\nIt is\nwrapped.", ["It ends. It is wrapped."]),
        ("  Indented\n\n\tand apart", ["Indented", "and apart"]),
        ("", []),
    ],
)
def test_paragraphs_are_told_from_wrapped_lines(lines, found):
    assert paragraphs(lines.split("\n")) == found


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("Ordinary prose, with 3 < 4, 3*4 & a_b [1] (2).", None),
        ("p < 0.05; 5 > 4; ~3 nM; #1; a|b; C:\\x", None),
        ("*stars*", r"\*stars*"),
        ("2.5 of *stars*", r"2.5 of \*stars\*"),
        ("1. first", r"1\. first"),
        ("1990) was", r"1990\) was"),
        ("- dash", r"\- dash"),
        ("# hash", r"\# hash"),
        ("> more", r"\> more"),
        ("see [@key] and [a](b)", r"see \[@key] and \[a](b)"),
        ("[x]: https://y.example", r"\[x]: https://y.example"),
        ("<https://x.example>", r"\<https://x.example>"),
        ("&amp; and `code`", r"\&amp; and \`code\`"),
        ("---", r"\---"),
        (r"a \* b", r"a \\* b"),
    ],
)
def test_only_what_markdown_would_change_is_escaped(plain, markdown):
    assert escaped(plain) == (markdown or plain)


def seen(markdown):
    """The characters a reader sees of a section, paragraph by paragraph."""
    text = {"references": [], **dict.fromkeys(content.SECTIONS, ""), "risk": markdown}
    shown = rendering.render(text)["sections"].get("risk", "")
    return [html.unescape(part) for part in re.findall(r"<p>(.*?)</p>\n", shown, re.DOTALL)]


MARKS = st.lists(
    st.sampled_from(
        [
            *"*_`[]()<>&#+-=~|\\!:.1 ax",
            *("[@a]", "    ", "1.", "2)", "&amp;", "http://", "**", "\n", "\n\n", "!["),
            *("|-", "\t", "a.", "Ω", "\u0338", "---", "```", "javascript:", "\u00a0"),
        ]
    ),
    max_size=20,
).map("".join)


@given(MARKS)
@example("*a*\n\n[b]: c\n\n[b]")
@example("```\n\n```")
def test_a_reader_sees_the_very_characters_of_a_plain_text(plain):
    plain = content.clean_section(plain.replace("#", "x#"))
    found = paragraphs(plain.split("\n"))

    markdown = content.clean_section(as_markdown(plain.split("\n")))

    assert seen(markdown) == found


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_any_text_in_a_section_survives_the_import(plain):
    plain = f"x{plain}"

    markdown = sections(FILE.replace("Text of the mechanism.", plain))["mechanism"]

    assert seen(markdown) == [content.clean_section(plain)]
