"""The feed: what was published, and the notices."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monographs import addresses, drafts, feeds, notices
from monographs.models import Notice, State

ATOM = {"atom": "http://www.w3.org/2005/Atom"}

pytestmark = pytest.mark.django_db


def said(element, name):
    return element.find(f"atom:{name}", ATOM).text


def entries_of(response):
    return ElementTree.fromstring(response.content).findall("atom:entry", ATOM)


def address_of(entry):
    return entry.find("atom:link", ATOM).get("href")


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S")


def test_every_page_leads_to_the_feed(client, make_revision):
    make_revision(State.PUBLISHED)

    for path in ("/", "/monographs/thymosin-alpha-1/", "/nowhere/"):
        page = client.get(path).text
        assert '<link rel="alternate" href="/feed/" type="application/atom+xml"' in page
        assert '<a href="/feed/">Feed</a>' in page


def test_a_publication_says_what_by_whom_and_what_changed(client, author, make_revision, move):
    first = make_revision(State.PUBLISHED)
    draft = drafts.start(first.monograph, author=author, change_summary="A clearer risk.")
    second = move(draft, "submit", "approve", "publish")

    response = client.get("/feed/")

    newer, older = entries_of(response)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert said(newer, "title") == "Published: Thymosin Alpha-1, version 2"
    assert address_of(newer) == "http://testserver/monographs/thymosin-alpha-1/versions/2/"
    assert newer.find("atom:author/atom:name", ATOM).text == "Ada Author"
    assert "Reviewed and approved by Rex Reviewer." in said(newer, "summary")
    assert "What changed: A clearer risk." in said(newer, "summary")
    assert said(newer, "updated").startswith(rfc3339(second.published_at))
    assert said(older, "updated").startswith(rfc3339(first.published_at))
    assert "What changed" not in said(older, "summary")


def test_a_notice_says_its_kind_its_text_and_who_gave_it(client, publisher, make_revision):
    revision = make_revision(State.PUBLISHED)
    text = "The <b>mass</b> is in doubt."
    notice = notices.give("concern", revision, actor=publisher, text=text)

    entry = entries_of(client.get("/feed/"))[0]

    assert said(entry, "title") == "Expression of concern: Thymosin Alpha-1, version 1"
    assert address_of(entry).endswith(f"/versions/1/#notice-{notice.pk}")
    assert "<p>The &lt;b&gt;mass&lt;/b&gt; is in doubt.</p>" in said(entry, "summary")
    assert entry.find("atom:author/atom:name", ATOM).text == "Pia Publisher"
    assert entry.find("atom:category", ATOM).get("term") == "Expression of concern"


def test_a_notice_that_is_ended_is_news_again_under_the_same_id(client, publisher, make_revision):
    revision = make_revision(State.PUBLISHED)
    notice = notices.give("concern", revision, actor=publisher, text="In doubt.")
    make_revision(State.PUBLISHED, slug="selank", title="Selank")
    before = entries_of(client.get("/feed/"))

    notices.end(notice, actor=publisher, why="It was measured again.")

    after = entries_of(client.get("/feed/"))
    notice.refresh_from_db()
    assert said(after[0], "id") == said(before[1], "id")
    assert said(after[0], "updated").startswith(rfc3339(notice.ended_at))
    assert said(after[0], "published") == said(before[1], "published")
    assert "It was measured again." in said(after[0], "summary")


def test_a_withdrawn_text_gives_way_to_its_retraction(client, author, make_revision, move):
    first = make_revision(State.PUBLISHED)
    draft = drafts.start(first.monograph, author=author, change_summary="Now it cures all.")
    move(draft, "submit", "approve", "publish", "withdraw")

    response = client.get("/feed/")

    retraction, publication = entries_of(response)
    assert said(retraction, "title") == "Retraction: Thymosin Alpha-1, version 2"
    assert "A reason." in said(retraction, "summary")
    assert said(publication, "title") == "Published: Thymosin Alpha-1, version 1"
    assert "Now it cures all." not in response.text
    assert "A sentence for the" not in response.text


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.DISCARDED])
def test_nothing_that_is_not_public_is_in_the_feed(state, client, make_revision):
    make_revision(state)

    assert entries_of(client.get("/feed/")) == []


def test_ids_stay_when_the_address_and_the_host_change(
    client, publisher, make_revision, settings
):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    revision = make_revision(State.PUBLISHED)
    notices.give("concern", revision, actor=publisher, text="In doubt.")
    before = [said(entry, "id") for entry in entries_of(client.get("/feed/"))]

    addresses.change(revision.monograph, "thymalfasin", actor=publisher)
    entries = entries_of(client.get("/feed/", headers={"host": "other.example"}))

    assert [said(entry, "id") for entry in entries] == before
    assert len(set(before)) == 2
    assert all(name.startswith("urn:uuid:") for name in before)
    assert all("//other.example/monographs/thymalfasin/" in address_of(e) for e in entries)


def test_the_feed_is_as_new_as_its_newest_entry_and_else_stays_as_it_is(client, make_revision):
    empty = client.get("/feed/")
    assert "<updated>1970-01-01T00:00:00+00:00</updated>" in empty.text
    revision = make_revision(State.PUBLISHED)

    feed = ElementTree.fromstring(client.get("/feed/").content)

    assert said(feed, "updated").startswith(rfc3339(revision.published_at))


def test_everyone_gets_the_same_bytes_and_no_cookie(client, author, make_revision):
    make_revision(State.PUBLISHED)
    anonymous = client.get("/feed/")
    client.force_login(author)

    signed_in = client.get("/feed/?p=%00&token=x")

    assert signed_in.content == anonymous.content
    assert not signed_in.cookies
    assert "cookie" not in signed_in.get("Vary", "").lower()


def test_the_feed_and_the_sitemap_answer_head_and_refuse_all_that_writes(client, make_revision):
    make_revision(State.PUBLISHED)

    for path in ("/feed/", "/sitemap.xml", "/sitemap-monographs.xml"):
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for method in (client.post, client.put, client.patch, client.delete, client.options):
            assert method(path).status_code == 405


@pytest.mark.parametrize("page", ["x", "-1", "0", "99", "9" * 400, "%00", "%ed%a0%80"])
def test_a_page_that_the_sitemap_has_not_is_not_found(page, client, make_revision):
    make_revision(State.PUBLISHED)

    assert client.get(f"/sitemap-monographs.xml?p={page}").status_code == 404


def test_odd_letters_in_a_title_and_a_name_leave_the_feed_readable(
    client, author, publisher, make_revision
):
    author.display_name = "Ada\x0b\ufffe <Author>"
    author.save()
    publisher.display_name = "Pia\x1b & Co"
    publisher.save()
    revision = make_revision(State.PUBLISHED, title="<b>Bold</b> & “α” ]]>")
    notices.give("concern", revision, actor=publisher, text="See <this> & “that”\uffff.")

    notice, publication = entries_of(client.get("/feed/"))

    assert said(publication, "title") == "Published: <b>Bold</b> & “α” ]]>, version 1"
    assert publication.find("atom:author/atom:name", ATOM).text == "Ada <Author>"
    assert notice.find("atom:author/atom:name", ATOM).text == "Pia & Co"
    assert "See &lt;this&gt; &amp; “that”." in said(notice, "summary")


@pytest.mark.usefixtures("policy_known")
def test_the_feed_has_the_latest_fifty_in_as_many_queries(
    client, publisher, make_revision, django_assert_num_queries
):
    revision = make_revision(State.PUBLISHED)
    notices.give("concern", revision, actor=publisher, text="In doubt.")
    with CaptureQueriesContext(connection) as captured:
        client.get("/feed/")
    before = timezone.now() - timedelta(days=1)
    Notice.objects.bulk_create(
        Notice(
            kind="correction", revision=revision, text=f"Number {n}.", author=publisher, at=before
        )
        for n in range(feeds.LENGTH + 10)
    )

    with django_assert_num_queries(len(captured)):
        response = client.get("/feed/")

    entries = entries_of(response)
    assert len(captured) == 2
    assert len(entries) == feeds.LENGTH
    assert "Expression of concern" in said(entries[0], "title")
    times = [said(entry, "updated") for entry in entries]
    assert times == sorted(times, reverse=True)
