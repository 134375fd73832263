"""Which revision one acts upon, and what a new one copies."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from monographs import drafts
from monographs.models import State


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([], (1, State.DRAFT)),
        (["discard"], (1, State.DISCARDED)),
        (["submit", "approve", "publish"], (1, State.PUBLISHED)),
        (["submit", "approve", "publish", "withdraw"], (1, State.WITHDRAWN)),
        (["submit", "approve", "publish", "start"], (2, State.DRAFT)),
        (["submit", "approve", "publish", "start", "discard"], (1, State.PUBLISHED)),
        (["submit", "approve", "publish", "withdraw", "start", "discard"], (1, State.WITHDRAWN)),
        (["discard", "start", "discard"], (2, State.DISCARDED)),
    ],
    ids=str,
)
def test_one_acts_upon_the_open_then_the_live_then_the_last_kept_revision(
    ways, expected, make_revision, author, move
):
    revision = make_revision()
    for name in ways:
        if name == "start":
            revision = drafts.start(revision.monograph, author=author, change_summary="Clearer.")
        else:
            revision = move(revision, name)

    base = drafts.base_revision(revision.monograph)

    assert (base.number, base.state) == expected


def test_a_text_is_kept_in_one_form_wherever_it_comes_from(make_revision):
    messy = "  Decomposed e\u0301.  \r\nSecond line\t\r\n\r\n"

    kept = make_revision(risk=messy)

    assert kept.risk == "Decomposed é.\nSecond line"
    assert kept.digest == make_revision(slug="again", risk=kept.risk).digest


def test_nobody_writes_without_the_role(make_revision, reviewer, text):
    revision = make_revision()

    with pytest.raises(PermissionDenied):
        drafts.create(author=reviewer, slug="other", text=text)
    with pytest.raises(PermissionDenied):
        drafts.save(revision, author=reviewer, version=1, text=text)
    with pytest.raises(PermissionDenied):
        drafts.start(revision.monograph, author=reviewer)


@pytest.mark.parametrize("slug", ["", "Two words", "UPPER/slash", "x" * 101])
def test_an_address_that_is_none_is_refused(slug, author, text):
    with pytest.raises(ValidationError) as refusal:
        drafts.create(author=author, slug=slug, text=text)

    assert "slug" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "title"),
        ("risk", "a\x00", "U+0000"),
        ("risk", "\ud800", "U+D800"),
        ("risk", "Text\n\n## Mechanism", "Line 3"),
        ("risk", "x" * 20_001, "20,000"),
        ("facts", {"colour": "blue"}, "colour"),
        ("facts", {"cas_number": "1-2-3"}, "CAS number"),
        ("facts", {"cas_number": "62304-98-8"}, "last digit"),
        ("facts", {"synonyms": "one"}, "list"),
        ("facts", [], "mapping"),
        ("references", {}, "list"),
        ("references", [{"id": "a b", "type": "book", "title": "T"}], "a b"),
        ("references", [{"id": "a", "type": "book"}], "title"),
        ("references", [{"id": "a", "type": "book", "title": "T"}] * 2, "taken"),
        ("references", [{"id": "a", "type": "book", "title": "T", "x": 1.5}], "1.5"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(field, value, words, author, text):
    with pytest.raises(ValidationError) as refusal:
        drafts.create(author=author, slug="other", text={**text, field: value})

    assert words in " ".join(refusal.value.message_dict[field])
