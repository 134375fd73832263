"""Every text that was public keeps an address of its own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monographs import drafts, notices
from monographs.models import State, Topic
from monographs.versions import versions_of

MONOGRAPH = "/monographs/thymosin-alpha-1/"
VERSIONS = MONOGRAPH + "versions/"
FIRST, SECOND = VERSIONS + "1/", VERSIONS + "2/"
NOINDEX = '<meta name="robots" content="noindex">'

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_versions(author, make_revision, move):
    """A superseded revision and its successor, with another risk, which is live."""
    old = make_revision(State.PUBLISHED)
    text = {**old.text, "risk": "The newer risk [@key1]."}
    new = drafts.start(old.monograph, author=author, text=text, change_summary="Newer.")
    new = move(new, "submit", "approve", "publish")
    old.refresh_from_db()
    return old, new


def test_a_superseded_version_keeps_its_text_and_says_what_it_is(client, two_versions):
    page = client.get(FIRST).text

    ended_at = versions_of("thymosin-alpha-1").get(number=1).ended_at
    assert "A sentence for the risk" in page
    assert "The newer risk" not in page
    assert "<strong>Version 1</strong>, superseded on" in page
    assert f'<time datetime="{ended_at:%Y-%m-%d}">' in page
    assert f'<a href="{MONOGRAPH}">Read the current version.</a>' in page
    assert NOINDEX in page
    assert 'rel="canonical"' not in page


def test_the_time_of_its_end_is_that_of_its_event(two_versions):
    old, new = two_versions

    ends = dict(versions_of("thymosin-alpha-1").values_list("number", "ended_at"))

    assert ends == {1: old.events.get(transition="supersede").at, 2: None}


def test_the_current_version_names_the_monograph_as_canonical(client, two_versions):
    page = client.get(SECOND).text

    assert "The newer risk" in page
    assert f'<link rel="canonical" href="http://testserver{MONOGRAPH}">' in page
    assert NOINDEX not in page
    assert "<strong>Version 2</strong>, the current one" in page


def test_a_version_stays_at_its_address_when_the_next_is_published(client, two_versions):
    old, new = two_versions

    assert client.get(old.get_absolute_url()).status_code == 200
    assert client.get(new.get_absolute_url()).status_code == 200
    assert (old.get_absolute_url(), new.get_absolute_url()) == (FIRST, SECOND)


def test_a_withdrawn_version_shows_the_notice_and_not_the_text(client, make_revision):
    make_revision(State.WITHDRAWN)

    page = client.get(FIRST).text

    assert "Withdrawn on" in page
    assert "A reason." in page
    assert "A sentence for the" not in page
    assert NOINDEX in page


def test_a_version_before_a_withdrawn_one_says_that_the_monograph_is_withdrawn(
    client, move, two_versions
):
    move(two_versions[1], "withdraw")

    page = client.get(FIRST).text

    assert "This monograph has since been withdrawn." in page
    assert f'<a href="{MONOGRAPH}">Read why.</a>' in page
    assert "Read the current version" not in page


def test_a_withdrawn_version_leads_to_a_newer_one(client, author, make_revision, move):
    old = make_revision(State.WITHDRAWN)
    move(drafts.restore(old, author=author), "submit", "approve", "publish")

    page = client.get(FIRST).text

    assert "<strong>Version 1</strong>, withdrawn on" in page
    assert "Read the current version." in page
    assert "A sentence for the" not in page


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.DISCARDED])
def test_what_was_never_public_has_no_version_page(state, client, author, make_revision):
    make_revision(state)
    client.force_login(author)

    assert client.get(FIRST).status_code == 404
    assert client.get(VERSIONS).status_code == 404


@pytest.mark.parametrize("end", ["0/", "3/", f"{'9' * 30}/", "-1/", "x/", "1/2/"])
def test_a_version_that_is_not_there_is_not_found(end, client, two_versions):
    assert client.get(VERSIONS + end).status_code == 404


def test_the_list_has_every_public_version_and_no_other(client, author, two_versions):
    drafts.start(two_versions[0].monograph, author=author)

    page = client.get(VERSIONS).text

    assert page.index(f'href="{SECOND}"') < page.index(f'href="{FIRST}"')
    assert "superseded on" in page
    assert "the current one" in page
    assert "versions/3/" not in page
    assert "Newer." not in page


def test_the_monograph_leads_to_its_versions_if_there_are_any_others(
    client, make_revision, two_versions
):
    make_revision(State.PUBLISHED, slug="alone")

    assert f'href="{VERSIONS}"' in client.get(MONOGRAPH).text
    assert "All versions" not in client.get("/monographs/alone/").text


def test_a_draft_changes_no_page_of_a_version(client, author, two_versions):
    paths = [MONOGRAPH, VERSIONS, FIRST, SECOND]
    before = [client.get(path).content for path in paths]

    drafts.start(two_versions[0].monograph, author=author)

    assert [client.get(path).content for path in paths] == before


@pytest.mark.parametrize("path", [VERSIONS, FIRST, SECOND])
def test_every_visitor_gets_the_same_bytes_and_no_cookie(path, client, author, two_versions):
    anonymous = client.get(path)
    client.force_login(author)

    signed_in = client.get(path)

    assert signed_in.content == anonymous.content
    assert not signed_in.cookies
    assert "cookie" not in signed_in.get("Vary", "").lower()
    assert client.post(path).status_code == 405


@pytest.mark.usefixtures("policy_known")
@pytest.mark.parametrize("path", [VERSIONS, FIRST, MONOGRAPH])
def test_the_queries_do_not_grow_with_the_versions(
    path, client, author, move, two_versions, django_assert_num_queries
):
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    monograph = two_versions[0].monograph
    for _ in range(3):
        draft = drafts.start(monograph, author=author, change_summary="Again.")
        move(draft, "submit", "approve", "publish")

    with django_assert_num_queries(len(captured)):
        client.get(path)


@pytest.mark.usefixtures("policy_known")
def test_the_monograph_page_takes_a_query_and_one_for_notices_where_there_are_any(
    client, make_revision, publisher
):
    revision = make_revision(State.PUBLISHED)
    revision.topics.add(Topic.objects.create(name="Bone", slug="bone"))

    with CaptureQueriesContext(connection) as captured:
        client.get(MONOGRAPH)

    assert len(captured) == 1, "the text with what is around it"
    notices.give("concern", revision, actor=publisher, text="The dose is in doubt.")
    with CaptureQueriesContext(connection) as captured:
        assert "The dose is in doubt." in client.get(MONOGRAPH).text
    assert len(captured) == 2, "and its notices"
