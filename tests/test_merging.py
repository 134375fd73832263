"""What two people changed in one text, put together where that can be done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs.merging import merge

BASE = "One is first. Two is second.\n\nThree is third. Four is fourth."

texts = st.lists(
    st.sampled_from(["One. ", "Two. ", "Two, really. ", "Three! ", "\n\n", "- a line\n", "a"])
).map("".join)


def test_changes_in_different_sentences_come_together():
    mine = BASE.replace("One is first", "One comes first")
    theirs = BASE.replace("Four is fourth", "Four comes last")

    assert merge(BASE, mine, theirs) == (
        "One comes first. Two is second.\n\nThree is third. Four comes last.",
        True,
    )


def test_a_sentence_taken_out_stays_out_beside_one_put_in():
    mine = BASE.replace("Two is second.", "")
    theirs = BASE.replace("Three is third.", "Three is third. And a half.")

    assert merge(BASE, mine, theirs) == (
        "One is first. \n\nThree is third. And a half. Four is fourth.",
        True,
    )


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("Two is mine", "Two is theirs"),
        ("", "Two is theirs"),
        ("Two is mine", ""),
        ("Two is second. Mine", "Two is second. Theirs"),
    ],
)
def test_two_changes_of_one_sentence_are_for_people(mine, theirs):
    old = "Two is second"

    merged, is_whole = merge(BASE, BASE.replace(old, mine), BASE.replace(old, theirs))

    assert merged == BASE.replace(old, mine)
    assert not is_whole


def test_beside_a_clash_other_sentences_come_together():
    mine = BASE.replace("Two is second", "Two is mine")
    theirs = BASE.replace("Two is second", "Two is theirs").replace("Four is", "Four was")

    assert merge(BASE, mine, theirs) == (mine.replace("Four is", "Four was"), False)


def test_texts_written_where_there_was_none_are_for_people():
    assert merge("", "Mine.", "Theirs.") == ("Mine.", False)


@given(texts, texts)
def test_what_only_one_side_changed_is_that_sides(base, changed):
    assert merge(base, changed, base) == (changed, True)
    assert merge(base, base, changed) == (changed, True)
    assert merge(base, changed, changed) == (changed, True)


@given(texts, texts, texts)
def test_without_a_clash_it_does_not_matter_whose_text_is_whose(base, mine, theirs):
    merged, is_whole = merge(base, mine, theirs)

    if is_whole:
        assert merge(base, theirs, mine) == (merged, True)
