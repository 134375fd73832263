import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peptidesite.consent import categories
from peptidesite.consent.cookie import Choice

CASES = json.loads(Path(__file__).with_name("consent_cases.json").read_text())

choices = st.builds(
    Choice,
    policy=st.integers(1, 999_999_999),
    bits=st.integers(0, 7),
    day=st.integers(0, 999_999),
    record_id=st.none() | st.from_regex(r"\A[A-Za-z0-9_-]{16}\Z"),
)


@pytest.mark.parametrize(("text", "day", "expected"), CASES, ids=lambda value: str(value)[:40])
def test_a_cookie_says_what_the_table_says(text, day, expected):
    choice = Choice.parse(text)

    holds = choice is not None and choice.holds_on(day)
    assert (str(choice.bits) if holds else "ask") == expected


@given(st.text())
def test_any_text_parses_without_an_error(text):
    choice = Choice.parse(text)

    assert choice is None or choice.format() == text


@given(choices)
def test_every_choice_survives_its_cookie(choice):
    text = choice.format()

    assert Choice.parse(text) == choice
    assert len(text) <= 64
    assert text.isascii()


@pytest.mark.parametrize("around", [" {}", "{} ", "{}\n", "\n{}", '"{}"'])
def test_a_cookie_is_matched_whole(around):
    assert Choice.parse(around.format("1.1.0.20779")) is None


@given(st.integers(0, 7))
def test_bits_and_categories_are_two_words_for_one_thing(bits):
    names = [category.name for category in categories.in_bits(bits)]

    assert categories.bits_of(names) == bits
