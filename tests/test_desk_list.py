"""The list of monographs, and what is not there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs import drafts
from monographs.models import Revision, State, Topic

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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=draft", {"a-draft"}),
        ("state=published", {"a-live-one"}),
        ("state=withdrawn", {"a-withdrawn-one"}),
        ("topic=bone", {"a-live-one"}),
        ("q=live", {"a-live-one"}),
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
