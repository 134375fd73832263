"""Opening a draft that someone else has open says so, and locks nobody out."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monographs import presence
from monographs.models import Monograph, Presence, State

from .desk import page_of, typed


def here(revision):
    return reverse("admin:monographs_revision_here", args=[revision.pk])


def left(revision):
    return reverse("admin:monographs_revision_left", args=[revision.pk])


def desk_of(person):
    client = Client()
    client.force_login(person)
    return client


def said(response):
    """What a page says of who else is here, in words."""
    page = response.content.decode()
    fragment = page[page.index("data-presence=") :]
    fragment = fragment[fragment.index(">") + 1 : fragment.index("</div>")]
    return " ".join(fragment.replace("<p>", " ").replace("</p>", " ").split())


def people(revision, person):
    return [other.user for other in presence.others(revision, person)]


def seen_before(revision, person, **ago):
    Presence.objects.filter(revision=revision, user=person).update(
        opened_at=timezone.now() - timedelta(**ago), seen_at=timezone.now() - timedelta(**ago)
    )


def test_the_second_to_open_a_draft_is_told_who_has_it_open(make_revision, author, coauthor):
    revision = make_revision()

    first = desk_of(author).get(page_of(revision))
    second = desk_of(coauthor).get(page_of(revision))

    opened_at = Presence.objects.get(user=author).opened_at
    assert said(first) == ""
    assert said(second).startswith(
        f"<strong>Ada Author</strong> has had this draft open since {opened_at:%H:%M}."
    )
    assert second.context["form"] is not None


def test_the_time_is_that_of_the_editor_who_reads_it(make_revision, author, coauthor):
    coauthor.time_zone = "Asia/Kolkata"
    coauthor.save()
    revision = make_revision()
    presence.enter(revision, author)
    noon = timezone.now().replace(hour=12, minute=0, second=0)
    Presence.objects.update(opened_at=noon - timedelta(days=3), seen_at=timezone.now())

    response = desk_of(coauthor).get(page_of(revision))

    assert ", 17:30." in said(response)


def test_nobody_is_locked_out(make_revision, author, coauthor):
    revision = make_revision()
    desk_of(author).get(page_of(revision))

    desk_of(coauthor).post(page_of(revision), typed(revision, risk="By the second."))

    revision.refresh_from_db()
    assert revision.risk == "By the second."


def test_a_tab_of_ones_own_is_nobody_else(make_revision, author):
    revision = make_revision()
    client = desk_of(author)
    client.get(page_of(revision))

    assert said(client.get(page_of(revision))) == ""
    assert Presence.objects.count() == 1


def test_who_only_reads_is_not_said_to_have_it_open(make_revision, reviewer, author):
    revision = make_revision()

    desk_of(reviewer).get(page_of(revision))

    assert people(revision, author) == []


def test_opening_it_again_keeps_the_time_of_the_first(make_revision, author):
    revision = make_revision()
    presence.enter(revision, author)
    before = Presence.objects.get()

    presence.enter(revision, author)

    after = Presence.objects.get()
    assert after.opened_at == before.opened_at
    assert after.seen_at > before.seen_at


def test_who_was_not_seen_for_long_is_gone_and_begins_anew(make_revision, author, coauthor):
    revision = make_revision()
    presence.enter(revision, author)
    seen_before(revision, author, minutes=16)

    assert people(revision, coauthor) == []
    presence.enter(revision, author)
    assert timezone.now() - Presence.objects.get().opened_at < timedelta(minutes=1)


def test_who_leaves_is_gone_unless_they_were_seen_since(make_revision, author, coauthor):
    revision = make_revision()
    first_tab = presence.enter(revision, author)
    second_tab = presence.enter(revision, author)

    presence.leave(revision, author, first_tab)
    assert people(revision, coauthor) == [author]
    presence.leave(revision, author, second_tab)
    assert people(revision, coauthor) == []


def test_nobody_can_leave_for_another(make_revision, author, coauthor):
    revision = make_revision()
    presence.enter(revision, author)
    seen = Presence.objects.get().seen_at

    desk_of(coauthor).post(left(revision), {"seen": seen.isoformat()})

    assert people(revision, coauthor) == [author]


def test_a_move_ends_every_visit(make_revision, author, coauthor, move):
    revision = make_revision()
    presence.enter(revision, author)

    move(revision, "submit")
    revision.refresh_from_db()
    assert people(revision, coauthor) == []
    move(revision, "recall")
    revision.refresh_from_db()
    assert people(revision, coauthor) == []
    presence.enter(revision, author)
    assert people(revision, coauthor) == [author]


def test_a_discarded_draft_is_open_to_nobody(make_revision, author, coauthor, move):
    revision = make_revision()
    presence.enter(revision, author)

    assert people(move(revision, "discard"), coauthor) == []


def test_what_was_left_a_day_ago_is_deleted(make_revision, author, coauthor):
    for number in range(3):
        revision = make_revision(slug=f"number-{number}")
        presence.enter(revision, author)
        seen_before(revision, author, days=2)

    presence.enter(make_revision(slug="another"), coauthor)

    assert [row.user for row in Presence.objects.all()] == [coauthor]


def test_the_page_asks_again_who_is_here(make_revision, author, coauthor):
    revision = make_revision()
    client = desk_of(author)
    client.get(page_of(revision))
    desk_of(coauthor).get(page_of(revision))

    response = client.post(here(revision))

    assert "Cora Coauthor" in said(response)
    assert "no-store" in response["Cache-Control"]
    seen = Presence.objects.get(user=author).seen_at
    assert f'data-presence-seen="{seen.isoformat()}"' in response.content.decode()


def test_an_open_page_is_told_that_it_shows_no_draft_any_more(make_revision, author, move):
    revision = make_revision()
    move(revision, "submit")

    response = desk_of(author).post(here(revision))

    assert "it is in review. Copy what you typed" in said(response)
    assert not Presence.objects.exists()


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-99-01T00:00:00Z", "2026-01-01", "\x00"])
def test_leaving_with_no_such_time_does_nothing(seen, make_revision, author):
    revision = make_revision()
    client = desk_of(author)
    client.get(page_of(revision))

    assert client.post(left(revision), {"seen": seen}).status_code == 204
    assert Presence.objects.count() == 1


def test_only_who_may_write_is_here(make_revision, reviewer, client):
    revision = make_revision()

    assert desk_of(reviewer).post(here(revision)).status_code == 403
    assert client.post(here(revision)).status_code == 403
    assert client.post(left(revision)).status_code == 403
    assert not Presence.objects.exists()


def test_looking_is_no_get(make_revision, author):
    revision = make_revision()
    client = desk_of(author)

    assert client.get(here(revision)).status_code == 405
    assert client.get(left(revision)).status_code == 405
    assert client.post(here(revision).replace(str(revision.pk), "999")).status_code == 404


def test_a_forged_look_is_refused(make_revision, author):
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)

    assert client.post(here(make_revision())).status_code == 403


def test_the_page_of_a_text_in_review_asks_nothing(make_revision, author):
    response = desk_of(author).get(page_of(make_revision(State.IN_REVIEW)))

    assert "data-presence" not in response.content.decode()


def test_the_queries_do_not_grow_with_the_people(make_revision, author, make_user):
    revision = make_revision()
    client = desk_of(author)
    client.get(page_of(revision))
    presence.enter(revision, make_user("someone", "Authors"))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(revision))
        counts.append(len(queries))
        for number in range(5):
            person = make_user(f"person-{len(counts)}-{number}", "Authors")
            presence.enter(revision, person)

    assert counts[0] == counts[1]


@contextmanager
def another_one_writes():
    """Hold a write transaction open in another thread, as whoever saves a text does."""
    begun, over = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            list(Monograph.objects.select_for_update())
            begun.set()
            over.wait()
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    yield
    over.set()
    thread.join()


def patience():
    """How long SQLite waits for its writer, in milliseconds; elsewhere it is no matter."""
    with connection.cursor() as cursor:
        is_sqlite = connection.vendor == "sqlite"
        return cursor.execute("PRAGMA busy_timeout").fetchone() if is_sqlite else None


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_busy_keeps_no_page_waiting(make_revision, author):
    revision = make_revision()
    client = desk_of(author)
    before = patience()

    with another_one_writes():
        began = monotonic()
        opened = client.get(page_of(revision))
        looked = client.post(here(revision))
        client.post(left(revision), {"seen": timezone.now().isoformat()})
        took = monotonic() - began

    assert took < 10
    assert (opened.status_code, looked.status_code) == (200, 200)
    assert Presence.objects.exists() == (connection.vendor != "sqlite")
    assert patience() == before
