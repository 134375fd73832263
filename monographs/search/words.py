"""How words of texts and of queries become one and the same."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

WORD = re.compile(r"[^\W_]+")
# As chemists write them, which Unicode does not: it has “lamda”.
_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma sigma tau upsilon phi chi psi omega"
)
GREEK = dict(zip("αβγδεζηθικλμνξοπρςστυφχψω", _NAMES.split(), strict=True))
_NO_MARK = re.compile("[\u0300-\u036f]")
_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
def fold(word):
    """Return a word in small letters without accents, Greek letters by their names in Latin."""
    plain = _NO_MARK.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return "".join(GREEK.get(letter, letter) for letter in plain)


@lru_cache(maxsize=100_000)
def stem(word):
    """Return the stem of a word, folded; of an English one by the Snowball algorithm."""
    return _stemmer.stemWord(fold(word))


def stems(text):
    """Return the stems (list of str) of all words of a text."""
    return [stem(word) for word in WORD.findall(text)]
