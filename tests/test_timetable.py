"""Publications and withdrawals at a time."""

import threading
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from monographs import drafts, timetable, workflow
from monographs.models import Appointment, Event, State

LATER = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """Set the time; it stands still until it is set again."""

    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return set_to


@pytest.fixture
def due(clock, publisher):
    """Put a move on the timetable and let its time come."""

    def make(move, revision, note=""):
        at = timezone.now() + LATER
        appointment = timetable.appoint(move, revision, actor=publisher, at=at, note=note)
        clock(at)
        return appointment

    return make


def test_a_scheduled_text_is_not_public_before_its_time(make_revision, publisher, client):
    revision = make_revision(State.APPROVED)
    timetable.appoint("publish", revision, actor=publisher, at=timezone.now() + LATER)

    call_command("publish_due")

    revision.refresh_from_db()
    assert revision.state == State.APPROVED
    assert client.get(revision.monograph.get_absolute_url()).status_code == 404


def test_what_is_due_is_published_once(make_revision, due, publisher):
    revision = make_revision(State.APPROVED)
    due("publish", revision)

    call_command("publish_due", stdout=StringIO())
    call_command("publish_due", stdout=StringIO())

    revision.refresh_from_db()
    assert revision.state == State.PUBLISHED
    assert Event.objects.get(transition="publish").actor == publisher


@pytest.mark.django_db(transaction=True)
def test_two_at_once_publish_once(make_revision, due):
    revision = make_revision(State.APPROVED)
    due("publish", revision)
    barrier = threading.Barrier(2)

    def run():
        barrier.wait()
        kept.extend(timetable.keep_due())
        connection.close()

    kept = []
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    revision.refresh_from_db()
    assert revision.state == State.PUBLISHED
    assert [appointment.problem for appointment in kept] == [""]
    assert Event.objects.filter(transition="publish").count() == 1


def test_cancelling_is_recorded_and_leaves_the_live_page(
    make_revision, author, move, publisher, clock, client
):
    live = make_revision(State.PUBLISHED)
    before = client.get(live.monograph.get_absolute_url()).content
    draft = drafts.start(live.monograph, author=author, change_summary="Clearer.")
    approved = move(draft, "submit", "approve")
    at = timezone.now() + LATER
    appointment = timetable.appoint("publish", approved, actor=publisher, at=at)

    timetable.cancel(appointment, actor=publisher)
    clock(at)
    call_command("publish_due")

    approved.refresh_from_db()
    assert approved.state == State.APPROVED
    assert Event.objects.order_by("sequence").last().transition == "cancel"
    assert client.get(live.monograph.get_absolute_url()).content == before


def test_a_text_that_expires_is_withdrawn_with_its_notice(make_revision, due, client):
    revision = make_revision(State.PUBLISHED)
    due("withdraw", revision, note="The data are out of date.")

    call_command("publish_due", stdout=StringIO())

    revision.refresh_from_db()
    page = client.get(revision.monograph.get_absolute_url())
    assert revision.state == State.WITHDRAWN
    assert "The data are out of date." in page.content.decode()


def test_one_that_fails_keeps_back_no_other_and_is_tried_again(make_revision, due, publisher):
    first = make_revision(State.APPROVED, slug="first")
    second = make_revision(State.APPROVED, slug="second")
    failing = due("publish", first)
    other = Appointment.objects.create(
        revision=second, move="publish", due_at=failing.due_at, actor=publisher
    )
    leaver = failing.actor
    Appointment.objects.filter(pk=failing.pk).update(actor=first.author)
    said = StringIO()

    with pytest.raises(CommandError):
        call_command("publish_due", stdout=StringIO(), stderr=said)

    failing.refresh_from_db()
    second.refresh_from_db()
    assert second.state == State.PUBLISHED
    assert failing.settled_at is None
    assert "no role" in failing.problem
    assert "no role" in said.getvalue()
    Appointment.objects.filter(pk=failing.pk).update(actor=leaver)
    call_command("publish_due", stdout=StringIO())
    first.refresh_from_db()
    assert first.state == State.PUBLISHED
    assert other.revision == second


def test_an_unforeseen_error_keeps_back_no_other(make_revision, due, publisher, monkeypatch):
    first = make_revision(State.APPROVED, slug="first")
    second = make_revision(State.APPROVED, slug="second")
    due("publish", first)
    Appointment.objects.create(
        revision=second, move="publish", due_at=timezone.now(), actor=publisher
    )
    perform = workflow.perform

    def failing(name, revision, **options):
        if revision == first:
            raise OSError("The disk is full.")
        return perform(name, revision, **options)

    monkeypatch.setattr(workflow, "perform", failing)

    problems = [appointment.problem for appointment in timetable.keep_due()]

    assert sorted(problems) == ["", "The disk is full."]


@pytest.mark.parametrize("way_out", ["reopen", "publish"])
def test_a_move_made_by_hand_takes_the_revision_off_the_timetable(
    way_out, make_revision, due, move
):
    revision = make_revision(State.APPROVED)
    due("publish", revision)

    move(revision, way_out)

    assert not Appointment.objects.pending().exists()
    assert list(timetable.keep_due()) == []


def test_a_superseded_text_does_not_expire(make_revision, author, due, move):
    live = make_revision(State.PUBLISHED)
    due("withdraw", live, note="Out of date.")
    draft = drafts.start(live.monograph, author=author, change_summary="New data.")

    move(draft, "submit", "approve", "publish")

    assert not Appointment.objects.pending().exists()


def test_a_time_that_has_passed_is_refused(make_revision, publisher):
    revision = make_revision(State.APPROVED)

    with pytest.raises(ValidationError) as refusal:
        timetable.appoint("publish", revision, actor=publisher, at=timezone.now())

    assert "at" in refusal.value.message_dict


@pytest.mark.parametrize("name", ["approve", "discard", "reopen"])
def test_only_publishing_and_withdrawing_have_a_time(name, make_revision, publisher):
    with pytest.raises(workflow.TransitionNotAllowed):
        timetable.appoint(
            name, make_revision(State.APPROVED), actor=publisher, at=timezone.now() + LATER
        )


def test_a_second_time_for_the_same_is_refused(make_revision, publisher):
    revision = make_revision(State.APPROVED)
    at = timezone.now() + LATER
    timetable.appoint("publish", revision, actor=publisher, at=at)

    with pytest.raises(workflow.TransitionNotAllowed):
        timetable.appoint("publish", revision, actor=publisher, at=at)


def test_nobody_else_keeps_the_timetable(make_revision, author, publisher):
    revision = make_revision(State.APPROVED)
    at = timezone.now() + LATER
    appointment = timetable.appoint("publish", revision, actor=publisher, at=at)

    with pytest.raises(PermissionDenied):
        timetable.appoint("publish", revision, actor=author, at=at)
    with pytest.raises(PermissionDenied):
        timetable.cancel(appointment, actor=author)


def test_what_was_cancelled_cannot_be_cancelled_again(make_revision, publisher):
    revision = make_revision(State.APPROVED)
    at = timezone.now() + LATER
    appointment = timetable.appoint("publish", revision, actor=publisher, at=at)
    timetable.cancel(appointment, actor=publisher)

    with pytest.raises(workflow.TransitionNotAllowed):
        timetable.cancel(appointment, actor=publisher)

    assert Event.objects.filter(transition="cancel").count() == 1


class TestAtTheDesk:
    """The same by way of the admin, in the editor's time zone."""

    @pytest.fixture
    def approved(self, make_revision, publisher, client):
        publisher.time_zone = "Europe/Berlin"
        publisher.save()
        client.force_login(publisher)
        return make_revision(State.APPROVED)

    @staticmethod
    def post(client, revision, **data):
        page = reverse("admin:monographs_revision_change", args=[revision.pk])
        return client.post(page, data, follow=True)

    def test_a_time_is_taken_and_shown_in_the_editors_zone(self, approved, client):
        page = self.post(client, approved, action="publish", at="2099-07-01T09:00")

        appointment = Appointment.objects.get()
        assert appointment.due_at == datetime(2099, 7, 1, 7, 0, tzinfo=UTC)
        assert "1 Jul 2099, 09:00 (CEST)" in page.content.decode()

    @pytest.mark.parametrize(
        "at", ["soon", "2099-02-30T09:00", "2001-01-01T09:00", "2099-03-29T02:30"]
    )
    def test_a_time_that_is_none_gets_a_message_and_publishes_nothing(self, at, approved, client):
        page = self.post(client, approved, action="publish", at=at)

        approved.refresh_from_db()
        assert page.context["move_form"].errors["at"]
        assert page.context["move_form"]["at"].value() == at
        assert approved.state == State.APPROVED
        assert not Appointment.objects.exists()

    def test_an_appointment_is_cancelled_with_one_click(self, approved, client, publisher):
        at = timezone.now() + LATER
        appointment = timetable.appoint("publish", approved, actor=publisher, at=at)
        address = reverse("admin:monographs_revision_cancel", args=[approved.pk, appointment.pk])

        client.post(address)
        again = client.post(address, follow=True)

        assert not Appointment.objects.pending().exists()
        assert "not on the timetable any more" in again.content.decode()
