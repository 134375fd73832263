"""Reviewing by mouse and keyboard: comments at their places, changes, and the approval."""

import pytest

from monographs import comments, workflow
from monographs.models import Comment, State
from tests.review import second_in_review


@pytest.fixture
def sign_in(open_page):
    def sign_in(person, **options):
        page = open_page(**options)
        page.goto("/admin/")
        page.get_by_label("Username").fill(person.username)
        page.get_by_label("Password").fill(person.username)
        page.get_by_role("button", name="Log in").click()
        return page

    return sign_in


@pytest.fixture
def second(make_revision, author):
    return second_in_review(make_revision, author)


def comment_on(page, name, words):
    page.locator("summary", has_text=f"Comment on {name}").click()
    page.get_by_label(f"Comment on {name}").fill(words)


def resolve(page, name):
    page.get_by_role("button", name=f"on {name}").click()


def test_comments_go_to_the_author_and_the_text_comes_back(second, author, reviewer, sign_in):
    address = f"/admin/monographs/revision/{second.pk}/change/"
    page = sign_in(reviewer, java_script_enabled=False)
    page.get_by_role("link", name="Thymosin Alpha-1").click()
    comment_on(page, "Metric", "Which unit?")
    comment_on(page, "Risk", "Known to whom?")
    page.get_by_role("button", name="Request changes").click()
    assert page.get_by_text("is sent back to its authors.").is_visible()

    page = sign_in(author)
    link = page.get_by_role("region", name="Unresolved comments").get_by_role("link")
    link.click()
    assert page.get_by_text("See the comments on Metric and Risk.").first.is_visible()
    assert page.get_by_role("article", name="Comment on Metric").is_visible()
    page.get_by_label("Risk:").fill("A sentence for the risk that trials found [@key1].")
    resolve(page, "Risk")
    assert page.url.endswith("#at-risk")
    resolve(page, "Metric")
    page.get_by_role("button", name="Save and submit for review").click()
    assert page.get_by_text("is submitted for review.").is_visible()

    page = sign_in(reviewer)
    page.goto(address)
    assert page.get_by_text("1 resolved comment").first.is_visible()
    page.get_by_label("Your competing interests").fill("none")
    page.get_by_role("button", name="Approve this text").click()
    assert page.get_by_text("is approved.").is_visible()

    second.refresh_from_db()
    resolved = Comment.objects.filter(resolved_by=author)
    assert (second.state, resolved.count()) == (State.APPROVED, 2)
    assert second.risk == "A sentence for the risk that trials found [@key1]."
    assert second.byline["reviewer"]["competing_interests"] == "none"


@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("person", ["author", "reviewer"])
def test_no_width_scrolls_sideways(person, width, second, reviewer, author, sign_in):
    comments.comment(second, reviewer, "risk", "W" * 500)
    comments.resolve(comments.comment(second, reviewer, "metric", "W" * 500), author)
    if person == "author":
        workflow.perform("recall", second, actor=author)
    user = {"author": author, "reviewer": reviewer}[person]
    page = sign_in(user, viewport={"width": width, "height": 700})
    page.goto(f"/admin/monographs/revision/{second.pk}/change/")
    page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_and_changes_stand_side_by_side_where_there_is_room(second, reviewer, sign_in):
    page = sign_in(reviewer)
    page.goto(f"/admin/monographs/revision/{second.pk}/change/")
    risk = page.locator("#at-risk")

    def tops_and_lefts():
        boxes = [risk.locator(part).bounding_box() for part in (".desk__read", ".desk__changed")]
        return [(box["y"], box["x"]) for box in boxes]

    (_, text_left), (_, changes_left) = tops_and_lefts()
    assert changes_left > text_left + 300

    page.set_viewport_size({"width": 800, "height": 700})
    (text_top, _), (changes_top, _) = tops_and_lefts()
    assert changes_top > text_top


def test_enter_in_a_field_resolves_nothing(second, author, reviewer, sign_in):
    comments.comment(second, reviewer, "title", "Shorter?")
    workflow.perform("recall", second, actor=author)
    page = sign_in(author)
    page.goto(f"/admin/monographs/revision/{second.pk}/change/")

    page.get_by_label("Title:").press("Enter")

    assert page.get_by_text("is saved.").is_visible()
    assert Comment.objects.unresolved().exists()
