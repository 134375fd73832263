"""Where publishers give notices and end them, at the desk."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from monographs import notices
from monographs.models import Notice, State

from .desk import page_of, shown

pytestmark = pytest.mark.django_db


def list_of(revision):
    return reverse("admin:monographs_monograph_notices", args=[revision.monograph_id])


def end_of(notice):
    place = [notice.revision.monograph_id, notice.pk]
    return reverse("admin:monographs_monograph_end_notice", args=place)


def typed(revision, /, **changes):
    given = {"kind": "concern", "text": "The mass\r\nis in doubt.", "corrected_in": ""}
    return {**given, "revision": revision.pk, **changes}


@pytest.fixture
def published(make_revision):
    return make_revision(State.PUBLISHED)


@pytest.fixture
def notice(published, publisher):
    return notices.give("concern", published, actor=publisher, text="The mass is in doubt.")


@pytest.fixture
def desk(sign_in, publisher):
    return sign_in(publisher)


@pytest.mark.parametrize("state", [State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN])
def test_the_page_of_a_version_leads_publishers_there(state, desk, make_revision):
    revision = make_revision(state)

    page = desk.get(page_of(revision)).text

    assert f'href="{list_of(revision)}?revision={revision.pk}">Give or end a notice</a>' in page


def test_nobody_else_is_led_there_and_no_draft_leads_there(
    sign_in, author, publisher, make_revision
):
    published = make_revision(State.PUBLISHED, slug="live")
    approved = make_revision(State.APPROVED)

    assert "Give or end a notice" not in sign_in(author).get(page_of(published)).text
    assert "Give or end a notice" not in sign_in(publisher).get(page_of(approved)).text


def test_the_version_that_one_comes_from_is_chosen(desk, make_revision):
    old = make_revision(State.SUPERSEDED)

    page = desk.get(f"{list_of(old)}?revision={old.pk}").text

    assert f'<option value="{old.pk}" selected>Version 1, published on' in page
    assert page.count(">Version 2, published on") == 2


def test_a_publisher_gives_a_notice(desk, client, published, publisher):
    response = desk.post(list_of(published), typed(published), follow=True)

    notice = Notice.objects.get()
    assert shown(response) == ["The notice is given. Readers see it now."]
    assert (notice.kind, notice.text, notice.author, notice.revision) == (
        *("concern", "The mass\nis in doubt.", publisher),
        published,
    )
    assert "The mass<br>is in doubt." in response.text
    assert "is in doubt." in client.get(published.monograph.get_absolute_url()).text


def test_a_publisher_says_in_which_version_it_is_corrected(desk, make_revision):
    old = make_revision(State.SUPERSEDED)
    new = old.monograph.revisions.published().get()

    desk.post(list_of(old), typed(old, kind="correction", corrected_in=new.pk))

    assert Notice.objects.get().corrected_in == new


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": ""}, "Choose a correction or an expression of concern."),
        ({"kind": "retraction"}, "Select a valid choice."),
        ({"text": " "}, "Say what is wrong."),
        ({"revision": ""}, "Choose a version."),
        ({"revision": "9" * 400}, "Readers do not get this version any more."),
        ({"revision": "\x00"}, "Null characters are not allowed."),
        ({"corrected_in": "x"}, "Readers do not get this version any more."),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
        ({"text": "a\u202eb"}, "invisible control character"),
        ({"text": "x" * 1_000_000}, "it may have 20,000"),
    ],
)
def test_wrong_input_is_refused_at_its_place_and_kept(wrong, message, desk, published):
    kept = {"kind": "correction", "text": "What I typed.", **wrong}

    response = desk.post(list_of(published), typed(published, **kept))

    assert response.status_code == 200
    (field,) = response.context["form"].errors
    assert field in wrong
    assert message in response.text
    assert kept["text"] in response.text
    assert not Notice.objects.exists()


def test_a_version_is_not_corrected_in_itself(desk, published):
    response = desk.post(list_of(published), typed(published, corrected_in=published.pk))

    assert "Choose a version later than 1, or none." in response.text
    assert not Notice.objects.exists()


def test_a_double_click_gives_one_notice_and_a_polite_answer(desk, published):
    desk.post(list_of(published), typed(published))

    response = desk.post(list_of(published), typed(published))

    assert "This notice has been given already, by Pia Publisher." in response.text
    assert Notice.objects.count() == 1


def test_who_types_while_the_text_is_withdrawn_is_told_and_loses_nothing(desk, published, move):
    move(published, "withdraw")

    response = desk.post(list_of(published), typed(published))

    assert response.status_code == 200
    assert "What you typed was not kept" in response.text
    assert "is in doubt." in response.text
    assert Notice.objects.get().kind == "retraction"


def test_a_publisher_ends_a_notice(desk, client, notice, publisher):
    assert (
        f'href="{end_of(notice)}">End this notice</a>' in desk.get(list_of(notice.revision)).text
    )

    response = desk.post(end_of(notice), {"why": "It was measured again."}, follow=True)

    notice.refresh_from_db()
    assert shown(response) == ["The notice is ended."]
    assert (notice.ended_by, notice.ended_why) == (publisher, "It was measured again.")
    assert "End this notice" not in response.text
    assert "It was measured again." in client.get(notice.revision.get_absolute_url()).text


@pytest.mark.parametrize("why", ["", " ", "a\x00b", "a\u202eb"])
def test_a_notice_is_not_ended_without_a_reason_that_can_be_read(why, desk, notice):
    response = desk.post(end_of(notice), {"why": why})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["why"]
    assert Notice.objects.get().ended_at is None


def test_ending_twice_ends_once_and_shows_both_reasons(desk, notice):
    desk.post(end_of(notice), {"why": "The first reason."})

    response = desk.post(end_of(notice), {"why": "The second reason."})

    assert "This notice has been ended already." in response.text
    assert "The first reason." in response.text
    assert "The second reason." in response.text
    assert Notice.objects.get().ended_why == "The first reason."


def test_a_retraction_and_the_notice_of_another_monograph_are_not_ended_here(
    desk, notice, make_revision
):
    withdrawn = make_revision(State.WITHDRAWN, slug="withdrawn")
    retraction = withdrawn.notices.get()
    elsewhere = [withdrawn.monograph_id, notice.pk]

    assert "End this notice" not in desk.get(list_of(withdrawn)).text
    assert desk.post(end_of(retraction), {"why": "So."}).status_code == 404
    place = reverse("admin:monographs_monograph_end_notice", args=elsewhere)
    assert desk.post(place, {"why": "So."}).status_code == 404


@pytest.mark.parametrize("person", ["author", "reviewer"])
def test_the_pages_are_for_publishers(person, notice, request, sign_in):
    client = sign_in(request.getfixturevalue(person))

    for place in (list_of(notice.revision), end_of(notice)):
        assert client.get(place).status_code == 403
        assert client.post(place, typed(notice.revision, why="So.")).status_code == 403

    assert Notice.objects.get().ended_at is None


def test_a_busy_database_is_said_and_nothing_typed_is_lost(desk, published, monkeypatch):
    def busy(*arguments, **options):
        raise OperationalError

    monkeypatch.setattr(notices, "give", busy)

    response = desk.post(list_of(published), typed(published))

    assert "The database is busy." in response.text
    assert "is in doubt." in response.text


def test_an_unknown_monograph_is_not_found(desk):
    assert desk.get("/admin/monographs/monograph/999/notices/").status_code == 404
    assert desk.get("/admin/monographs/monograph/999/notices/1/end/").status_code == 404
