"""The page to review a text on: the text, what changed, what is to be done."""

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs import comments, content, workflow
from monographs.models import State

from .desk import page_of
from .review import part, second_in_review


@pytest.fixture
def second(make_revision, author):
    return second_in_review(make_revision, author)


def test_each_part_has_its_text_its_changes_and_a_box(second, reviewer, sign_in):
    page = sign_in(reviewer).get(page_of(second)).content.decode()

    assert 'href="#ref-key1"' in part(page, "risk")
    assert "<ins>known </ins>" in part(page, "risk")
    for place in content.TEXT_FIELDS:
        assert f'name="comment-{place}"' in part(page, place)
        assert ("Not changed since the live revision." in part(page, place)) == (place != "risk")
    assert 'name="comment-whole"' in part(page, "whole")


def test_what_changed_is_named_on_top(second, reviewer, sign_in):
    response = sign_in(reviewer).get(page_of(second))

    assert [changed.place for changed in response.context["changed"]] == ["risk"]
    assert "Risk is clearer." in response.content.decode()


def test_a_first_revision_is_said_once_to_be_all_new(make_revision, reviewer, sign_in):
    page = sign_in(reviewer).get(page_of(make_revision(State.IN_REVIEW))).content.decode()

    assert page.count("There is no live version, so all of this is new.") == 1
    assert "Not changed" not in page


def test_a_live_text_is_compared_with_nothing(make_revision, reviewer, sign_in):
    page = sign_in(reviewer).get(page_of(make_revision(State.PUBLISHED))).content.decode()

    assert "What changed since" not in page
    assert "all of this is new" not in page


def test_the_text_to_check_the_digest_with_is_there(second, reviewer, sign_in, client):
    address = reverse("admin:monographs_revision_text", args=[second.pk])

    page = sign_in(reviewer).get(page_of(second)).content.decode()
    text = client.get(address)
    client.logout()

    assert address in page
    assert hashlib.sha256(text.content).hexdigest() == second.digest
    assert text["Content-Disposition"] == 'attachment; filename="thymosin-alpha-1-2.json"'
    assert client.get(address).status_code in (302, 404)


def test_the_declaration_stands_with_the_approval_and_is_to_be_made_each_time(
    second, reviewer, sign_in
):
    page = sign_in(reviewer).get(page_of(second)).content.decode()

    approval = page.split("To approve")[1].split("</fieldset>")[0]
    assert ">\n</textarea>" in approval
    assert "Your profile says: “none”." in approval
    assert second.digest in approval
    assert 'value="approve"' in approval


def test_who_is_no_clinician_is_told_why_they_cannot_approve(second, make_user, sign_in):
    colleague = make_user("colleague", "Reviewers")

    page = sign_in(colleague).get(page_of(second)).content.decode()

    assert "Risk changed, so a clinician has to approve this." in page
    assert 'value="approve"' not in page
    assert second.digest in page


def test_an_approval_is_void_after_changes_and_another_submission(
    second, reviewer, sign_in, move
):
    move(second, "approve", "reopen", "submit")

    second.refresh_from_db()
    page = sign_in(reviewer).get(page_of(second)).content.decode()

    assert (second.approver, second.approved_at, second.byline) == (None, None, {})
    assert 'value="approve"' in page
    assert "Approved by" not in page


def test_enter_in_a_field_resolves_and_moves_nothing(second, author, reviewer, sign_in):
    comments.comment(second, reviewer, "title", "Shorter?")
    draft = workflow.perform("recall", second, actor=author)

    pages = [
        sign_in(person).get(page_of(draft)).content.decode() for person in (author, reviewer)
    ]

    first = [page.split('name="action" value="')[1].split('"')[0] for page in pages]
    assert first == ["save", "comment"]


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW])
def test_the_queries_do_not_grow_with_comments(state, make_revision, author, reviewer, sign_in):
    revision = make_revision(state)
    client = sign_in(author)
    comments.comment(revision, reviewer, "risk", "Number 0.")
    client.get(page_of(revision))
    with CaptureQueriesContext(connection) as before:
        client.get(page_of(revision))
    for number in range(1, 20):
        remark = comments.comment(revision, reviewer, "risk", f"Number {number}.")
        if number % 2:
            comments.resolve(remark, author)

    with CaptureQueriesContext(connection) as after:
        client.get(page_of(revision))

    assert len(after) == len(before)
