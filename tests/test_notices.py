"""What readers are told above a text: corrections, expressions of concern, retractions."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monographs import drafts, notices, record, timetable, workflow
from monographs.models import Appointment, Event, Notice, Revision, State
from monographs.versions import versions_of
from peptidesite import guards

MONOGRAPH = "/monographs/thymosin-alpha-1/"
VERSIONS = MONOGRAPH + "versions/"
FIRST, SECOND = VERSIONS + "1/", VERSIONS + "2/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_versions(author, make_revision, move):
    """A superseded revision and its successor, which is live."""
    new = make_revision(State.SUPERSEDED).monograph.revisions.published().get()
    return Revision.objects.get(monograph=new.monograph, number=1), new


@pytest.fixture
def give(publisher):
    def give(kind, revision, text="The mass was wrong.", **more):
        return notices.give(kind, revision, actor=publisher, text=text, **more)

    return give


def order_of(page, *words):
    places = [page.index(word) for word in words]
    assert places == sorted(places), words


@pytest.mark.parametrize("kind", notices.GIVEN)
def test_a_notice_stands_first_with_reason_date_and_who(kind, client, give, make_revision):
    notice = give(kind, make_revision(State.PUBLISHED))

    page = client.get(MONOGRAPH).text

    article = page[page.index("<article") :]
    order_of(article, notice.get_kind_display(), "The mass was wrong.", "<h1")
    order_of(article, f'datetime="{notice.at:%Y-%m-%d}"', "Pia Publisher", "<h1")
    assert f'id="notice-{notice.pk}"' in article
    assert "A sentence for the risk" in article
    assert "noindex" not in page


def test_a_withdrawn_monograph_keeps_its_page_with_reason_date_and_who(
    client, publisher, make_revision
):
    revision = make_revision(State.PUBLISHED)
    workflow.perform("withdraw", revision, actor=publisher, note="The data were invented.")

    response = client.get(MONOGRAPH)

    notice = Notice.objects.get()
    event = Event.objects.get(transition="withdraw")
    article = response.text[response.text.index("<article") :]
    assert response.status_code == 200
    assert (notice.kind, notice.text, notice.author, notice.at) == (
        *("retraction", "The data were invented.", publisher),
        event.at,
    )
    order_of(article, "Retraction", "Withdrawn on", "Pia Publisher", "<h1")
    order_of(article, f'datetime="{event.at:%Y-%m-%d}"', "The data were invented.", "<h1")
    assert "A sentence for the" not in article
    assert '<meta name="robots" content="noindex">' in response.text


def test_what_expires_is_withdrawn_with_a_notice(client, publisher, make_revision):
    revision = make_revision(State.PUBLISHED)
    at = timezone.now() + timedelta(hours=1)
    timetable.appoint("withdraw", revision, actor=publisher, at=at, note="It has expired.")
    Appointment.objects.update(due_at=timezone.now() - timedelta(minutes=1))

    assert [kept.problem for kept in timetable.keep_due()] == [""]
    assert list(timetable.keep_due()) == []

    notice = Notice.objects.get()
    page = client.get(MONOGRAPH).text
    assert (notice.kind, notice.text, notice.author) == (
        "retraction",
        "It has expired.",
        publisher,
    )
    order_of(page, "Retraction", "It has expired.", "<h1")


def test_a_withdrawal_that_fails_leaves_no_notice(publisher, make_revision, monkeypatch):
    revision = make_revision(State.PUBLISHED)

    def broken(**columns):
        raise RuntimeError

    monkeypatch.setattr(Notice.objects, "create", broken)
    with pytest.raises(RuntimeError):
        workflow.perform("withdraw", revision, actor=publisher, note="A reason.")

    revision.refresh_from_db()
    assert revision.state == State.PUBLISHED
    assert not Notice.objects.exists()


def test_a_later_version_shows_the_notice_and_says_which_version_it_concerns(
    client, give, two_versions
):
    give("concern", two_versions[0])

    old, new = client.get(FIRST).text, client.get(MONOGRAPH).text

    assert "The mass was wrong." in old
    assert "The mass was wrong." in new
    assert f'It concerns <a href="{FIRST}">version 1</a>.' in new
    assert "It concerns" not in old


def test_an_earlier_version_does_not_show_the_notice_of_a_later_one(client, give, two_versions):
    give("concern", two_versions[1])

    assert "The mass was wrong." in client.get(SECOND).text
    assert "The mass was wrong." not in client.get(FIRST).text


def test_the_notice_of_another_monograph_shows_nowhere_else(client, give, make_revision):
    make_revision(State.PUBLISHED)
    give("concern", make_revision(State.PUBLISHED, slug="selank", title="Selank"))

    assert "The mass was wrong." not in client.get(MONOGRAPH).text


def test_a_correction_leads_to_the_version_that_is_corrected(client, give, two_versions):
    old, new = two_versions
    give("correction", old, corrected_in=new)

    assert f'Corrected in <a href="{SECOND}">version 2</a>.' in client.get(FIRST).text
    assert "Corrected in this version." in client.get(MONOGRAPH).text


def test_an_ended_notice_stays_with_its_version_only(client, give, publisher, two_versions):
    notice = give("concern", two_versions[0])

    notices.end(notice, actor=publisher, why="The measurement was repeated.")

    old, new = client.get(FIRST).text, client.get(MONOGRAPH).text
    notice.refresh_from_db()
    order_of(old, "Expression of concern", "The mass was wrong.", "Ended on", "was repeated.")
    assert f'datetime="{notice.ended_at:%Y-%m-%d}"' in old
    assert "The mass was wrong." not in new


def test_a_newer_version_is_not_called_retracted(client, author, make_revision, move):
    withdrawn = make_revision(State.WITHDRAWN)
    move(drafts.restore(withdrawn, author=author), "submit", "approve", "publish")

    page = client.get(MONOGRAPH).text

    assert "Retraction" not in page
    assert "A sentence for the risk" in page
    assert "Retraction" in client.get(FIRST).text


def test_the_gravest_comes_first_and_then_the_newest(
    client, give, publisher, move, make_revision
):
    revision = make_revision(State.PUBLISHED)
    ended = give("concern", revision, "Ended one.")
    notices.end(ended, actor=publisher, why="Cleared.")
    give("concern", revision, "Concern one.")
    give("correction", revision, "Correction one.")
    give("correction", revision, "Correction two.")
    give("concern", revision, "Concern two.")

    before = client.get(MONOGRAPH).text
    move(revision, "withdraw")
    after = client.get(MONOGRAPH).text

    corrections = ("Correction two.", "Correction one.", "Ended one.")
    order_of(before, "Concern two.", "Concern one.", *corrections)
    order_of(after, "A reason.", "Concern two.", "Concern one.", *corrections, "<h1")


def test_the_versions_list_names_the_notices_of_each(client, give, publisher, move, two_versions):
    old, new = two_versions
    ended = give("concern", old)
    notices.end(ended, actor=publisher, why="Cleared.")
    given = give("correction", old, "Another one.", corrected_in=new)
    move(new, "withdraw")

    page = client.get(VERSIONS).text

    retraction = new.notices.get()
    order_of(page, f"{SECOND}#notice-{retraction.pk}", f'href="{FIRST}"')
    order_of(page, f'href="{FIRST}"', f"{FIRST}#notice-{given.pk}", f"{FIRST}#notice-{ended.pk}")
    assert "ended on" in page
    assert "The mass was wrong." not in page


def test_a_notice_leaves_the_end_of_a_version_as_it_was(give, two_versions):
    before = dict(versions_of("thymosin-alpha-1").values_list("number", "ended_at"))

    give("concern", two_versions[0])

    assert dict(versions_of("thymosin-alpha-1").values_list("number", "ended_at")) == before


@pytest.mark.usefixtures("policy_known")
def test_the_queries_of_a_page_do_not_grow_with_the_notices(
    client, give, two_versions, django_assert_num_queries
):
    old, new = two_versions
    give("concern", old)
    for path in (MONOGRAPH, FIRST, VERSIONS):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        for number in range(3):
            give("correction", old, f"Number {number} at {path}.", corrected_in=new)

        with django_assert_num_queries(len(captured)):
            client.get(path)


def test_a_notice_keeps_its_lines_and_is_no_markup(client, give, make_revision):
    give("concern", make_revision(State.PUBLISHED), "First line.\nSecond <b>line</b>.\n\nThird.")

    page = client.get(MONOGRAPH).text

    assert "<p>First line.<br>Second &lt;b&gt;line&lt;/b&gt;.</p>" in page
    assert "<p>Third.</p>" in page


def test_giving_and_ending_are_in_the_record(give, publisher, two_versions):
    old, new = two_versions

    notice = give("correction", old, corrected_in=new)
    notices.end(notice, actor=publisher, why="All of it is corrected.")

    events = old.events.order_by("-sequence")[:2]
    said = [(event.transition, event.source, event.target, event.actor) for event in events]
    assert said == [
        ("end_notice", "superseded", "superseded", publisher),
        ("notice", "superseded", "superseded", publisher),
    ]
    assert events[1].note == "Correction, corrected in revision 2: The mass was wrong."
    assert events[0].note == f"Correction of {notice.at:%Y-%m-%d}: All of it is corrected."
    assert record.misfit(old.monograph.events.order_by("sequence")) is None


@pytest.mark.parametrize("person", ["author", "coauthor", "reviewer"])
def test_only_publishers_give_and_end_notices(person, give, make_revision, request):
    revision = make_revision(State.PUBLISHED)
    notice = give("concern", revision)
    person = request.getfixturevalue(person)

    with pytest.raises(PermissionDenied):
        notices.give("correction", revision, actor=person, text="Another one.")
    with pytest.raises(PermissionDenied):
        notices.end(notice, actor=person, why="Cleared.")

    assert Notice.objects.get().ended_at is None


@pytest.mark.parametrize(
    "state",
    [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.DISCARDED, State.WITHDRAWN],
)
def test_a_notice_is_of_a_text_that_readers_get(state, give, make_revision):
    revision = make_revision(state)
    before = Notice.objects.count()

    with pytest.raises(ValidationError) as refused:
        give("concern", revision)

    assert list(refused.value.message_dict) == ["revision"]
    assert Notice.objects.count() == before


@pytest.mark.parametrize("kind", ["retraction", "", "praise", None])
def test_a_retraction_is_not_given_and_another_kind_neither(kind, give, make_revision):
    revision = make_revision(State.PUBLISHED)

    with pytest.raises(ValidationError) as refused:
        give(kind, revision)

    assert list(refused.value.message_dict) == ["kind"]


@pytest.mark.parametrize(
    "words",
    ["", " \n", "a\x00b", "a\ud800b", "a\u202eb", "x" * 1_000_000],
    ids=["empty", "blank", "NUL", "surrogate", "bidi", "long"],
)
def test_a_notice_and_its_end_need_words_that_can_be_read(words, give, publisher, make_revision):
    revision = make_revision(State.PUBLISHED)
    notice = give("concern", revision)

    with pytest.raises(ValidationError) as not_given:
        give("correction", revision, words)
    with pytest.raises(ValidationError) as not_ended:
        notices.end(notice, actor=publisher, why=words)

    assert list(not_given.value.message_dict) == ["text"]
    assert list(not_ended.value.message_dict) == ["why"]
    assert Event.objects.filter(transition__in=["notice", "end_notice"]).count() == 1


def test_a_correction_is_in_a_later_version_of_the_same_monograph(
    give, make_revision, two_versions
):
    old, new = two_versions
    other = make_revision(State.PUBLISHED, slug="selank")
    draft = drafts.start(new.monograph, author=new.author)

    for wrong in (old, other, draft):
        with pytest.raises(ValidationError) as refused:
            give("correction", old, corrected_in=wrong)
        assert list(refused.value.message_dict) == ["corrected_in"]

    assert not Notice.objects.exists()


def test_the_same_notice_twice_is_refused_politely(give, publisher, make_revision):
    revision = make_revision(State.PUBLISHED)
    notice = give("concern", revision)

    with pytest.raises(notices.AlreadyDone, match="given already, by Pia Publisher"):
        give("concern", revision)
    give("correction", revision)
    notices.end(notice, actor=publisher, why="Cleared.")
    give("concern", revision)

    assert Notice.objects.count() == 3


def test_a_notice_is_ended_once(give, publisher, make_revision):
    notice = give("concern", make_revision(State.PUBLISHED))
    notices.end(notice, actor=publisher, why="Cleared.")

    with pytest.raises(notices.AlreadyDone):
        notices.end(notice, actor=publisher, why="Cleared again.")

    assert Notice.objects.get().ended_why == "Cleared."
    assert Event.objects.filter(transition="end_notice").count() == 1


def test_a_retraction_is_never_ended(publisher, make_revision):
    make_revision(State.WITHDRAWN)

    with pytest.raises(ValidationError):
        notices.end(Notice.objects.get(), actor=publisher, why="Changed our mind.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.update(ended_by=publisher, ended_at=timezone.now(), ended_why="Anyway.")


@pytest.mark.parametrize(
    ("kind", "state"), [("retraction", State.PUBLISHED), ("concern", State.WITHDRAWN)]
)
def test_the_database_refuses_a_kind_that_does_not_go_with_the_state(
    kind, state, publisher, make_revision
):
    revision = make_revision(state)

    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.create(kind=kind, revision=revision, text="Look.", author=publisher)


def test_a_withdrawn_text_is_hidden_even_without_a_notice(client, make_revision):
    make_revision(State.WITHDRAWN)
    with guards.lifted():
        Notice.objects.all().delete()

    page = client.get(MONOGRAPH).text

    assert "A sentence for the" not in page
    assert "The text is no longer shown." in page


def test_a_draft_is_previewed_under_the_notices_it_would_have(
    give, author, sign_in, make_revision
):
    revision = make_revision(State.PUBLISHED)
    give("concern", revision)
    draft = drafts.start(revision.monograph, author=author)

    page = sign_in(author).get(f"/admin/monographs/revision/{draft.pk}/preview/").text

    assert "The mass was wrong." in page
