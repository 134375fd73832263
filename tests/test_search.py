"""Published monographs are found by their words, and nothing else is."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from monographs import drafts
from monographs import search as finding
from monographs.models import Revision, SearchEntry, State
from monographs.search import index, ranking, search
from monographs.search.snippets import snippet
from monographs.search.words import fold, stem

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(make_revision):
    def publish(slug, title, synonyms=(), **text):
        facts = {"synonyms": list(synonyms)} if synonyms else {}
        return make_revision(State.PUBLISHED, slug=slug, title=title, facts=facts, **text)

    return publish


def slugs(query, start=0):
    return [hit.revision.monograph.slug for hit in search(query, start).hits]


def indexed():
    """Return the titles that the database's own index finds for a word of every text."""
    return [Revision.objects.get(pk=pk).title for pk in ranking.ranked([("sentenc", None)])]


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Ångström", "angstrom"),
        ("Tα1", "talpha1"),
        ("ΓΛΩ", "gammalambdaomega"),
        ("τέλος", "tauepsilonlambdaomicronsigma"),
        ("İstanbul", "istanbul"),
        ("ﬁbrin", "fibrin"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
    ],
)
def test_accents_greek_letters_and_capitals_are_folded(word, folded):
    assert fold(word) == folded


def test_words_of_one_stem_are_one():
    assert len({stem(word) for word in ("inhibits", "inhibited", "Inhibiting")}) == 1


@pytest.mark.parametrize(
    "query",
    [
        "thymosin",
        "THYMOSIN",
        "thymo",
        "Thymosin α1",
        "thymosin alpha1",
        "thymalfasin",
        "Tα1",
        "talpha1",
        "signalling",
        "signals T cells",
        "62304-98-7",
        "Müller cell",
        "muller",
    ],
)
def test_a_text_is_found_by(query, make_revision, publish):
    make_revision(
        State.PUBLISHED,
        title="Thymosin α1",
        facts={"synonyms": ["Thymalfasin", "Tα1"], "cas_number": "62304-98-7"},
        mechanism="It signalled to *T cells* and to the Müller cell [@key1].",
    )
    publish("another", "Oxytocin", mechanism="It contracts.")

    assert slugs(query) == ["thymosin-alpha-1"]


@pytest.mark.parametrize("query", ["key1", "strong", "cells oxytocin", "xyz", "ymosin"])
def test_a_text_is_not_found_by(query, make_revision):
    make_revision(State.PUBLISHED, mechanism="It signals to **T cells** [@key1].")

    assert slugs(query) == []


def test_a_title_counts_more_than_a_synonym_and_that_more_than_a_text(publish):
    publish("in-text", "Abarelix", mechanism="It is not relaxin, as relaxin is another.")
    publish("in-synonym", "Serelaxin", ["Relaxin"])
    publish("in-title", "Relaxin")

    assert slugs("relaxin") == ["in-title", "in-synonym", "in-text"]


def test_of_a_word_in_very_many_texts_those_named_so_come_first(publish, monkeypatch):
    for number in range(4):
        publish(f"text-{number}", f"Name {number}", mechanism="A hormone, like a hormone.")
    publish("named", "Growth hormone")
    monkeypatch.setattr(ranking, "CANDIDATES", 3)

    assert slugs("hormone")[0] == "named"


def test_more_results_follow_the_first_ones(publish, monkeypatch):
    for number in range(5):
        publish(f"text-{number}", f"Relaxin {number}")
    monkeypatch.setattr(finding, "PAGE", 2)

    first, second, third = (search("relaxin", start) for start in (0, 2, 4))

    assert (first.is_more, second.is_more, third.is_more) == (True, True, False)
    pages = [hit.revision.pk for found in (first, second, third) for hit in found.hits]
    assert len(set(pages)) == 5


def test_a_mistyped_name_is_put_right(publish):
    publish("a", "Thymosin", ["Thymalfasin"])

    assert search("thymosni").suggestion == "thymosin"
    assert search("tymalfasin").suggestion == ""
    assert search("thymalfasni fraction").suggestion == ""
    assert search("thymosin").suggestion == ""


def test_the_index_is_in_step_with_every_move(make_revision, move, author):
    draft = make_revision(State.DRAFT)
    for name in ("submit", "approve"):
        move(draft, name)
        assert indexed() == []
    first = move(draft, "publish")
    assert indexed() == ["Thymosin Alpha-1"]

    second = drafts.start(first.monograph, author=author, change_summary="Another name.")
    text = {**second.text, "title": "Thymalfasin"}
    second = drafts.save(
        second, author=author, text=text, change_summary="Another name.", version=second.version
    )
    assert slugs("thymalfasin") == ["thymosin-alpha-1"]
    move(second, "submit", "approve", "publish")
    assert indexed() == ["Thymalfasin"]

    move(second, "withdraw")
    assert indexed() == []
    assert not SearchEntry.objects.exists()


def test_what_is_undone_leaves_no_trace_in_the_index(make_revision, move):
    approved = make_revision(State.APPROVED)
    with transaction.atomic():
        move(approved, "publish")
        transaction.set_rollback(True)

    assert indexed() == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED}))
def test_the_database_takes_no_entry_of_what_is_not_published(state, make_revision):
    revision = make_revision(state)

    with pytest.raises(IntegrityError), transaction.atomic():
        SearchEntry.objects.create(revision=revision, title="x", synonyms="", text="x")


def test_the_database_drops_the_entry_whoever_withdraws(make_revision):
    revision = make_revision(State.PUBLISHED)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE monographs_revision SET state = 'withdrawn' WHERE id = %s", [revision.pk]
        )

    assert not SearchEntry.objects.exists()
    assert ranking.ranked([("thymosin", None)]) == []


def test_an_entry_cannot_be_given_to_another_text(publish, make_revision):
    publish("one", "Relaxin")
    draft = make_revision(State.DRAFT, slug="two")

    with pytest.raises(IntegrityError), transaction.atomic():
        SearchEntry.objects.update(revision=draft)


def test_rebuilding_makes_all_anew_and_can_be_stopped(publish, monkeypatch):
    for number in range(5):
        publish(f"text-{number}", f"Relaxin {number}")
    SearchEntry.objects.update(title="nothing", text="nothing")
    assert slugs("relaxin") == []
    monkeypatch.setattr(index, "AT_A_TIME", 2)

    next(index.rebuild())
    assert len(slugs("relaxin")) == 2
    call_command("rebuild_search")

    assert len(slugs("relaxin")) == 5
    assert slugs("nothing") == []


def test_a_search_takes_few_queries(publish, client, django_assert_max_num_queries, policy_known):
    for number in range(3):
        publish(f"text-{number}", f"Relaxin {number}")

    with django_assert_max_num_queries(3):
        client.get("/search/?q=relaxin")


def test_a_snippet_shows_what_was_asked_for_and_some_words_around():
    text = "One two three four five six seven eight nine ten " + "peptides of many " + "end " * 40

    parts = snippet(text, [(stem("peptide"), None)])

    assert parts[0] == ("… ", False)
    assert ("peptides", True) in parts
    assert parts[1][0].startswith("three four")
    assert parts[-1] == (" …", False)
    assert "".join(part for part, _ in parts).count("  ") == 0


@given(st.text(), st.text(max_size=5))
def test_a_snippet_is_of_the_text(text, word):
    parts = snippet(text, [(stem(word), word)])

    shown = "".join(part for part, _ in parts)
    plain, whole = ("".join(some.split()) for some in (shown, text))
    assert plain.removeprefix("…").removesuffix("…") in whole


HOSTILE = ['"', '" OR 1=1 --', "NEAR(a b)", "title:x", "a*", "* *", "-a", "(", "a AND"]
HOSTILE += ["\x00", "a\x00b", "'", "\\", "<script>", "\ud800", "\U0001f9ec"]
HOSTILE += ["a" * 500, "α" * 300, "a b " * 120]


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_find_nothing_and_break_nothing(query, publish, client):
    publish("one", "Relaxin")

    response = client.get("/search/", {"q": query.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    assert "<script>" not in response.text


class Queries(TestCase):
    @given(st.text(max_size=600))
    def test_no_query_is_an_error(self, query):
        response = self.client.get("/search/", {"q": query.encode("utf-8", "surrogatepass")})

        assert response.status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("x" * 10_000, "This has more than 500 letters"),
        ("???", "Search for letters or digits"),
        ("relaxin", "Nothing found"),
        ("thymosni", "Did you mean"),
    ],
)
def test_the_page_says_what_to_do(query, words, publish, client):
    publish("a", "Thymosin")

    assert words in client.get("/search/", {"q": query}).text


def test_the_page_marks_what_was_asked_for(publish, client):
    publish("a", "Relaxin", mechanism="It relaxes <b>&amp; widens</b> [@key1].")

    response = client.get("/search/?q=widen")

    assert "<mark>widens</mark>" in response.text
    assert 'value="widen"' in response.text
    assert "noindex" in response.text
    assert response["Cache-Control"] == "public, max-age=30"


@pytest.mark.parametrize("start", ["-1", "x", "999999999", "9" * 30, "²", ""])
def test_an_odd_place_in_the_list_is_no_error(start, publish, client):
    publish("a", "Relaxin")

    assert client.get("/search/", {"q": "relaxin", "from": start}).status_code == 200


def gone_through():
    """Return how often all search entries were gone through in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = %s",
            [SearchEntry._meta.db_table],
        )
        return cursor.fetchone()[0]


def test_no_text_is_gone_through_that_has_not_the_word(publish):
    # With so many found, SQLite would rather go through all that are published.
    for number in range(15):
        publish(f"number-{number}", f"Peptide {number}")
    before = connection.vendor == "postgresql" and gone_through()

    with CaptureQueriesContext(connection) as queries:
        assert len(search("peptide").hits) == 15

    if connection.vendor == "postgresql":
        assert gone_through() == before
    else:
        with connection.cursor() as cursor:
            plans = [
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall()
                for query in queries
            ]
        assert "INTEGER PRIMARY KEY" in str(plans)
        assert "revision_by" not in str(plans)
