"""The categories of cookies; each optional one is a bit of the visitor's choice."""

NECESSARY = "necessary"
BITS = {"marketing": 1, "analytics": 2, "personalization": 4}
NONE = 0
ALL = sum(BITS.values())


def bits_of(names):
    """Return the bits (0 to 7) of the optional categories with these names."""
    return sum(bit for name, bit in BITS.items() if name in names)


def in_bits(bits):
    """Return the names of the optional categories that these bits (0 to 7) allow."""
    return [name for name, bit in BITS.items() if bits & bit]
