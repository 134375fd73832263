"""However many entries there are, a page of the desk asks the database as often."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import desk
from monographs import corpus, drafts
from monographs.corpus.lives import LIVES
from monographs.models import Monograph, Revision, State, Topic, monographs

from .plans import assert_in_order_of_index

# More than a page of the list, and more of each kind of work than the first page shows.
FEW, MANY = len(LIVES), 5 * len(LIVES)


def queries_by_page(client):
    counted = {}
    for page, address in desk.pages().items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
            counted[page] = len(queries)
        assert response.status_code == 200, page
    return counted


@pytest.fixture
def everyone(db, sign_in):
    """Signs in as someone who wrote some of the entries and has every role."""

    def sign_in_to(count):
        for _ in corpus.grow(corpus.missing(count)):
            pass
        return sign_in(desk.someone_with_every_role())

    return sign_in_to


@pytest.mark.usefixtures("policy_known")
def test_no_page_of_the_desk_asks_more_often_when_there_are_more_entries(everyone):
    few = queries_by_page(everyone(FEW))

    many = queries_by_page(everyone(MANY))

    # This one asks about each text that was chosen, of which there are not many.
    del few[desk.BULK], many[desk.BULK]
    assert many == few
    assert max(few.values()) < 50


def test_a_list_of_overdue_reviews_goes_on_with_what_changed_last(everyone):
    client = everyone(FEW)

    rows = client.get(desk.pages()["list"]).context["cl"].result_list

    overdue = [row for row in rows if row.is_review_overdue]
    assert rows[: len(overdue)] == sorted(overdue, key=lambda row: row.review_due_on)
    rest = rows[len(overdue) :]
    assert len(overdue) == 1
    assert rest == sorted(rest, key=lambda row: row.changed_at, reverse=True)


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_a_filter_finds_each_entry_once_and_only_those(state, everyone):
    client = everyone(FEW)

    found = client.get(desk.pages()[f"list, {state.label.lower()}"]).context["cl"].queryset

    expected = Revision.objects.filter(state=state).values_list("monograph", flat=True)
    assert sorted(found.values_list("pk", flat=True)) == sorted(expected)


@pytest.mark.parametrize(
    "find",
    [
        lambda: Monograph.objects.having(Revision.objects.published()),
        lambda: Monograph.objects.under(Topic(pk=1), Revision.objects.published()),
        lambda: Monograph.objects.called(["relin"]),
    ],
    ids=["of a state", "of a topic", "called so"],
)
def test_many_are_read_in_the_order_of_the_list(find, db, monkeypatch):
    monkeypatch.setattr(monographs, "NAMED", -1)
    monkeypatch.setattr(monographs, "are_many", lambda *rows: True)

    found = find().order_by("-changed_at")[:50]

    assert_in_order_of_index(found, "monographs_monograph_changed_at")


def test_a_search_finds_an_entry_once_by_any_of_its_titles(
    author, make_revision, move, text, sign_in
):
    revision = make_revision(State.PUBLISHED, slug="an-entry", title="Old name")
    drafts.start(revision.monograph, author=author, text={**text, "title": "New name"})
    make_revision(State.PUBLISHED, slug="another", title="Something else")
    client = sign_in(author)

    found = [
        list(client.get(f"/admin/monographs/monograph/?q={words}").context["cl"].queryset)
        for words in ("old+name", "NEW", "entry+name", "an-entry")
    ]

    assert found == [[revision.monograph]] * 4


@pytest.mark.parametrize("words", ["%00", "%ED%A0%80", "%25", "_", "'", "x" * 3000, "%E2%80%AE"])
def test_no_search_is_an_error(words, author, sign_in, make_revision):
    make_revision()

    response = sign_in(author).get(f"/admin/monographs/monograph/?q={words}")

    assert response.status_code == 200
    assert Monograph.objects.count() == 1


def test_a_topic_filter_leaves_out_what_nobody_gets(make_revision, author, sign_in):
    topic = Topic.objects.create(name="Bone", slug="bone")
    for state in (State.PUBLISHED, State.WITHDRAWN, State.DRAFT, State.SUPERSEDED):
        make_revision(state, slug=f"it-is-{state}").topics.add(topic)

    response = sign_in(author).get("/admin/monographs/monograph/?topic=bone")

    slugs = {row.slug for row in response.context["cl"].queryset}
    assert slugs == {"it-is-published", "it-is-draft"}
