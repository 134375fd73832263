"""Page furniture: what stands behind an article when a whole web page was copied."""

import re

# Lines that are nothing but the label of a link or a button.
NAVIGATION = re.compile(
    r"(?:accept|reject)(?: all)?(?: cookies)?|(?:allow|decline|deny) all(?: cookies)?"
    r"|(?:(?:manage|save|detailed|cookie|privacy|my) ){1,3}(?:preferences|settings|cookies)"
    r"|cookies|(?:cookie|privacy|privacy (?:&|and) cookie) (?:policy|notice|statement)|privacy"
    r"|terms(?: (?:&|and) conditions| of (?:use|service))?|legal notice|imprint|impressum"
    r"|home|menu|blog|careers|team|pricing|faq|sitemap|site map"
    r"|about(?: us)?|contact(?: us)?|follow us(?: on \w+)?"
    r"|log in|login|sign (?:in|up)|register|newsletter|subscribe(?: to our newsletter)?"
    r"|share(?: this(?: article| page)?)?|read more|back to top|you may also like"
    r"|related (?:articles|content|pages|posts)|accessibility(?: statement)?"
)

COOKIES = re.compile(
    r"we use cookies|(?:this|our) (?:web)?site uses (?:\w+ )?cookies"
    r"|we and our (?:\d+ )?partners (?:use|store)|we value your privacy"
    r"|by (?:clicking|continuing to (?:use|browse))\b.*\bcookies\b",
    re.IGNORECASE,
)
# A copyright line: the sign, or the word with a year or the sign behind it, and few words,
# so that a sentence about copyright is none.
COPYRIGHT = re.compile(
    r"©|(?:\(c\)|copyright)\s*(?:©|\(c\))?\s*(?:19|20)\d\d\b|copyright\s*(?:©|\(c\))",
    re.IGNORECASE,
)
COPYRIGHT_WORDS = 15
RIGHTS = re.compile(r"(?:.{0,80}[.|·,©–—-]\s*)?all rights reserved\W*", re.IGNORECASE)
# What a banner or a link may begin with: an icon, a quotation mark, an invisible space.
ORNAMENT = re.compile(r"^(?:(?![©(])[\W_])+")
LINK_BAR = re.compile(r"\s*[|·•—]\s*|\s{2,}|\t")
LINK_WORDS = 6


def first_furniture(lines, start):
    """Return the index, from start on, of the first line that is furniture, or None."""
    return next((i for i in range(start, len(lines)) if is_furniture(lines[i])), None)


def is_furniture(line):
    """Say whether a line is a cookie banner, a copyright line, or made of links only."""
    words = ORNAMENT.sub("", " ".join(line.split()))
    return bool(COOKIES.match(words)) or _is_label(words) or _is_link_bar(line.strip())


def _is_label(text):
    words = " ".join(text.casefold().strip(" .:>»›→↑←‹«").split())
    if NAVIGATION.fullmatch(words) or RIGHTS.fullmatch(text):
        return True
    return bool(COPYRIGHT.match(text)) and len(text.split()) <= COPYRIGHT_WORDS


def _is_link_bar(line):
    parts = [part for part in LINK_BAR.split(line) if part]
    if len(parts) < 2 or any(len(part.split()) > LINK_WORDS for part in parts):
        return False
    return sum(map(_is_label, parts)) >= 2
