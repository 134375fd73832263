"""What no browser sends, and somebody will: it gets an answer, and does nothing."""

import logging
import sys
import unicodedata
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from monographs import drafts, experts, timetable, workflow
from monographs.models import Comment, State
from peptidesite.cleaning import CONTROL

from .desk import page_of
from .review import click, second_in_review

OLD_TIMES = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "", "now"]


@pytest.mark.parametrize("pk", ["abc", "-1", "9" * 30, "1\x00"])
def test_a_monograph_that_is_none_is_not_chosen_for_a_bulk_action(pk, author, sign_in):
    address = reverse("admin:monographs_monograph_changelist")

    response = sign_in(author).post(address, {"action": "submit", "_selected_action": pk})

    assert response.status_code == 302


@pytest.mark.parametrize("seen", OLD_TIMES)
def test_leaving_a_draft_at_no_time_leaves_it_as_it_is(seen, author, sign_in, make_revision):
    address = reverse("admin:monographs_revision_left", args=[make_revision().pk])

    response = sign_in(author).post(address, {"seen": seen})

    assert response.status_code == 204


@pytest.mark.parametrize("at", ["9999-12-31T23:59", "2199-01-01T00:00"])
def test_a_time_in_another_age_is_no_time_to_publish(at, publisher, sign_in, make_revision):
    revision = make_revision(State.APPROVED)

    response = sign_in(publisher).post(page_of(revision), {"action": "publish", "at": at})

    assert "hundred years ahead" in response.context["move_form"].errors["at"][0]
    assert not revision.appointments.exists()


def test_a_time_within_the_hundred_years_is_one(publisher, make_revision):
    at = timezone.now() + timedelta(days=36500)

    timetable.appoint("publish", make_revision(State.APPROVED), actor=publisher, at=at)


@pytest.mark.parametrize("interests", ["\u200b", " \u2060\n\u200b "])
def test_a_declaration_that_nobody_sees_is_none(interests, reviewer, sign_in, make_revision):
    revision = make_revision(State.IN_REVIEW)

    sign_in(reviewer).post(page_of(revision), click(revision, "approve", interests=interests))

    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW


def test_an_old_comment_is_no_reason_to_send_a_text_back_again(
    make_revision, author, reviewer, sign_in
):
    revision = second_in_review(make_revision, author)
    client = sign_in(reviewer)
    typed = {"comment-risk": "Which risk?"}
    client.post(page_of(revision), click(revision, "request_changes", **typed))
    revision.refresh_from_db()
    revision = workflow.perform("submit", revision, actor=author)

    response = client.post(page_of(revision), click(revision, "request_changes"))

    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW
    assert Comment.objects.unresolved().count() == 1
    assert response.context["move_form"].errors["note"]


def test_who_wrote_the_text_that_a_draft_begins_with_cannot_approve_it(
    make_revision, coauthor, author, groups
):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=coauthor, change_summary="A word.")
    submitted = workflow.perform("submit", draft, actor=coauthor)
    author.groups.add(groups["Reviewers"], groups["Clinicians"])
    author = type(author).objects.get(pk=author.pk)

    with pytest.raises(workflow.TransitionNotAllowed, match="wrote part"):
        workflow.perform(
            "approve", submitted, actor=author, digest=submitted.digest, interests="none"
        )


@pytest.fixture
def path(make_revision, reviewer):
    revision = make_revision(State.IN_REVIEW)
    _, token = experts.invite(
        revision, expert="Dr Expert", actor=reviewer, digest=revision.digest
    )
    return f"/opinions/{token}"


@pytest.mark.parametrize("end", ["", "/", ".", "/).", ">"])
def test_what_a_mail_program_leaves_behind_a_link_does_not_break_it(end, path, client):
    response = client.get(path + end)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "end", "options"),
    [
        ("put", "/", {}),
        ("get", "x", {}),
        ("post", "/", {"content_type": "multipart/form-data", "data": b"x"}),
    ],
)
def test_whatever_goes_wrong_the_secret_of_a_link_is_in_no_log(
    method, end, options, path, client, caplog
):
    caplog.set_level(logging.DEBUG)

    response = getattr(client, method)(path + end, **options)

    assert response.status_code in (400, 404, 405)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert path.rpartition("/")[2] not in caplog.text


def test_the_characters_that_are_refused_are_those_that_unicode_calls_controls():
    bidirectional = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    characters = map(chr, range(sys.maxunicode + 1))

    assert set(CONTROL.findall("".join(map(chr, range(sys.maxunicode + 1))))) == {
        character
        for character in characters
        if unicodedata.category(character) in ("Cc", "Cs")
        or unicodedata.bidirectional(character) in bidirectional
    }
