"""What each move needs and does, beyond the table of transitions."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from monographs import content, drafts, record, transitions, workflow
from monographs.models import Event, State


def test_submitting_names_every_gap_at_its_field(make_revision, author):
    revision = make_revision(risk="", metric="See [@key1] and [@nowhere].")

    with pytest.raises(ValidationError) as refusal:
        workflow.perform("submit", revision, actor=author)

    assert set(refusal.value.message_dict) == {"risk", "metric"}
    assert "[@nowhere]" in refusal.value.message_dict["metric"][0]
    revision.refresh_from_db()
    assert revision.state == State.DRAFT


def test_a_second_revision_needs_a_change_summary(make_revision, author):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author)

    with pytest.raises(ValidationError) as refusal:
        workflow.perform("submit", draft, actor=author)

    assert list(refusal.value.message_dict) == ["change_summary"]


@pytest.mark.parametrize("name", ["submit", "discard"])
def test_only_a_contributor_moves_a_draft_on(name, make_revision, coauthor):
    revision = make_revision()

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform(name, revision, actor=coauthor)


@pytest.mark.parametrize("name", [name for name, t in transitions.TRANSITIONS.items() if t.note])
def test_a_move_that_needs_a_comment_is_refused_without(name, make_revision, make_user):
    source = next(iter(transitions.TRANSITIONS[name].sources))
    revision = make_revision(source)
    chief = make_user("chief", "Reviewers", "Publishers")

    with pytest.raises(ValidationError) as refusal:
        workflow.perform(name, revision, actor=chief, note=" \n ")

    assert refusal.value.message_dict == {"note": [transitions.TRANSITIONS[name].note]}


@pytest.mark.parametrize("digest", [None, "", "0" * 64])
def test_an_approval_is_of_the_digest_that_was_seen(digest, make_revision, reviewer):
    revision = make_revision(State.IN_REVIEW)

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform("approve", revision, actor=reviewer, digest=digest)

    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW


def test_the_digest_is_over_the_text_that_is_kept(make_revision):
    revision = make_revision(State.APPROVED)

    assert revision.digest == content.digest(revision.text)
    assert Event.objects.get(transition="approve").text_digest == revision.digest


@pytest.mark.parametrize("way_back", [["recall"], ["request_changes"], ["approve", "reopen"]])
def test_no_earlier_approval_counts_for_a_text_that_came_back(way_back, make_revision, move):
    draft = move(make_revision(State.IN_REVIEW), *way_back)

    submitted = move(draft, "submit")

    assert submitted.state == State.IN_REVIEW
    assert (submitted.approver, submitted.approved_at, submitted.byline) == (None, None, {})


def test_publishing_supersedes_the_live_text(make_revision, author, move):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author, change_summary="Clearer.")

    published = move(draft, "submit", "approve", "publish")

    live.refresh_from_db()
    assert (live.state, published.state) == (State.SUPERSEDED, State.PUBLISHED)
    assert list(Event.objects.order_by("-sequence").values_list("transition", flat=True)[:2]) == [
        "publish",
        "supersede",
    ]


@pytest.mark.parametrize("step", ["supersede", "publish"])
def test_a_publication_that_fails_midway_leaves_everything_as_before(
    step, make_revision, author, move, monkeypatch
):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author, change_summary="Clearer.")
    approved = move(draft, "submit", "approve")
    append = record.append

    def failing(revision, transition, **event):
        if transition == step:
            raise OSError("The disk is full.")
        return append(revision, transition, **event)

    monkeypatch.setattr(record, "append", failing)
    events = Event.objects.count()

    with pytest.raises(OSError, match="full"), transaction.atomic():
        move(approved, "publish")

    live.refresh_from_db()
    approved.refresh_from_db()
    assert (live.state, approved.state) == (State.PUBLISHED, State.APPROVED)
    assert Event.objects.count() == events


def test_every_move_stands_in_the_record(make_revision):
    revision = make_revision(State.WITHDRAWN)

    events = list(revision.events.all())

    assert [event.transition for event in events] == [
        "start",
        "submit",
        "approve",
        "publish",
        "withdraw",
    ]
    assert {event.text_digest for event in events} == {revision.digest}
    assert record.misfit(events) is None


@pytest.mark.parametrize("change", [{"note": "Other."}, {"previous_digest": "0" * 64}])
def test_an_edited_event_does_not_fit_the_record(change, make_revision):
    events = list(make_revision(State.PUBLISHED).events.all())
    for name, value in change.items():
        setattr(events[1], name, value)

    assert record.misfit(events) == events[1]


def test_a_cut_event_does_not_fit_the_record(make_revision):
    events = list(make_revision(State.PUBLISHED).events.all())

    assert record.misfit([events[0], *events[2:]]) == events[2]


def test_a_stale_text_is_not_saved(make_revision, author, coauthor):
    revision = make_revision()
    first = {**revision.text, "risk": "First."}
    drafts.save(revision, author=author, version=revision.version, text=first)

    with pytest.raises(drafts.StaleText) as refusal:
        drafts.save(
            revision, author=coauthor, version=revision.version, text={**first, "risk": "Second."}
        )

    assert refusal.value.revision.risk == "First."
    assert not revision.contributions.filter(user=coauthor).exists()
