"""What a file says of a monograph, and what is wrong with a file."""

import unicodedata
from dataclasses import dataclass, field

from django.utils.text import slugify

SLUG_LIMIT = 100

GREEK = {
    **{"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta"},
    **{"η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu"},
    **{"ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma"},
    **{"τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega"},
}


@dataclass(frozen=True)
class FileError:
    """One thing that is wrong with a file: in which line, what, and what was expected."""

    line: int | None
    problem: str
    expected: str = ""

    def __str__(self):
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.problem}" + (f" Expected: {self.expected}" if self.expected else "")


class FileRefused(Exception):
    """A file cannot be taken as it is; `errors` are all the FileErrors found in it."""

    def __init__(self, *errors):
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))


@dataclass(frozen=True)
class Cut:
    """What was cut off a file's end: from which line, its words, and how many lines."""

    line: int
    words: str
    count: int


@dataclass
class Entry:
    """What a file says of one monograph.

    None in slug, topics, facts or references means that the file does not speak of them.
    `lines` says by field in which line of the file it begins.
    """

    title: str
    sections: dict
    slug: str | None = None
    topics: list | None = None
    facts: dict | None = None
    references: list | None = None
    change_summary: str = ""
    lines: dict = field(default_factory=dict)
    cut: Cut | None = None

    @property
    def parts(self):
        """The parts of a text, by content.TEXT_FIELDS, that the file speaks of."""
        stated = {"facts": self.facts, "references": self.references}
        return {
            "title": self.title,
            **self.sections,
            **{name: value for name, value in stated.items() if value is not None},
        }


# Dashes, brackets and other punctuation such as a slash, by Unicode category.
APART = ("Pd", "Ps", "Pe", "Po")


def slug_from(title):
    """Return the address that a title makes, Greek letters spelt out; "" if it makes none."""
    letters = unicodedata.normalize("NFKD", title).casefold()
    # A sign between two numbers or letters keeps them apart.
    spelt = "".join(
        GREEK.get(letter, "-" if unicodedata.category(letter) in APART else letter)
        for letter in letters
    )
    slug = slugify(spelt)
    if len(slug) > SLUG_LIMIT:
        slug = slug[: SLUG_LIMIT + 1].rpartition("-")[0] or slug[:SLUG_LIMIT]
    return slug
