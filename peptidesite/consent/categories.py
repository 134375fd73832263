"""The optional categories of cookies, each a bit of the visitor's choice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    name: str
    bit: int
    label: str
    meaning: str


OPTIONAL = (
    Category(
        "marketing",
        1,
        "Marketing",
        "Shows you advertising that fits your interests and measures whether it works, "
        "often across several sites.",
    ),
    Category(
        "analytics",
        2,
        "Analytics",
        "Counts visits and shows which pages are read, so that the site can be improved.",
    ),
    Category(
        "personalization",
        4,
        "Personalization",
        "Remembers how you like to use the site and shows you content that fits it.",
    ),
)
NONE = 0
ALL = sum(category.bit for category in OPTIONAL)


def bits_of(names):
    """Return the bits (0 to 7) of the optional categories with these names."""
    return sum(category.bit for category in OPTIONAL if category.name in names)


def in_bits(bits):
    """Return the list of optional categories that these bits (0 to 7) allow."""
    return [category for category in OPTIONAL if bits & category.bit]
