import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peptidesite.consent import categories, visitors
from peptidesite.consent.cookie import Choice
from peptidesite.consent.policies import InForce

CASES = json.loads(Path(__file__).with_name("consent_cases.json").read_text())

choices = st.builds(
    Choice,
    policy=st.integers(1, 999_999_999),
    bits=st.integers(0, 7),
    day=st.integers(0, 999_999),
    record_id=st.none() | st.from_regex(r"\A[A-Za-z0-9_-]{16}\Z"),
)


def in_force(number, material):
    news = tuple((int(one), f"News of {one}.") for one in material.split())
    return InForce(number, snapshot={}, digest="", published_at=None, news=news)


@pytest.mark.parametrize(
    ("text", "day", "policy", "material", "expected", "news"),
    CASES,
    ids=lambda value: str(value)[:40],
)
def test_a_cookie_says_what_the_table_says(text, day, policy, material, expected, news):
    policy = in_force(policy, material)
    choice = Choice.parse(text)

    holds = choice is not None and choice.holds_on(day, policy)

    assert (str(choice.bits) if holds else "ask") == expected
    assert len(visitors.news_of(choice, day, policy)) == news


def test_where_no_policy_is_known_a_refusal_holds_and_a_grant_does_not():
    assert Choice(1, 0, 20779).holds_on(20779, None)
    assert not Choice(1, 7, 20779).holds_on(20779, None)


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
    names = categories.in_bits(bits)

    assert categories.bits_of(names) == bits
