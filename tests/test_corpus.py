"""Made-up monographs to measure with: as sound as those that editors wrote."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from monographs import content, corpus, rendering
from monographs.corpus.lives import LIVES
from monographs.corpus.text import MADE_UP, write_text
from monographs.models import Comment, Event, Monograph, Notice, Revision, State


def grown(count, **options):
    return sum(corpus.grow(corpus.missing(count), **options))


@pytest.fixture(scope="module")
def texts():
    return [write_text("1", number, number % 2 + 1) for number in range(12)]


def test_the_html_is_what_the_markdown_renders_to(texts):
    for text, rendered in texts:
        assert rendered == rendering.render(text)


def test_the_texts_are_as_they_are_kept_and_as_long_as_real_ones(texts):
    for text, _ in texts:
        assert content.clean_text(text) == text
        assert 600 < sum(len(text[name].split()) for name in content.SECTIONS) < 1_600


def test_every_text_says_that_it_is_made_up(texts):
    for text, _ in texts:
        assert MADE_UP in text["definition"]
        assert text["title"].endswith("(made up)")


def test_the_same_seed_gives_the_same_texts():
    first = write_text("1", 7)

    assert write_text("1", 7) == first
    assert write_text("2", 7) != first
    assert write_text("1", 8) != first


def test_editions_differ_in_a_section_that_needs_no_clinician():
    first, second = write_text("1", 7)[0], write_text("1", 7, edition=2)[0]

    assert [name for name in content.TEXT_FIELDS if first[name] != second[name]] == ["context"]


def test_five_things_happen_to_an_entry_on_average_and_each_state_is_there(db):
    assert grown(len(LIVES)) == len(LIVES)

    assert round(Event.objects.count() / len(LIVES)) == 5
    states = set(Revision.objects.values_list("state", flat=True))
    assert states == {*State} - {State.DISCARDED}
    assert Revision.objects.published().count() > 0.9 * len(LIVES)
    assert Monograph.objects.overdue().count() == 1
    assert Comment.objects.unresolved().count() == 2
    assert Notice.objects.get().revision.state == State.WITHDRAWN


def test_the_record_is_whole(db):
    grown(len(LIVES))

    call_command("verify_record", stdout=StringIO())


def test_who_goes_on_where_it_was_stopped_gets_the_same(db):
    whole = corpus.grow(corpus.missing(130))
    next(whole)
    whole.close()
    assert Monograph.objects.count() == corpus.AT_A_TIME

    assert grown(130) == 30
    assert grown(130) == 0


def test_an_address_that_only_looks_like_one_of_these_is_no_hindrance(make_revision):
    make_revision(slug="corpus-like")

    assert corpus.missing(2) == [0, 1]


def test_what_is_live_is_read_like_any_other(db, client):
    grown(len(LIVES))
    revision = Revision.objects.published().order_by("-number").first()

    page = client.get(reverse("monographs:detail", args=[revision.monograph.slug]))

    assert page.status_code == 200
    assert MADE_UP in page.content.decode()
    assert "Made-up Reviewer 1" in page.content.decode()


def test_the_workflow_goes_on_with_them(db, make_user, sign_in, move):
    grown(len(LIVES))
    revision = Revision.objects.filter(state=State.IN_REVIEW, number=2).first()

    moved = move(revision, "approve", "publish")

    assert moved.state == State.PUBLISHED


def test_the_command_says_how_many_and_how_fast(db):
    said = StringIO()

    call_command("make_corpus", 10, stdout=said)
    call_command("make_corpus", 12, stdout=said)

    first, second = said.getvalue().splitlines()
    assert first.startswith("10 monographs written in ")
    assert second.startswith("2 monographs written in ")
    assert second.endswith("10 were there.")


def test_none_at_all_is_no_number_of_monographs(db):
    with pytest.raises(CommandError, match="Say how many"):
        call_command("make_corpus", 0)
