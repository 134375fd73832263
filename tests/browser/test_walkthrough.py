"""The whole way, by mouse and keyboard: write, review, publish, read, decide about cookies."""

import pytest

from monographs import content
from monographs.models import Revision, State

REFERENCE = '[{"id": "key1", "type": "article-journal", "title": "Isolation of a peptide"}]'


def log_in(page, person):
    page.goto("/admin/")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(person.username)
    page.get_by_role("button", name="Log in").click()
    return page


@pytest.fixture
def sign_in(open_page):
    return lambda person: log_in(open_page(), person)


def open_monograph(page, title):
    page.goto("/admin/monographs/monograph/")
    page.get_by_role("link", name=title).click()


def write(page):
    page.goto("/admin/monographs/monograph/")
    page.get_by_role("link", name="Add monograph").click()
    page.get_by_label("Title").fill("LL-37")
    page.get_by_label("Address").fill("ll-37")
    for name in content.SECTIONS:
        page.get_by_label(name.capitalize() + ":").fill(f"LL-37 is a peptide: {name} [@key1].")
    page.get_by_label("References").fill(REFERENCE)
    page.get_by_role("button", name="Save draft").click()


def test_a_text_goes_from_its_author_to_a_reader(
    author, reviewer, publisher, sign_in, open_page, live_server
):
    page = sign_in(author)
    write(page)
    page.get_by_role("button", name="Save and submit for review").click()
    assert page.get_by_text("is submitted for review.").is_visible()

    page = sign_in(reviewer)
    open_monograph(page, "LL-37")
    page.get_by_label("Your competing interests").fill("none")
    page.get_by_role("button", name="Approve this text").click()
    assert page.get_by_text("is approved.").is_visible()

    page = sign_in(publisher)
    open_monograph(page, "LL-37")
    page.get_by_role("button", name="Publish").click()
    assert page.get_by_text("is published.").is_visible()

    reader = open_page(java_script_enabled=False)
    reader.goto("/monographs/")
    reader.get_by_role("link", name="LL-37").click()
    assert reader.get_by_role("heading", level=1).inner_text() == "LL-37"
    assert reader.get_by_text("Rex Reviewer").first.is_visible()
    reader.get_by_role("button", name="Reject all").click()
    assert reader.get_by_role("heading", level=1).inner_text() == "LL-37"
    assert not reader.get_by_role("button", name="Reject all").is_visible()
    assert Revision.objects.get().state == State.PUBLISHED


def test_enter_in_the_title_saves_and_moves_nothing(author, sign_in, make_revision):
    make_revision()
    page = sign_in(author)
    open_monograph(page, "Thymosin Alpha-1")

    page.get_by_label("Title").press("Enter")

    assert page.get_by_text("is saved.").is_visible()
    assert Revision.objects.get().state == State.DRAFT


def test_two_tabs_lose_no_text(author, coauthor, sign_in, make_revision):
    make_revision()
    first, second = sign_in(author), sign_in(coauthor)
    for page in (first, second):
        open_monograph(page, "Thymosin Alpha-1")
    first.get_by_label("Risk").fill("What the first one wrote.")
    first.get_by_role("button", name="Save draft").click()

    second.get_by_label("Risk").fill("What the second one wrote.")
    second.get_by_role("button", name="Save draft").click()

    assert second.get_by_label("Risk").input_value() == "What the second one wrote."
    assert second.get_by_text("What the first one wrote.").is_visible()
    assert Revision.objects.get().risk == "What the first one wrote."


def test_back_after_a_move_shows_no_button_that_works_twice(
    reviewer, page_with_history, make_revision
):
    make_revision(State.IN_REVIEW)
    page = log_in(page_with_history, reviewer)
    open_monograph(page, "Thymosin Alpha-1")
    page.get_by_label("Your competing interests").fill("none")
    page.get_by_role("button", name="Approve this text").click()

    page.go_back()
    if page.get_by_role("button", name="Approve this text").is_visible():
        page.get_by_label("Your competing interests").fill("none")
        page.get_by_role("button", name="Approve this text").click()
        assert page.get_by_text("approved by now").is_visible()

    assert Revision.objects.get().events.filter(transition="approve").count() == 1
