"""The list of monographs, and what is not there."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monographs import drafts
from monographs.admin import monographs
from monographs.models import Monograph, Revision, State, Topic
from monographs.models import monographs as models

from .desk import page_of


def test_the_list_has_one_row_a_monograph_that_leads_to_the_open_text(
    author, sign_in, make_revision
):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author)

    response = sign_in(author).get(reverse("admin:monographs_monograph_changelist"))

    page = response.content.decode()
    assert len(response.context["cl"].result_list) == 1
    assert page_of(draft) in page
    assert "Draft (revision 2)" in page
    assert "Revision 1 since" in page


@pytest.fixture(params=["few", "many"])
def either_way(request, monkeypatch):
    """What is found is taken for few, or for many."""
    if request.param == "many":
        monkeypatch.setattr(models, "NAMED", 0)
        monkeypatch.setattr(models, "MANY", 0)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=draft", {"a-draft"}),
        ("state=published", {"a-live-one"}),
        ("state=withdrawn", {"a-withdrawn-one"}),
        ("topic=bone", {"a-live-one"}),
        ("topic=bone&state=draft", set()),
        ("topic=nonsense", set()),
        ("topic=%00", set()),
        ("q=live", {"a-live-one"}),
        ("q=a+one", {"a-live-one", "a-withdrawn-one"}),
        ("q=one&topic=bone", {"a-live-one"}),
        ("q=nonsense", set()),
        ("state=nonsense", {"a-draft", "a-live-one", "a-withdrawn-one"}),
    ],
)
def test_the_list_is_searched_and_filtered(query, expected, author, sign_in, make_revision):
    make_revision(State.DRAFT, slug="a-draft")
    live = make_revision(State.PUBLISHED, slug="a-live-one")
    make_revision(State.WITHDRAWN, slug="a-withdrawn-one")
    live.topics.create(name="Bone", slug="bone")

    response = sign_in(author).get(reverse("admin:monographs_monograph_changelist") + "?" + query)

    assert {row.slug for row in response.context["cl"].result_list} == expected


@pytest.fixture
def in_order(make_revision):
    """Seven monographs, three of them overdue; their slugs in the order of the list."""
    today, now = timezone.localdate(), timezone.now()
    for number in range(7):
        due = today + timedelta(days=number - 3) if number != 5 else None
        slug = make_revision(slug=f"number-{number}").monograph.slug
        Monograph.objects.filter(slug=slug).update(
            review_due_on=due, changed_at=now + timedelta(days=number % 4)
        )
    return [f"number-{number}" for number in (0, 1, 2, 3, 6, 5, 4)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_its_pages_go_on_where_the_one_before_ended(size, in_order):
    rows = [
        row.slug
        for start in range(0, 8, size)
        for row in Monograph.objects.overdue_first(start, size)
    ]

    assert rows == in_order


def test_the_pages_of_the_desk_are_in_that_order(in_order, author, sign_in, monkeypatch):
    monkeypatch.setattr(monographs.MonographAdmin, "list_per_page", 2)
    client = sign_in(author)
    address = reverse("admin:monographs_monograph_changelist")

    pages = [client.get(f"{address}?p={number}") for number in (1, 2, 3, 4)]
    on_one = client.get(f"{address}?all=")

    rows = [row.slug for page in pages for row in page.context["cl"].result_list]
    assert rows == in_order
    assert [row.slug for row in on_one.context["cl"].result_list] == in_order


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("query", ["?o=-6", "?o=-6&q=number"])
def test_another_order_is_kept_to(query, in_order, author, sign_in):
    client = sign_in(author)

    page = client.get(reverse("admin:monographs_monograph_changelist") + query)

    changed = [row.changed_at for row in page.context["cl"].result_list]
    assert len(changed) == 7
    assert changed == sorted(changed, reverse=True)


def test_it_is_counted_some_pages_on_and_says_so(in_order, author, sign_in, monkeypatch):
    monkeypatch.setattr(monographs, "AHEAD", 1)
    monkeypatch.setattr(monographs.MonographAdmin, "list_per_page", 2)
    client = sign_in(author)
    address = reverse("admin:monographs_monograph_changelist")

    pages = [client.get(f"{address}?q=number&p={number}") for number in (1, 2, 3, 4)]

    said = [re.search(r"[\w ]+ monographs\s", page.content.decode())[0] for page in pages]
    counts = [" ".join(line.split()[:-1]) for line in said]
    assert counts == ["more than 4", "more than 6", "7", "7"]
    rows = [row.slug for page in pages for row in page.context["cl"].result_list]
    assert rows == in_order


@pytest.mark.parametrize("number", ["0", "-1", "-100", "5", "9" * 30])
def test_a_page_that_is_not_there_leads_to_the_first(number, in_order, author, sign_in):
    response = sign_in(author).get(
        reverse("admin:monographs_monograph_changelist") + f"?p={number}", follow=True
    )

    assert response.status_code == 200
    assert [row.slug for row in response.context["cl"].result_list] == in_order


def test_no_more_than_a_page_is_shown_of_what_are_too_many_to_show(
    in_order, author, sign_in, monkeypatch
):
    monkeypatch.setattr(monographs.MonographAdmin, "list_per_page", 2)
    monkeypatch.setattr(monographs.MonographAdmin, "list_max_show_all", 6)

    page = sign_in(author).get(reverse("admin:monographs_monograph_changelist") + "?all=")

    assert [row.slug for row in page.context["cl"].result_list] == in_order[:2]


@pytest.mark.usefixtures("policy_known")
def test_the_lists_queries_do_not_grow_with_the_entries(
    author, sign_in, make_revision, django_assert_num_queries
):
    client = sign_in(author)
    address = reverse("admin:monographs_monograph_changelist")
    make_revision(State.PUBLISHED, slug="one")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    for number in range(5):
        make_revision(State.PUBLISHED, slug=f"more-{number}")

    with django_assert_num_queries(len(captured)):
        client.get(address)


@pytest.mark.parametrize("pk", ["999", "nonsense", "9" * 30])
def test_a_revision_that_is_not_there_is_not_found(pk, author, sign_in):
    address = reverse("admin:monographs_revision_change", args=[pk])

    response = sign_in(author).get(address)

    assert response.status_code == 404


@pytest.mark.parametrize("pk", ["abc", "999", "9" * 30])
def test_a_monograph_that_is_not_there_is_not_found(pk, author, sign_in):
    address = reverse("admin:monographs_monograph_change", args=[pk])

    assert sign_in(author).get(address).status_code == 404


def test_a_topic_in_use_is_not_deleted(make_user, sign_in, make_revision):
    topic = Topic.objects.create(name="Bone", slug="bone")
    make_revision().topics.add(topic)
    chief = make_user("chief", is_superuser=True)

    response = sign_in(chief).post(
        reverse("admin:monographs_topic_delete", args=[topic.pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert Topic.objects.exists()


@pytest.mark.parametrize("kind", ["monograph", "revision"])
@pytest.mark.parametrize("who", ["author", "superuser"])
def test_nothing_is_deleted_at_the_desk(who, kind, make_user, sign_in, request, make_revision):
    revision = make_revision()
    person = (
        make_user("chief", is_superuser=True)
        if who == "superuser"
        else request.getfixturevalue("author")
    )
    thing = revision if kind == "revision" else revision.monograph
    address = reverse(f"admin:monographs_{kind}_delete", args=[thing.pk])

    response = sign_in(person).post(address, {"post": "yes"})

    assert response.status_code == 403
    assert Revision.objects.filter(pk=revision.pk).exists()


@pytest.mark.parametrize("name", ["change", "preview", "start"])
def test_the_desk_tells_a_stranger_nothing(name, client, make_revision):
    there = make_revision().pk

    answers = [
        client.get(reverse(f"admin:monographs_revision_{name}", args=[pk]))
        for pk in (there, there + 1_000)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert all("/admin/login/" in answer["Location"] for answer in answers)
