"""The first page after signing in: what waits for me."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monographs import timetable, waiting
from monographs.models import Appointment, Monograph, State

from .plans import assert_in_order_of_index


def waits_for(person):
    return {
        pile.label: [revision["monograph__slug"] for revision in pile.revisions]
        for pile in waiting.piles(person)
    }


@pytest.fixture
def everything(make_revision, move, publisher):
    """One revision of each kind, all written by author."""
    make_revision(State.DRAFT, slug="draft")
    make_revision(State.IN_REVIEW, slug="in-review")
    move(make_revision(State.IN_REVIEW, slug="sent-back"), "request_changes")
    make_revision(State.APPROVED, slug="approved")
    tomorrow = timezone.now() + timedelta(days=1)
    scheduled = make_revision(State.APPROVED, slug="scheduled")
    timetable.appoint("publish", scheduled, actor=publisher, at=tomorrow)
    make_revision(State.PUBLISHED, slug="live")
    make_revision(State.PUBLISHED, slug="overdue")
    yesterday = timezone.localdate() - timedelta(days=1)
    Monograph.objects.filter(slug="overdue").update(review_due_on=yesterday)


def test_each_person_sees_what_waits_for_them(everything, author, reviewer, publisher, coauthor):
    assert waits_for(author) == {
        "Sent back to you": ["sent-back"],
        "Your drafts": ["draft"],
        "Your texts in review": ["in-review"],
        "Your approved texts": ["approved", "scheduled"],
    }
    assert waits_for(reviewer) == {"To review": ["in-review"], "Reviews overdue": ["overdue"]}
    assert waits_for(publisher) == {
        "Approved, to be published": ["approved"],
        "On the timetable": ["scheduled"],
    }
    assert waits_for(coauthor) == {"To review": ["in-review"], "Reviews overdue": ["overdue"]}


def test_nobody_is_asked_to_review_what_they_wrote(everything, author, groups):
    author.groups.add(groups["Reviewers"])
    author = type(author).objects.get(pk=author.pk)

    assert "To review" not in waits_for(author)


def test_what_was_cancelled_waits_to_be_published_again(everything, publisher):
    timetable.cancel(Appointment.objects.get(), actor=publisher)

    assert waits_for(publisher)["Approved, to be published"] == ["approved", "scheduled"]


def test_it_waits_since_it_was_moved_and_not_since_it_was_begun(
    make_revision, move, reviewer, publisher
):
    first = make_revision(State.IN_REVIEW, slug="first")
    make_revision(State.IN_REVIEW, slug="second")
    assert waits_for(reviewer) == {"To review": ["first", "second"]}

    back = move(move(first, "request_changes"), "submit")

    assert waits_for(reviewer) == {"To review": ["second", "first"]}
    assert waiting.piles(reviewer)[0].revisions[1]["since"] == back.moved_at


def test_what_is_confirmed_stays_where_it_is(make_revision, move):
    live = make_revision(State.PUBLISHED)

    assert move(live, "confirm").moved_at == live.moved_at


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_what_waits_is_read_in_the_order_of_its_index(state, db):
    assert_in_order_of_index(waiting._waiting_in(state)[:10], "revision_by_move")


def test_the_oldest_is_first_and_the_rest_is_said_to_be_there(make_revision, reviewer):
    for number in range(waiting.SHOWN + 1):
        make_revision(State.IN_REVIEW, slug=f"number-{number}")

    (pile,) = waiting.piles(reviewer)

    assert pile.revisions[0]["monograph__slug"] == "number-0"
    assert len(pile.revisions) == waiting.SHOWN
    assert (pile.count, pile.more) == (waiting.SHOWN + 1, "1 more")


def test_beyond_some_number_it_is_not_said_how_many(
    make_revision, reviewer, sign_in, monkeypatch
):
    monkeypatch.setattr(waiting, "COUNTED", waiting.SHOWN)
    for number in range(waiting.SHOWN + 3):
        make_revision(State.IN_REVIEW, slug=f"number-{number}")

    (pile,) = waiting.piles(reviewer)
    page = sign_in(reviewer).get(reverse("admin:index")).content.decode()

    assert pile.count == waiting.SHOWN + 1
    assert f"To review (more than {waiting.SHOWN})" in page
    assert "and more, in the" in page


def test_each_line_of_the_page_leads_to_the_work(everything, reviewer, sign_in):
    response = sign_in(reviewer).get(reverse("admin:index"))

    page = response.content.decode()
    (in_review,) = [r for pile in waiting.piles(reviewer) for r in pile.revisions][:1]
    assert reverse("admin:monographs_revision_change", args=[in_review["pk"]]) in page
    assert "Reviews overdue" in page


def test_someone_with_nothing_to_do_is_told_so(make_user, sign_in):
    response = sign_in(make_user("onlooker")).get(reverse("admin:index"))

    assert "Nothing waits for you." in response.content.decode()


@pytest.mark.usefixtures("policy_known")
def test_the_queries_do_not_grow_with_the_entries(make_revision, make_user, sign_in):
    client = sign_in(make_user("chief", "Authors", "Reviewers", "Publishers"))
    make_revision(State.IN_REVIEW, slug="one")
    with CaptureQueriesContext(connection) as before:
        client.get(reverse("admin:index"))
    for number in range(20):
        make_revision(State.IN_REVIEW, slug=f"more-{number}")

    with CaptureQueriesContext(connection) as after:
        client.get(reverse("admin:index"))

    assert len(after) == len(before)
