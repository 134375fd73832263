"""Comments at the places of a text: who makes and resolves them, and where they show."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from monographs import comments, drafts, waiting
from monographs.models import WHOLE, Comment, Event, State

from .desk import page_of, shown, typed


def place_of(page, name):
    """The part of a page from the place of this name to the next place."""
    return page.split(f'id="at-{name}"')[1].split('<div class="form-row desk__field')[0]


@pytest.fixture
def in_review(make_revision):
    return make_revision(State.IN_REVIEW)


def test_a_resolved_comment_keeps_who_and_when(in_review, author, reviewer):
    remark = comments.comment(in_review, reviewer, "risk", "Which trial?")

    resolved = comments.resolve(remark, author)

    assert (resolved.author, resolved.resolved_by) == (reviewer, author)
    assert resolved.resolved_at > resolved.at


def test_what_is_resolved_is_not_resolved_again(in_review, author, reviewer):
    remark = comments.comment(in_review, reviewer, "risk", "Which trial?")
    comments.resolve(remark, author)

    with pytest.raises(comments.NotAllowed, match="Ada Author has resolved"):
        comments.resolve(remark, reviewer)

    assert Comment.objects.get().resolved_by == author


@pytest.mark.parametrize("person", ["author", "reviewer", "publisher"])
def test_every_role_comments_and_resolves(person, in_review, request):
    person = request.getfixturevalue(person)

    comments.resolve(comments.comment(in_review, person, WHOLE, "Good."), person)

    assert Comment.objects.get().resolved_by == person


def test_without_a_role_nobody_comments_or_resolves(in_review, reviewer, make_user):
    onlooker = make_user("onlooker")
    remark = comments.comment(in_review, reviewer, "risk", "Which trial?")

    with pytest.raises(PermissionDenied):
        comments.comment(in_review, onlooker, "risk", "Me too.")
    with pytest.raises(PermissionDenied):
        comments.resolve(remark, onlooker)

    assert Comment.objects.unresolved().get() == remark


@pytest.mark.parametrize(
    "words",
    ["", " \n ", "a\x00b", "\ud800", "\u202ereversed", "x" * 1_000_000],
    ids=["empty", "blank", "NUL", "surrogate", "bidi", "1 MB"],
)
def test_a_text_that_cannot_be_kept_is_refused_at_its_place(words, in_review, reviewer):
    with pytest.raises(ValidationError) as refused:
        comments.comment(in_review, reviewer, "risk", words)

    assert list(refused.value.message_dict) == ["risk"]
    assert not Comment.objects.exists()


def test_a_place_that_no_text_has_is_refused(in_review, reviewer):
    with pytest.raises(ValidationError):
        comments.comment(in_review, reviewer, "appendix", "Where is it?")


def test_the_same_words_twice_are_one_comment(in_review, reviewer, publisher):
    for person in (reviewer, reviewer, publisher):
        comments.comment(in_review, person, "risk", "Which trial?\r\n")

    assert [remark.author for remark in Comment.objects.all()] == [reviewer, publisher]


def test_a_comment_that_came_true_again_is_a_new_one(in_review, reviewer):
    comments.resolve(comments.comment(in_review, reviewer, "risk", "Which trial?"), reviewer)

    comments.comment(in_review, reviewer, "risk", "Which trial?")

    assert Comment.objects.count() == 2


def test_the_database_lets_nobody_change_what_was_said(in_review, reviewer):
    remark = comments.comment(in_review, reviewer, "risk", "Which trial?")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE monographs_comment SET text = 'Fine.' WHERE id = %s", [remark.pk])


def test_a_remark_on_the_live_text_is_seen_by_who_writes_the_next(
    make_revision, author, reviewer, sign_in
):
    live = make_revision(State.PUBLISHED)
    comments.comment(live, reviewer, "risk", "A new warning came out.")
    draft = drafts.start(live.monograph, author=author)

    page = sign_in(author).get(page_of(draft)).content.decode()

    assert "A new warning came out." in place_of(page, "risk")
    assert "on revision 1" in place_of(page, "risk")


def test_unresolved_comments_show_beside_their_field(make_revision, author, reviewer, sign_in):
    draft = make_revision()
    comments.comment(draft, reviewer, "risk", "Which trial?")
    comments.comment(draft, reviewer, "facts", "Check the CAS number.")

    page = sign_in(author).get(page_of(draft)).content.decode()

    assert "Which trial?" in place_of(page, "risk")
    assert "Rex Reviewer" in place_of(page, "risk")
    assert "Which trial?" not in place_of(page, "metric")
    assert "Check the CAS number." in place_of(page, "facts")


def test_a_resolved_comment_says_who_resolved_it(make_revision, author, reviewer, sign_in):
    draft = make_revision()
    comments.resolve(comments.comment(draft, reviewer, "risk", "Which trial?"), author)

    page = sign_in(author).get(page_of(draft)).content.decode()

    assert "1 resolved comment" in place_of(page, "risk")
    assert "Resolved by <strong>Ada Author</strong>" in place_of(page, "risk")
    assert 'value="resolve:' not in page


def test_hostile_words_are_shown_as_words(in_review, reviewer, sign_in):
    comments.comment(in_review, reviewer, "risk", "<script>alert(1)</script>")

    page = sign_in(reviewer).get(page_of(in_review)).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_resolving_in_a_draft_saves_what_was_typed(make_revision, author, reviewer, sign_in):
    draft = make_revision()
    remark = comments.comment(draft, reviewer, "risk", "Which trial?")
    click = typed(draft, action=f"resolve:{remark.pk}", risk="The trial of 2011 [@key1].")

    response = sign_in(author).post(page_of(draft), click)

    draft.refresh_from_db()
    assert response.url == f"{page_of(draft)}#at-risk"
    assert draft.risk == "The trial of 2011 [@key1]."
    assert Comment.objects.get().resolved_by == author


def test_resolving_on_a_stale_page_shows_both_texts_and_resolves_nothing(
    make_revision, author, coauthor, reviewer, sign_in
):
    draft = make_revision()
    remark = comments.comment(draft, reviewer, "risk", "Which trial?")
    stale = typed(draft, action=f"resolve:{remark.pk}", risk="Typed by the second.")
    first = {**draft.text, "risk": "Saved by the first."}
    drafts.save(draft, author=author, version=1, text=first)

    response = sign_in(coauthor).post(page_of(draft), stale)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Typed by the second." in page
    assert "Saved by the first." in page
    assert Comment.objects.unresolved().exists()


def test_resolving_with_a_mistake_in_the_text_resolves_nothing(
    make_revision, author, reviewer, sign_in
):
    draft = make_revision()
    remark = comments.comment(draft, reviewer, "risk", "Which trial?")
    click = typed(draft, action=f"resolve:{remark.pk}", title="", risk="Typed.")

    response = sign_in(author).post(page_of(draft), click)

    assert response.context["form"].errors["title"]
    assert response.context["form"]["risk"].value() == "Typed."
    assert Comment.objects.unresolved().exists()


def test_a_double_click_on_resolve_gets_a_polite_answer(in_review, reviewer, sign_in):
    remark = comments.comment(in_review, reviewer, "risk", "Which trial?")
    client = sign_in(reviewer)
    click = {"action": f"resolve:{remark.pk}"}

    client.post(page_of(in_review), click)
    second = client.post(page_of(in_review), click, follow=True)

    assert second.status_code == 200
    assert "has resolved this comment already" in shown(second)[-1]


@pytest.mark.parametrize("pk", ["", "abc", "-1", "0", "9" * 30, "٣", "1; DROP TABLE"])
def test_a_comment_that_is_none_cannot_be_resolved(pk, in_review, reviewer, sign_in):
    response = sign_in(reviewer).post(
        page_of(in_review), {"action": f"resolve:{pk}"}, follow=True
    )

    assert shown(response) == ["There is no such comment on this monograph."]


def test_a_comment_on_another_monograph_is_not_resolved_here(
    in_review, make_revision, reviewer, sign_in
):
    other = make_revision(State.IN_REVIEW, slug="other")
    remark = comments.comment(other, reviewer, "risk", "Which trial?")

    sign_in(reviewer).post(page_of(in_review), {"action": f"resolve:{remark.pk}"})

    assert Comment.objects.unresolved().exists()


def test_an_onlooker_reads_comments_and_has_no_box(in_review, reviewer, make_user, sign_in):
    comments.comment(in_review, reviewer, "risk", "Which trial?")
    onlooker = make_user("onlooker")
    onlooker.user_permissions.set(Permission.objects.filter(codename="view_revision"))
    client = sign_in(onlooker)

    page = client.get(page_of(in_review)).content.decode()
    response = client.post(
        page_of(in_review), {"action": "comment", "comment-risk": "And I think so too."}
    )

    assert "Which trial?" in page
    assert "comment-risk" not in page
    assert "resolve:" not in page
    assert response.status_code == 403
    assert Comment.objects.count() == 1


def test_a_comment_moves_nothing_and_is_no_event(in_review, reviewer):
    before = Event.objects.count()

    comments.resolve(comments.comment(in_review, reviewer, "risk", "Which trial?"), reviewer)

    in_review.refresh_from_db()
    assert (in_review.state, Event.objects.count()) == (State.IN_REVIEW, before)


def pile_of(person):
    piles = {pile.label: pile.revisions for pile in waiting.piles(person)}
    return piles.get("Unresolved comments", [])


def test_comments_wait_for_who_wrote_the_text(make_revision, author, reviewer, sign_in):
    newer, older, fine = (make_revision(slug=slug) for slug in ("newer", "older", "fine"))
    first = comments.comment(older, reviewer, "risk", "Which trial?")
    comments.comment(older, reviewer, "metric", "Which unit?")
    comments.comment(newer, reviewer, "risk", "Which trial?")
    comments.resolve(comments.comment(fine, reviewer, "risk", "Which trial?"), author)

    page = sign_in(author).get("/admin/").content.decode()

    assert [revision["monograph__slug"] for revision in pile_of(author)] == ["older", "newer"]
    assert f"{page_of(older)}#comment-{first.pk}" in page
    assert pile_of(reviewer) == []


def test_a_comment_on_the_live_text_waits_once_there_is_a_draft(make_revision, author, reviewer):
    live = make_revision(State.PUBLISHED)
    comments.comment(live, reviewer, "risk", "A new warning came out.")
    before = pile_of(author)

    draft = drafts.start(live.monograph, author=author)

    assert before == []
    assert [revision["pk"] for revision in pile_of(author)] == [draft.pk]
