"""When a text was last reviewed, and when it is to be again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from monographs import clock, drafts, timetable, workflow
from monographs.models import Event, Monograph, Revision, State


@pytest.fixture
def overdue(make_revision):
    """Make a live text whose review was due yesterday."""

    def make(**options):
        revision = make_revision(State.PUBLISHED, **options)
        yesterday = timezone.localdate() - timedelta(days=1)
        Monograph.objects.filter(pk=revision.monograph_id).update(review_due_on=yesterday)
        revision.monograph.refresh_from_db()
        return revision

    return make


def test_the_next_review_is_within_twelve_months_and_not_all_on_one_day():
    reviewed = date(2026, 11, 22)

    dates = {clock.due_after(reviewed, f"monograph-{number}") for number in range(300)}

    assert max(dates) <= date(2027, 11, 22)
    assert min(dates) > date(2027, 10, 22)
    assert len(dates) > 20


def test_publishing_starts_the_clock_and_withdrawing_stops_it(make_revision, move):
    revision = make_revision(State.PUBLISHED)
    started = Monograph.objects.get()

    move(revision, "withdraw")

    stopped = Monograph.objects.get()
    assert started.reviewed_on == timezone.localdate()
    assert started.review_due_on == clock.due_after(started.reviewed_on, started.slug)
    assert (stopped.reviewed_on, stopped.review_due_on) == (None, None)


def test_the_clock_runs_for_all_that_is_live_and_for_nothing_else(make_revision, move, author):
    for state in State:
        make_revision(state, slug=f"it-is-{state}".replace("_", "-"))
    again = make_revision(State.WITHDRAWN, slug="again").monograph
    draft = drafts.start(again, author=author, change_summary="Again.")
    move(draft, "submit", "approve", "publish")

    live = Revision.objects.published().values_list("monograph", flat=True)

    assert len(live) == 3
    assert set(Monograph.objects.live().values_list("pk", flat=True)) == set(live)


def test_an_overdue_review_is_first_in_the_list(author, overdue, make_revision, client):
    late = overdue(slug="late")
    make_revision(State.PUBLISHED, slug="newer")
    client.force_login(author)
    address = reverse("admin:monographs_monograph_changelist")

    rows = client.get(address).context["cl"].result_list
    filtered = client.get(address + "?review=overdue").context["cl"].result_list

    assert rows[0] == late.monograph
    assert len(rows) == 2
    assert list(filtered) == [late.monograph]


def test_editing_alone_does_not_clear_an_overdue_review(author, overdue):
    live = overdue()
    draft = drafts.start(live.monograph, author=author)

    drafts.save(draft, author=author, version=1, text={**draft.text, "risk": "Other."})

    assert list(Monograph.objects.overdue()) == [live.monograph]


def test_confirming_moves_the_dates_and_leaves_the_text(overdue, reviewer, client):
    revision = overdue()
    digest, text = revision.digest, revision.text

    confirmed = workflow.perform("confirm", revision, actor=reviewer, digest=digest)

    monograph = Monograph.objects.get()
    assert (confirmed.state, confirmed.digest, confirmed.text) == (State.PUBLISHED, digest, text)
    assert monograph.reviewed_on == timezone.localdate()
    assert not monograph.is_review_overdue
    assert Event.objects.get(transition="confirm").actor == reviewer


def test_who_wrote_the_text_does_not_confirm_it(overdue, author, groups):
    revision = overdue()
    author.groups.add(groups["Reviewers"])
    author = type(author).objects.get(pk=author.pk)

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform("confirm", revision, actor=author, digest=revision.digest)

    assert Monograph.objects.overdue().exists()


def test_a_second_click_confirms_nothing_again(overdue, move):
    revision = overdue()
    move(revision, "confirm")

    with pytest.raises(ValidationError) as refusal:
        move(revision, "confirm")

    assert "today already" in refusal.value.messages[0]
    assert Event.objects.filter(transition="confirm").count() == 1


def test_confirming_keeps_the_text_on_the_timetable(make_revision, move, publisher):
    revision = make_revision(State.PUBLISHED)
    at = timezone.now() + timedelta(days=1)
    timetable.appoint("withdraw", revision, actor=publisher, at=at, note="Out of date.")

    move(revision, "confirm")

    assert revision.appointments.pending().count() == 1


def test_readers_see_when_it_was_and_is_reviewed_and_that_it_is_overdue(
    overdue, make_revision, client
):
    in_time = make_revision(State.PUBLISHED, slug="in-time")
    late = overdue(slug="late")

    pages = [
        client.get(revision.monograph.get_absolute_url()).content.decode()
        for revision in (in_time, late)
    ]

    assert ["next review due by" in page for page in pages] == [True, False]
    assert ["is overdue" in page for page in pages] == [False, True]
