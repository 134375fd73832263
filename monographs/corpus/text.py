"""Texts of a usual length in made-up words: nothing in them is true of any peptide.

The words follow Zipf's law, the one of rank r coming up 1/r as often as the first, so that an
index has common words and rare ones to cope with. The HTML is written beside the Markdown,
which is much quicker than rendering it; a test compares it with what monographs.rendering makes.
"""

from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from random import Random

from monographs import citations, content

COMMON = (
    "the of and in to a is was for with by as that at from were on are this than "
    "peptide receptor residue binding chain sequence amide terminal cells tissue "
    "signal dose analogue cleavage plasma fragment hormone affinity ligand agonist "
    "disulfide helix membrane secretion enzyme uptake precursor peptidase stability"
)
ONSETS = [*"bcdfglmnprstv", "br", "cl", "dr", "gl", "pr", "st", "tr"]
VOWELS = [*"aeiou", "ae", "ia"]
CODAS = ["", "", "", *"lmnrsx"]
ENDINGS = ["tide", "relin", "tropin", "actin", "morelin", "pressin"]
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
VOCABULARY, WORKS = 8_000, 500
PARAGRAPHS, SENTENCES, WORDS = (2, 3), (3, 5), (8, 18)
CITED = 8

MADE_UP = (
    "This entry was made up by a program to measure this software: its words mean nothing, and "
    "nothing in it is true of any peptide."
)
MARK = '<sup class="citation"><a href="#ref-{}" rel="noopener noreferrer">[{}]</a></sup>'


@dataclass
class _Section:
    """A section that is being written, in Markdown and in HTML."""

    numbers: dict
    markdown: list = field(default_factory=list)
    html: list = field(default_factory=list)

    def paragraph(self, words, key=None):
        mark = ""
        if key:
            mark = MARK.format(key, self.numbers.setdefault(key, len(self.numbers) + 1))
        self.markdown.append(f"{words} [@{key}]" if key else words)
        self.html.append(f"<p>{words}{mark}</p>\n")

    def heading(self, words):
        self.markdown.append(f"### {words}")
        self.html.append(f"<h3>{words}</h3>\n")

    def points(self, lines):
        self.markdown.append("\n".join(f"- {line}" for line in lines))
        items = "".join(f"<li>{line}</li>\n" for line in lines)
        self.html.append(f"<ul>\n{items}</ul>\n")


def write_text(seed, number, edition=1):
    """Return the text of an entry, as content.clean_text gives it, and its HTML as rendered.

    The same seed, number and edition give the same text; editions differ in one section.
    """
    dice = Random(f"{seed} {number}")
    name = f"{_word(dice)}{_word(dice)}{dice.choice(ENDINGS)}".capitalize()
    works = dice.sample(_works(), CITED)
    facts = _facts(dice, name)
    sections, numbers = {}, {}
    for section in content.SECTIONS:
        version = edition if section == "context" else 1
        dice = Random(f"{seed} {number} {section} {version}")
        sections[section] = _write_section(dice, section, name, works, numbers)
    text = {
        "title": f"{name} {number:06} (made up)",
        **{section: "\n\n".join(written.markdown) for section, written in sections.items()},
        "facts": facts,
        "references": works,
    }
    rendered = {
        "sections": {name: "".join(written.html) for name, written in sections.items()},
        "references": [
            {"key": key, "number": place, "html": _formatted(key)}
            for key, place in numbers.items()
        ],
    }
    return text, rendered


def write_texts(seed, numbers):
    """Return {(number, edition): what write_text returns} of both editions of these entries."""
    return {
        (number, edition): write_text(seed, number, edition)
        for number in numbers
        for edition in (1, 2)
    }


def _write_section(dice, name, peptide, works, numbers):
    section = _Section(numbers)
    if name == "definition":
        section.paragraph(f"{peptide} is a made-up peptide. {MADE_UP}")
    for _ in range(dice.randint(*PARAGRAPHS)):
        section.paragraph(_sentences(dice), dice.choice(works)["id"])
    if name == "mechanism":
        section.heading(f"{dice.choice(_vocabulary())} at its receptor".capitalize())
        section.paragraph(_sentences(dice), dice.choice(works)["id"])
    if name == "risk":
        section.points([_sentence(_words(dice, 6)) for _ in range(4)])
    return section


def _facts(dice, name):
    return {
        "sequence": "".join(dice.choices(RESIDUES, k=dice.randint(5, 40))),
        "synonyms": [f"{name[:4].upper()}-{dice.randrange(1_000)} (made up)"],
        "regulatory_status": ["Approved nowhere, since it is made up"],
    }


def _sentences(dice):
    lengths = [dice.randint(*WORDS) for _ in range(dice.randint(*SENTENCES))]
    words = iter(_words(dice, sum(lengths)))
    return " ".join(_sentence([next(words) for _ in range(length)]) for length in lengths)


def _sentence(words):
    return f"{' '.join(words).capitalize()}."


def _words(dice, count):
    return dice.choices(_vocabulary(), cum_weights=_zipf(), k=count)


@cache
def _vocabulary():
    dice = Random("words")
    words = dict.fromkeys(COMMON.split())
    while len(words) < VOCABULARY:
        words["".join(_word(dice) for _ in range(dice.randint(1, 3)))] = None
    return list(words)


@cache
def _zipf():
    return list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))


def _word(dice):
    return dice.choice(ONSETS) + dice.choice(VOWELS) + dice.choice(CODAS)


@cache
def _works():
    dice = Random("works")
    return [_work(dice, number) for number in range(1, WORKS + 1)]


def _work(dice, number):
    people = [
        {"family": f"{_word(dice)}{_word(dice)}".capitalize(), "given": dice.choice("ABCDE")}
        for _ in range(dice.randint(1, 4))
    ]
    return {
        "id": f"made-up-{number}",
        "type": "article-journal",
        "title": f"{_sentence(_words(dice, 9))[:-1]} (made up)",
        "author": people,
        "container-title": f"Made-up Journal of {_word(dice).capitalize()}",
        "issued": {"date-parts": [[dice.randint(1970, 2025)]]},
        "volume": str(dice.randint(1, 90)),
    }


@cache
def _formatted(key):
    (work,) = (work for work in _works() if work["id"] == key)
    return citations.format_references([work])[0]
