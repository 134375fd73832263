"""The record as editors read it: of one monograph, and of the whole site."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monographs import history, record, transitions
from monographs.models import Event, Monograph, State
from peptidesite import guards

SITE = reverse("admin:monographs_event_changelist")


def record_of(monograph):
    return reverse("admin:monographs_monograph_record", args=[monograph.pk])


def page_of(revision):
    return reverse("admin:monographs_revision_change", args=[revision.pk])


def listed(response):
    return list(response.context["cl"].result_list)


@pytest.fixture
def lengthen(author):
    """Add events to the record of a revision until it has so many."""

    def lengthen(revision, number):
        for _ in range(number - revision.monograph.events.count()):
            record.append(
                revision, "submit", source=State.DRAFT, target=State.DRAFT, actor=author
            )

    return lengthen


@pytest.mark.parametrize(
    ("person", "status"),
    [("author", 403), ("reviewer", 403), ("publisher", 200)],
)
@pytest.mark.parametrize("place", ["list", "event", "export"])
def test_the_record_of_the_site_is_for_publishers(
    place, person, status, make_revision, request, sign_in
):
    event = make_revision().monograph.events.get()
    addresses = {
        "list": SITE,
        "event": reverse("admin:monographs_event_change", args=[event.pk]),
        "export": reverse("admin:monographs_event_export", args=["jsonl"]),
    }

    response = sign_in(request.getfixturevalue(person)).get(addresses[place])

    assert response.status_code == status


@pytest.mark.parametrize("person", ["author", "reviewer", "publisher"])
def test_the_record_of_a_monograph_is_for_every_role(person, make_revision, request, sign_in):
    revision = make_revision(State.PUBLISHED)
    client = sign_in(request.getfixturevalue(person))

    page = client.get(record_of(revision.monograph))

    assert page.status_code == 200
    assert [done for _, done in page.context["record"]] == [
        "published",
        "approved",
        "submitted for review",
        "begun",
    ]


def test_who_may_see_no_monographs_sees_no_record_of_one(make_revision, make_user, sign_in):
    revision = make_revision()
    client = sign_in(make_user("onlooker"))

    page = client.get(record_of(revision.monograph))
    export = client.get(record_of(revision.monograph) + "export.csv")

    assert (page.status_code, export.status_code) == (403, 403)


@pytest.mark.parametrize("place", ["add", "change", "delete"])
def test_nobody_writes_the_record(place, make_revision, make_user, sign_in):
    event = make_revision().monograph.events.get()
    chief = make_user("chief", "Publishers", is_superuser=True)
    addresses = {
        "add": reverse("admin:monographs_event_add"),
        "change": reverse("admin:monographs_event_change", args=[event.pk]),
        "delete": reverse("admin:monographs_event_delete", args=[event.pk]),
    }

    response = sign_in(chief).post(addresses[place], {"note": "Never said.", "post": "yes"})

    assert response.status_code == 403
    assert Event.objects.get().note == ""


def test_the_record_of_the_site_has_a_row_an_event_the_newest_first(
    make_revision, publisher, sign_in
):
    revision = make_revision(State.IN_REVIEW)

    response = sign_in(publisher).get(SITE)

    page = response.content.decode()
    assert [event.transition for event in listed(response)] == ["submit", "start"]
    assert page_of(revision) in page
    assert "submitted for review" in page
    assert "Ada Author" in page
    assert revision.digest[:12] in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"start", "submit", "approve", "publish"}),
        ("transition=approve", {"approve"}),
        ("person=pia", {"publish"}),
        ("person=Ada+author", {"start", "submit"}),
        ("person=nobody", set()),
        ("words=thymosin", {"start", "submit", "approve", "publish"}),
        ("words=a+reason", {"submit", "approve", "publish"}),
        ("words=%25", set()),
        ("words=thymosin&person=rex", {"approve"}),
        ("since=2001-01-01", {"start", "submit", "approve", "publish"}),
        ("until=2001-01-01", set()),
        ("utm_source=mail&o=2", {"start", "submit", "approve", "publish"}),
    ],
)
def test_the_record_of_the_site_is_searched_and_filtered(
    query, expected, make_revision, publisher, sign_in
):
    make_revision(State.PUBLISHED)

    response = sign_in(publisher).get(f"{SITE}?{query}")

    assert {event.transition for event in listed(response)} == expected


def test_the_days_that_are_asked_for_are_both_included(make_revision, publisher, sign_in):
    make_revision()
    today = timezone.localdate()

    response = sign_in(publisher).get(f"{SITE}?since={today}&until={today}")
    earlier = sign_in(publisher).get(f"{SITE}?until={today - timedelta(days=1)}")

    assert len(listed(response)) == 1
    assert listed(earlier) == []


@pytest.mark.parametrize(
    "query",
    ["since=soon", "until=9999-12-31", "since=0001-01-01", "transition=nothing", "words=%00"],
)
def test_what_makes_no_sense_shows_nothing_and_says_so(query, make_revision, publisher, sign_in):
    revision = make_revision()
    client = sign_in(publisher)

    page = client.get(f"{SITE}?{query}")
    export = client.get(f"{SITE}export.csv?{query}")

    assert listed(page) == []
    assert page.context["record_form"].errors
    assert b"errorlist" in page.content
    assert export.status_code == 400
    assert client.get(f"{record_of(revision.monograph)}?{query}").status_code == 200


def test_an_event_is_shown_whole_with_the_one_before_it(make_revision, publisher, sign_in):
    revision = make_revision(State.IN_REVIEW)
    first, second = revision.monograph.events.all()

    page = sign_in(publisher).get(reverse("admin:monographs_event_change", args=[second.pk]))

    text = page.content.decode()
    assert all(digest in text for digest in (second.text_digest, second.digest, first.digest))
    assert reverse("admin:monographs_event_change", args=[first.pk]) in text
    assert "A reason." in text
    assert 'alt="True"' in text


def test_an_event_that_was_changed_shows_that_it_was(make_revision, publisher, sign_in):
    event = make_revision().monograph.events.get()
    with guards.lifted():
        Event.objects.filter(pk=event.pk).update(note="Never said.")

    page = sign_in(publisher).get(reverse("admin:monographs_event_change", args=[event.pk]))

    assert b'alt="False"' in page.content


def test_an_event_of_a_move_that_is_no_more_can_still_be_read(
    make_revision, author, publisher, sign_in
):
    revision = make_revision()
    record.append(revision, "sent_to_press", source=State.DRAFT, target=State.DRAFT, actor=author)
    client = sign_in(publisher)

    pages = [client.get(SITE), client.get(page_of(revision))]

    assert all("sent to press" in page.content.decode() for page in pages)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("transition=publish", ["publish"]),
        ("person=rex", ["approve"]),
        ("person=author&transition=approve", []),
    ],
)
def test_the_record_of_a_monograph_is_filtered(query, expected, author, make_revision, sign_in):
    revision = make_revision(State.PUBLISHED)
    make_revision(State.PUBLISHED, slug="another")

    page = sign_in(author).get(f"{record_of(revision.monograph)}?{query}")

    assert [event.transition for event, _ in page.context["record"]] == expected


def test_the_page_of_a_revision_shows_the_last_events_and_the_way_to_all(
    author, lengthen, make_revision, sign_in
):
    revision = make_revision()
    lengthen(revision, 23)

    page = sign_in(author).get(page_of(revision))

    shown = [event.sequence for event, _ in page.context["record"]]
    assert shown == list(range(23, 3, -1))
    assert "3 earlier events are not shown here." in page.content.decode()
    assert record_of(revision.monograph) in page.content.decode()


def test_a_short_record_has_no_earlier_events(author, make_revision, sign_in):
    page = sign_in(author).get(page_of(make_revision()))

    assert page.context["earlier_events"] == 0
    assert "not shown here" not in page.content.decode()


def test_a_long_record_has_pages_that_leave_nothing_out(
    lengthen, make_revision, publisher, sign_in
):
    revision = make_revision()
    lengthen(revision, 250)
    # Many events of one moment are what makes an order that is no order show.
    with guards.lifted():
        Event.objects.update(at=timezone.now())
    client = sign_in(publisher)

    of_site = [listed(client.get(f"{SITE}?p={number}")) for number in (1, 2, 3)]
    of_one = [
        [event for event, _ in client.get(address).context["record"]]
        for address in (f"{record_of(revision.monograph)}?p={number}" for number in (1, 2, 3))
    ]

    for pages in (of_site, of_one):
        assert [len(page) for page in pages] == [100, 100, 50]
        assert [event.sequence for page in pages for event in page] == list(range(250, 0, -1))


def test_the_pages_keep_what_was_asked_for(author, lengthen, make_revision, sign_in):
    revision = make_revision()
    lengthen(revision, 150)

    page = sign_in(author).get(record_of(revision.monograph) + "?transition=submit&p=1")

    assert "?transition=submit&amp;p=2" in page.content.decode()


@pytest.mark.usefixtures("policy_known")
@pytest.mark.parametrize("place", ["site", "monograph", "revision", "event"])
def test_the_queries_do_not_grow_with_the_record(
    place, lengthen, make_revision, publisher, sign_in, django_assert_num_queries
):
    revision = make_revision()
    lengthen(revision, 3)
    last = revision.monograph.events.last()
    address = {
        "site": SITE,
        "monograph": record_of(revision.monograph),
        "revision": page_of(revision),
        "event": reverse("admin:monographs_event_change", args=[last.pk]),
    }[place]
    client = sign_in(publisher)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    lengthen(revision, 300)

    with django_assert_num_queries(len(captured)):
        client.get(address)


@pytest.mark.parametrize("filters", ["", "?transition=submit", "?since=2001-01-01"])
def test_pages_are_found_in_an_index(filters, make_revision, publisher, sign_in):
    make_revision()
    events = history.select(
        Event.objects.order_by("-at", "-pk"),
        transition="submit" if "submit" in filters else "",
    )

    plan = events.values("pk")[:100].explain()

    if connection.vendor == "sqlite":
        assert "event_by_" in plan
        assert "TEMP B-TREE" not in plan


def test_every_transition_can_be_asked_for(publisher, sign_in, db):
    page = sign_in(publisher).get(SITE)

    choices = [value for value, _ in page.context["record_form"].fields["transition"].choices]
    assert choices == ["", *transitions.DONE]


@pytest.mark.parametrize("pk", [999, 10**30])
def test_the_record_of_no_monograph_is_not_found(pk, author, sign_in):
    address = reverse("admin:monographs_monograph_record", args=[pk])

    response = sign_in(author).get(address)

    assert response.status_code == 404
    assert not Monograph.objects.exists()
