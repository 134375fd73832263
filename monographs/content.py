"""What the text of a monograph consists of, the form it is kept in, and its digest."""

import hashlib
import json
import re

from django.core.exceptions import ValidationError

from peptidesite.canonical import canonical_json
from peptidesite.cleaning import clean_line, clean_prose

# The seven sections in reading order, each with the sentence that tells editors what
# belongs there.
SECTIONS = {
    "definition": "What the peptide is, for a reader who has never heard of it. It stands "
    "first, as the lead, and begins “NAME is a …”.",
    "context": "Where it comes from: discovery, natural role, regulatory history.",
    "significance": "Why it matters, which question it answers, and how firm the evidence is.",
    "mechanism": "How it acts, as far as this is known, and how well it is known.",
    "application": "What it is approved or studied for, in whom and by which route. Report, "
    "never advise.",
    "metric": "What can be measured of it and what studies measured, each figure with its "
    "reference.",
    "risk": "Known harms, warnings and interactions, and plainly what is not known.",
}
# What treats patients: a change of it is approved by a clinician.
CLINICAL_SECTIONS = ("application", "metric", "risk")

# What is stated of a peptide in a line each.
FACTS = {
    "sequence": "Sequence",
    "modifications": "Modifications",
    "synonyms": "Synonyms",
    "cas_number": "CAS number",
    "pubchem_cid": "PubChem CID",
    "uniprot_accession": "UniProt accession",
    "atc_code": "ATC code",
    "regulatory_status": "Regulatory status",
}
FACT_LISTS = frozenset({"synonyms", "regulatory_status"})
FACT_NOTATION = {
    "sequence": (
        r"[A-Z]+(?: / [A-Z]+)*",
        "one-letter codes without spaces, “ / ” between chains, X for a residue of its own kind",
    ),
    "cas_number": (r"\d{2,7}-\d{2}-\d", "a CAS number such as 62304-98-7"),
    "pubchem_cid": (r"[1-9]\d{0,9}", "a whole number such as 16130571"),
    "uniprot_accession": (
        # https://www.uniprot.org/help/accession_numbers
        r"[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2}",
        "a UniProt accession such as P06454",
    ),
    "atc_code": (
        r"[A-Z]\d{2}[A-Z]{2}\d{2}",
        "an ATC code of the fifth level such as A10BJ06",
    ),
}

TEXT_FIELDS = ("title", *SECTIONS, "facts", "references")

TITLE_LIMIT = 200
LINE_LIMIT = 1_000
SECTION_LIMIT = 20_000
# Markdown looks for an end to each of them: thousands would keep it busy for seconds.
BRACKET_LIMIT = 1_000
SUMMARY_LIMIT = 500
REFERENCE_LIMIT = 300
CSL_DEPTH = 6

CITATION_KEY = r"[A-Za-z0-9][A-Za-z0-9_.:-]*"
# The files that monographs are exchanged in begin their sections with these two levels.
RESERVED_HEADING = re.compile(r"^ {0,3}#{1,2}(?:\s|$)", re.MULTILINE)


def digest(text):
    """Return the SHA-256, in hexadecimal, of the canonical JSON of a text."""
    return hashlib.sha256(canonical_text(text)).hexdigest()


def canonical_text(text):
    """Return the bytes that the digest of a text is over, its canonical JSON.

    `text` maps TEXT_FIELDS to their values. Canonical is as in RFC 8785: keys sorted, no
    spaces, UTF-8; cleaned texts hold no floating-point numbers, so nothing else matters.
    """
    return canonical_json({name: text[name] for name in TEXT_FIELDS})


def clean_text(text):
    """Return a text as it is kept; raise ValidationError with the messages by field."""
    cleaned, errors = {}, {}
    for name in TEXT_FIELDS:
        try:
            cleaned[name] = cleaner(name)(text[name])
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    return cleaned


def cleaner(name):
    """Return the function that cleans the field of this name, of TEXT_FIELDS."""
    special = {"title": clean_title, "facts": clean_facts, "references": clean_references}
    return special.get(name, clean_section)


def clean_title(value):
    title = clean_line(value, TITLE_LIMIT)
    if not any(character.isalnum() for character in title):
        raise ValidationError("A monograph has a title, with letters. Give it one.")
    return title


def clean_summary(value):
    return clean_line(value, SUMMARY_LIMIT)


def clean_section(value):
    """Return Markdown with Unix line ends, in NFC, without trailing spaces or high headings."""
    value = clean_prose(value, SECTION_LIMIT)
    if value.count("[") > BRACKET_LIMIT:
        raise ValidationError(
            f"This has more than {BRACKET_LIMIT:,} opening brackets. Use fewer."
        )
    if heading := RESERVED_HEADING.search(value):
        line = value.count("\n", 0, heading.start()) + 1
        raise ValidationError(
            f"Line {line} is a heading with one or two #. Begin headings inside a section "
            "with ###."
        )
    return value


def clean_note(value, field="note"):
    """Return what is said beside a text; raise ValidationError by the name of its field."""
    try:
        return clean_prose(value)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error


def clean_facts(facts):
    """Return the facts that are filled in, each a line or a list of lines."""
    _refuse_unwritable(facts)
    if not isinstance(facts, dict):
        raise ValidationError("Facts are a mapping, such as “cas_number: 62304-98-7”.")
    if unknown := sorted(str(key) for key in facts if key not in FACTS):
        raise ValidationError(
            f"There is no fact called {', '.join(unknown)}. Use: {', '.join(FACTS)}."
        )
    cleaned, errors = {}, []
    for name in FACTS:
        try:
            value = clean_fact(name, facts.get(name))
        except ValidationError as error:
            errors += [f"{FACTS[name]}: {message}" for message in error.messages]
        else:
            if value:
                cleaned[name] = value
    if errors:
        raise ValidationError(errors)
    return cleaned


def clean_fact(name, value):
    """Return one fact, a line or a list of lines, empty where it is not stated."""
    if name in FACT_LISTS:
        if not isinstance(value or [], list):
            raise ValidationError("Give a list of lines.")
        lines = [clean_line(item, LINE_LIMIT) for item in value or []]
        return list(dict.fromkeys(line for line in lines if line))
    value = clean_line("" if value is None else value, LINE_LIMIT)
    if value and name in FACT_NOTATION:
        pattern, expected = FACT_NOTATION[name]
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValidationError(f"“{value}” is not {expected}.")
    if value and name == "cas_number" and not _has_cas_check_digit(value):
        raise ValidationError(
            f"“{value}” is no CAS number: its last digit does not fit the others. "
            "Compare it with the source."
        )
    return value


def clean_references(references):
    """Return references as a list of CSL-JSON items, each with an id, a type and a title.

    https://github.com/citation-style-language/schema/blob/master/schemas/input/csl-data.json
    """
    _refuse_unwritable(references)
    if not isinstance(references, list):
        raise ValidationError("References are a list of CSL-JSON items: [{…}, {…}].")
    if len(references) > REFERENCE_LIMIT:
        raise ValidationError(f"There may be at most {REFERENCE_LIMIT} references.")
    cleaned, keys = [], set()
    for number, item in enumerate(references, 1):
        place = f"Reference {number}"
        if not isinstance(item, dict):
            raise ValidationError(f"{place} is not a CSL-JSON item: {{…}}.")
        for name in ("id", "type", "title"):
            if not isinstance(item.get(name), str) or not item[name].strip():
                raise ValidationError(f"{place} has no {name}. Give it as a text.")
        if not re.fullmatch(CITATION_KEY, item["id"]):
            raise ValidationError(
                f"{place} has the id “{item['id']}”. Use letters, digits and _ . : - only, "
                "such as goldstein1977."
            )
        if item["id"] in keys:
            raise ValidationError(f"{place} has the id {item['id']}, which is taken above.")
        keys.add(item["id"])
        cleaned.append(_clean_csl(item, f"{place} ({item['id']})"))
    return cleaned


def _clean_csl(value, place, depth=0):
    if depth > CSL_DEPTH:
        raise ValidationError(f"{place} is nested deeper than CSL-JSON is.")
    if isinstance(value, dict):
        if bad := [key for key in value if not re.fullmatch(r"[A-Za-z_-]+", str(key))]:
            raise ValidationError(f"{place} has the key “{bad[0]}”, which CSL-JSON has not.")
        return {key: _clean_csl(item, place, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_csl(item, place, depth + 1) for item in value]
    if isinstance(value, str):
        return clean_line(value, SECTION_LIMIT)
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    raise ValidationError(f"{place} holds {value!r}. Use texts and whole numbers only.")


def _refuse_unwritable(value):
    # Before anything of it is quoted in a message.
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except (UnicodeEncodeError, RecursionError, ValueError) as error:
        raise ValidationError("This holds characters or a nesting that no text has.") from error


def _has_cas_check_digit(value):
    # https://www.cas.org/training/documentation/chemical-substances/checkdig
    *digits, check = (int(character) for character in value if character != "-")
    return sum(n * digit for n, digit in enumerate(reversed(digits), 1)) % 10 == check
