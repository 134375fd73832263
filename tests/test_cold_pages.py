"""Pages that are rendered take as few queries for many monographs as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs import content, paging, views
from monographs.models import Revision, State, Topic

from .plans import assert_in_order_of_index

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_known")]
NAMES = ["Abaloparatide", "Bivalirudin", "Buserelin", "Carbetocin", "Exenatide", "Zinc finger"]


@pytest.fixture
def two_a_page(monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)


@pytest.fixture
def published(make_revision):
    topic = Topic.objects.create(name="Hormones", slug="hormones")

    def published(*names):
        for name in names:
            slug = name.lower().replace(" ", "-")
            make_revision(State.PUBLISHED, slug=slug, title=name).topics.add(topic)

    return published


def titles(response):
    return [
        line.split(">")[1].split("<")[0]
        for line in response.text.splitlines()
        if "entry__title" in line
    ]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/", 3),
        ("/monographs/", 3),
        ("/letters/B/", 3),
        ("/topics/hormones/", 3),
        ("/monographs/bivalirudin/", 2),
        ("/feed/", 3),
    ],
)
def test_few_queries_whatever_there_is(path, most, published, two_a_page, client):
    published(*NAMES[:2])
    # A process asks its database once what it can do.
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        assert client.get(path).status_code == 200
    published(*NAMES[2:])

    with CaptureQueriesContext(connection) as many:
        assert client.get(path).status_code == 200

    assert len(few) <= most
    assert len(many) <= most


def test_a_page_of_a_published_text_renders_no_markdown(published, client, monkeypatch):
    published("Bivalirudin")
    monkeypatch.setattr("monographs.rendering.render", lambda text: pytest.fail("it did"))

    assert "A sentence for the mechanism" in client.get("/monographs/bivalirudin/").text


def test_few_monographs_are_all_on_one_page_by_letter(published, client):
    published("Buserelin", "abaloparatide", "Bivalirudin")

    response = client.get("/monographs/")

    assert titles(response) == ["abaloparatide", "Bivalirudin", "Buserelin"]
    assert response.text.index('id="letter-A"') < response.text.index('id="letter-B"')
    assert 'href="#letter-B"' in response.text


def test_many_are_found_by_their_letters(published, two_a_page, client):
    published(*NAMES, "beta-casomorphin", "5-HT3 peptide")

    response = client.get("/monographs/")

    assert titles(response) == []
    assert response.context["initials"] == ["5", "A", "B", "C", "E", "Z"]
    assert 'href="/letters/B/"' in response.text
    assert titles(client.get("/letters/B/")) == ["beta-casomorphin", "Bivalirudin"]
    assert titles(client.get("/letters/B/2/")) == ["Buserelin"]


@pytest.mark.parametrize("path", ["/letters/B/{}", "/topics/hormones/{}"])
def test_pages_lead_to_the_next_and_the_one_before(path, published, two_a_page, client):
    published("Bivalirudin", "Buserelin", "Bremelanotide", "Bombesin", "Bradykinin")

    first, second, third = (client.get(path.format(number)) for number in ("", "2/", "3/"))

    assert f'rel="next" href="{path.format("2/")}"' in first.text
    assert 'rel="prev"' not in first.text
    assert f'rel="prev" href="{path.format("")}"' in second.text
    assert f'rel="next" href="{path.format("3/")}"' in second.text
    assert 'rel="next"' not in third.text
    names = [name for page in (first, second, third) for name in titles(page)]
    assert names == sorted(names)
    assert len(names) == 5


NOWHERE = ["/letters/Q/", "/letters/b/", "/letters/%00/", "/letters/BB/", "/letters/B/0/"]
NOWHERE += ["/letters/B/3/", f"/letters/B/{'9' * 30}/", "/topics/hormones/9/"]


@pytest.mark.parametrize("path", NOWHERE)
def test_there_is_no_page_of_what_is_not_there(path, published, client):
    published("Bivalirudin")

    assert client.get(path).status_code == 404


def test_what_is_not_published_has_no_letter(make_revision, two_a_page, published, client):
    published(*NAMES[:3])
    make_revision(State.APPROVED, slug="x", title="Xenin")

    assert "X" not in client.get("/monographs/").context["initials"]
    assert client.get("/letters/X/").status_code == 404


LISTS = {
    "home": lambda: Revision.objects.published().for_list().order_by("-published_at")[:5],
    "A–Z": lambda: views._entries()[:201],
    "letter": lambda: views._entries().filter(initial="R")[:201],
}


@pytest.mark.parametrize("shown", LISTS)
def test_no_list_is_sorted_anew(shown, db):
    assert_in_order_of_index(LISTS[shown](), "revision_")


def test_what_is_long_is_at_the_end_of_a_row(db):
    """SQLite reads a row up to the column that it needs."""
    with connection.cursor() as cursor:
        table = Revision._meta.db_table
        columns = [
            column.name
            for column in connection.introspection.get_table_description(cursor, table)
        ]

    assert set(columns[-9:]) == {*content.SECTIONS, "references", "rendered"}
