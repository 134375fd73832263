"""Comments typed on the reviewing page, with moves and without: nothing typed is lost."""

import pytest
from django.db import OperationalError

from monographs import comments
from monographs.models import Comment, Event, State

from .desk import page_of, shown, typed
from .review import click, part, second_in_review


@pytest.fixture
def second(make_revision, author):
    return second_in_review(make_revision, author)


def remarks():
    return {remark.place: remark.text for remark in Comment.objects.all()}


def test_comments_are_kept_at_their_places(second, reviewer, sign_in):
    sent = click(second, "comment", **{"comment-risk": "Which?", "comment-metric": "A unit."})

    response = sign_in(reviewer).post(page_of(second), sent, follow=True)

    page = response.content.decode()
    assert shown(response) == ["Your comments are kept."]
    assert remarks() == {"risk": "Which?", "metric": "A unit."}
    assert "Which?" in part(page, "risk")
    assert "Which?" not in part(page, "metric")


def test_without_a_comment_there_is_none_to_keep(second, reviewer, sign_in):
    response = sign_in(reviewer).post(page_of(second), click(second, "comment"), follow=True)

    assert shown(response) == ["There is no comment to keep. Write it at its place."]


def test_a_double_click_keeps_one_comment(second, reviewer, sign_in):
    client = sign_in(reviewer)
    sent = click(second, "comment", **{"comment-risk": "Which?"})

    answers = [client.post(page_of(second), sent, follow=True) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert Comment.objects.count() == 1


def test_comments_at_their_places_say_what_has_to_change(second, reviewer, sign_in):
    sent = {"comment-risk": "Which?", "comment-metric": "A unit.", "comment-whole": "Long."}

    sign_in(reviewer).post(page_of(second), click(second, "request_changes", **sent))

    second.refresh_from_db()
    assert second.state == State.DRAFT
    assert Event.objects.get(transition="request_changes").note == (
        "See the comments on the whole text, Metric and Risk."
    )
    assert len(remarks()) == 3


def test_comments_that_were_kept_before_say_what_has_to_change(second, reviewer, sign_in):
    comments.comment(second, reviewer, "risk", "Which?")

    sign_in(reviewer).post(page_of(second), click(second, "request_changes"))

    note = Event.objects.get(transition="request_changes").note
    assert note == "See the comment on Risk."


def test_what_is_typed_for_the_record_stands_as_it_is(second, reviewer, sign_in):
    sent = click(second, "request_changes", note="Nearly.", **{"comment-risk": "Which?"})

    sign_in(reviewer).post(page_of(second), sent)

    assert Event.objects.get(transition="request_changes").note == "Nearly."


@pytest.mark.parametrize("said_by", [None, "coauthor"])
def test_changes_are_not_requested_without_a_word_of_ones_own(
    said_by, second, reviewer, sign_in, request
):
    if said_by:
        comments.comment(second, request.getfixturevalue(said_by), "risk", "Which?")

    response = sign_in(reviewer).post(page_of(second), click(second, "request_changes"))

    second.refresh_from_db()
    assert response.context["move_form"].errors["note"] == ["Say what has to change."]
    assert second.state == State.IN_REVIEW


def test_a_withdrawal_gives_its_reason_to_readers_whatever_is_commented(
    make_revision, publisher, sign_in
):
    live = make_revision(State.PUBLISHED)
    sent = click(live, "withdraw", **{"comment-risk": "Which?"})

    response = sign_in(publisher).post(page_of(live), sent)

    assert response.context["move_form"].errors["note"]
    assert response.context["comment_form"]["risk"].value() == "Which?"
    assert not Comment.objects.exists()


def test_an_approval_keeps_the_comments_typed(second, reviewer, sign_in):
    sent = click(second, "approve", **{"comment-risk": "Say more next time."})

    sign_in(reviewer).post(page_of(second), sent)

    second.refresh_from_db()
    assert (second.state, second.approver) == (State.APPROVED, reviewer)
    assert remarks() == {"risk": "Say more next time."}


@pytest.mark.parametrize(
    "sent",
    [{"interests": ""}, {"digest": "0" * 64}, {"seen": "1"}],
    ids=["no declaration", "another digest", "another version"],
)
def test_a_refused_move_keeps_nothing_and_loses_nothing(sent, second, reviewer, sign_in):
    typed = {"note": "A note.", "comment-risk": "Which?", **sent}

    response = sign_in(reviewer).post(page_of(second), click(second, "approve", **typed))

    second.refresh_from_db()
    page = response.content.decode()
    assert (response.status_code, second.state) == (200, State.IN_REVIEW)
    assert not Comment.objects.exists()
    assert "A note." in page
    assert "Which?" in part(page, "risk")


def test_a_busy_database_loses_no_comment(second, reviewer, sign_in, monkeypatch):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(comments, "comment", locked)
    sent = click(second, "comment", **{"comment-risk": "Which?"})
    response = sign_in(reviewer).post(page_of(second), sent)

    assert response.status_code == 503
    assert response.context["comment_form"]["risk"].value() == "Which?"


def test_comments_typed_on_an_old_page_are_kept_and_the_text_is_said_to_be_another(
    second, author, reviewer, sign_in, move
):
    old = click(second, "comment", **{"comment-risk": "Which?"})
    move(second, "recall", "submit")

    response = sign_in(reviewer).post(page_of(second), old, follow=True)

    assert remarks() == {"risk": "Which?"}
    assert "changed since you opened it" in " ".join(shown(response))


def test_comments_typed_before_a_recall_are_still_there_to_keep(second, coauthor, sign_in, move):
    old = click(second, "request_changes", **{"comment-risk": "An hour's thought."})
    move(second, "recall")

    response = sign_in(coauthor).post(page_of(second), old)

    page = response.content.decode()
    assert "is draft by now" in shown(response)[0]
    assert "An hour&#x27;s thought." in page
    assert 'name="comment-risk"' in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("a\x00b", "Null characters"),
        ("\u202ereversed", "U+202E"),
        ("x" * 1_000_000, "Shorten it"),
    ],
    ids=["NUL", "bidi", "1 MB"],
)
def test_a_comment_that_cannot_be_kept_says_so_at_its_place(
    words, message, second, reviewer, sign_in
):
    sent = click(second, "request_changes", **{"comment-risk": words, "comment-title": "Fine."})

    response = sign_in(reviewer).post(page_of(second), sent)

    second.refresh_from_db()
    page = response.content.decode()
    assert message in response.context["comment_form"].errors["risk"][0]
    assert message in part(page, "risk")
    assert "Nothing was done yet" in page
    assert "Fine." in part(page, "title")
    assert (second.state, Comment.objects.count()) == (State.IN_REVIEW, 0)


def test_what_is_typed_for_a_move_outlives_keeping_a_comment(second, reviewer, sign_in):
    typed = {"note": "Half a note.", "interests": "Shares.", "comment-risk": "Which?"}

    response = sign_in(reviewer).post(page_of(second), click(second, "comment", **typed))

    form = response.context["move_form"]
    assert (form["note"].value(), form["interests"].value()) == ("Half a note.", "Shares.")
    assert remarks() == {"risk": "Which?"}
    assert response.context["comment_form"]["risk"].value() is None


def test_saving_a_draft_keeps_the_comments_that_were_left_on_the_page(
    make_revision, author, sign_in
):
    draft = make_revision()

    sign_in(author).post(
        page_of(draft), typed(draft, risk="Typed.", **{"comment-metric": "To be checked."})
    )

    draft.refresh_from_db()
    assert draft.risk == "Typed."
    assert remarks() == {"metric": "To be checked."}


def test_a_text_that_is_lost_can_still_be_copied_with_its_comments(
    make_revision, author, coauthor, reviewer, sign_in, move
):
    draft = make_revision()
    comments.comment(draft, reviewer, "risk", "Which?")
    late = typed(draft, risk="Too late.", **{"comment-metric": "Late too."})
    move(draft, "submit")

    page = sign_in(coauthor).post(page_of(draft), late).content.decode()

    assert "Too late." in page
    assert "Late too." in page
    assert 'name="action"' not in page
