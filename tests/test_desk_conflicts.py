"""Two people, two tabs, a page left open: nothing wrong is done, and nothing is lost."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from monographs import drafts
from monographs.models import Event, State, Topic

from .desk import page_of, shown, typed


def test_a_stale_save_is_refused_and_shows_both_texts(author, coauthor, sign_in, make_revision):
    revision = make_revision()
    stale = typed(revision, risk="What the second one typed.")
    mine = {**revision.text, "risk": "What the first one saved."}
    drafts.save(revision, author=author, version=1, text=mine)

    response = sign_in(coauthor).post(page_of(revision), stale)

    revision.refresh_from_db()
    page = response.content.decode()
    assert response.status_code == 409
    assert revision.risk == "What the first one saved."
    assert "What the second one typed." in page
    assert "What the first one saved." in page


def test_after_a_conflict_the_merged_text_can_be_saved(author, coauthor, sign_in, make_revision):
    revision = make_revision()
    stale = typed(revision, risk="Second.")
    drafts.save(revision, author=author, version=1, text={**revision.text, "risk": "First."})
    client = sign_in(coauthor)

    form = client.post(page_of(revision), stale).context["form"]
    client.post(page_of(revision), {**form.data.dict(), "risk": "First. Second."})

    revision.refresh_from_db()
    assert revision.risk == "First. Second."


def test_what_only_one_side_changed_is_merged(author, coauthor, sign_in, make_revision):
    revision = make_revision()
    stale = typed(revision, context="Changed by the second.")
    first = {**revision.text, "definition": "Changed by the first."}
    drafts.save(revision, author=author, version=1, text=first)
    client = sign_in(coauthor)

    form = client.post(page_of(revision), stale).context["form"]
    client.post(page_of(revision), {**form.data.dict(), "action": "save"})

    revision.refresh_from_db()
    assert [field.name for field in form.changed_meanwhile] == ["definition"]
    assert form["definition"].both.outcome == "taken over"
    assert revision.definition == "Changed by the first."
    assert revision.context == "Changed by the second."


@pytest.fixture
def save_over(author, coauthor, sign_in, make_revision):
    """Have author save a risk, and coauthor another one typed over the same page."""

    def save_over(risk, theirs, mine):
        revision = make_revision(risk=risk)
        stale = typed(revision, risk=mine.replace("\n", "\r\n"))
        text = {**revision.text, "risk": theirs}
        drafts.save(revision, author=author, version=1, text=text)
        return sign_in(coauthor).post(page_of(revision), stale).context["form"]

    return save_over


def test_changes_in_different_sentences_come_together_and_both_are_shown(save_over):
    form = save_over(
        risk="One is rare.\n\nTwo is not.",
        theirs="One is very rare.\n\nTwo is not.",
        mine="One is rare.\n\nTwo is common.",
    )

    assert form["risk"].value() == "One is very rare.\n\nTwo is common."
    assert form["risk"].both.outcome == "merged"
    assert "very " in [run.text for run in form["risk"].both.theirs]
    assert "common" in [run.text for run in form["risk"].both.mine]


def test_changes_of_one_sentence_are_left_to_people(save_over):
    form = save_over(risk="One is rare.", theirs="One is very rare.", mine="One is common.")

    assert form["risk"].value() == "One is common."
    assert form["risk"].both.outcome == "clash"


def test_a_line_break_that_the_other_put_in_is_a_change(save_over):
    form = save_over(risk="One. Two.", theirs="One.\n\nTwo.", mine="One. Two, rarely.")

    assert form["risk"].value() == "One.\n\nTwo, rarely."


def test_topics_that_only_one_side_changed_are_that_sides(
    author, coauthor, sign_in, make_revision
):
    bone, skin = (Topic.objects.create(name=name, slug=name) for name in ("bone", "skin"))
    revision = make_revision()
    stale = typed(revision, risk="Typed.", topics=[])
    drafts.save(revision, author=author, version=1, text=revision.text, topics=[bone, skin])

    form = sign_in(coauthor).post(page_of(revision), stale).context["form"]

    assert form["topics"].value() == ["bone", "skin"]


@pytest.mark.parametrize(
    "loaded",
    [
        *("", "[]", "no", '{"risk": 1, "topics": "x"}', "{}", "[" * 100_000),
        *('{"topics": [1]}', '{"risk": "\\ud800 x"}'),
    ],
    ids=range(8),
)
def test_a_page_that_does_not_know_what_it_was_loaded_with_keeps_what_was_typed(
    loaded, author, coauthor, sign_in, make_revision
):
    revision = make_revision()
    stale = typed(revision, risk="Mine.", loaded=loaded)
    drafts.save(revision, author=author, version=1, text={**revision.text, "risk": "Theirs."})

    form = sign_in(coauthor).post(page_of(revision), stale).context["form"]

    assert form["risk"].value() == "Mine."
    assert [run.text for run in form["risk"].both.theirs] == ["Theirs."]


def test_a_text_that_went_to_review_meanwhile_is_not_lost(
    author, coauthor, sign_in, make_revision, move
):
    revision = make_revision()
    late = typed(revision, risk="Typed too late.")
    move(revision, "submit")

    response = sign_in(coauthor).post(page_of(revision), late)

    assert response.status_code == 409
    assert "Typed too late." in response.content.decode()
    assert 'value="save"' not in response.content.decode()


def test_a_text_that_went_on_can_only_be_copied(author, coauthor, sign_in, make_revision, move):
    revision = make_revision()
    late = typed(revision, risk="Typed too late.")
    move(revision, "submit")

    response = sign_in(author).post(page_of(revision), late)

    assert response.context["moves"] == []
    assert "open the revision as it stands now" in response.content.decode()


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30, "2147483647"])
def test_a_version_that_is_none_is_a_stale_one(version, author, sign_in, make_revision):
    revision = make_revision()
    changed = typed(revision, risk="Typed.", version=version)

    response = sign_in(author).post(page_of(revision), changed)

    assert response.status_code == 409
    assert response.context["form"]["risk"].value() == "Typed."


def test_an_approval_page_left_open_approves_no_other_text(
    author, reviewer, sign_in, make_revision, move
):
    revision = make_revision(State.IN_REVIEW)
    seen = revision.digest
    draft = move(revision, "recall")
    changed = {**draft.text, "risk": "Something else."}
    drafts.save(draft, author=author, version=draft.version, text=changed)
    move(draft, "submit")

    response = sign_in(reviewer).post(
        page_of(revision), {"action": "approve", "digest": seen}, follow=True
    )

    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW
    assert "changed since you opened it" in shown(response)[0]


def test_a_comment_on_another_text_than_the_one_seen_is_refused(
    author, reviewer, sign_in, make_revision, move
):
    revision = make_revision(State.IN_REVIEW)
    seen = revision.version
    draft = move(revision, "recall")
    drafts.save(draft, author=author, version=draft.version, text={**draft.text, "risk": "B."})
    move(draft, "submit")
    click = {"action": "request_changes", "note": "Mend the risk.", "seen": seen}

    response = sign_in(reviewer).post(page_of(revision), click)

    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW
    assert "changed since you opened it" in shown(response)[0]


def test_a_refused_move_keeps_the_comment(reviewer, sign_in, make_revision, move):
    revision = make_revision(State.IN_REVIEW)
    move(revision, "recall")
    click = {"action": "request_changes", "note": "An hour's thought.", "seen": "2"}

    response = sign_in(reviewer).post(page_of(revision), click)

    assert response.context["move_form"]["note"].value() == "An hour's thought."
    assert "is draft by now" in shown(response)[0]


@pytest.mark.parametrize(("name", "state"), [("approve", "in_review"), ("publish", "approved")])
def test_a_double_click_makes_one_event_and_gets_a_polite_answer(
    name, state, make_user, sign_in, make_revision
):
    revision = make_revision(state)
    chief = make_user("chief", "Reviewers", "Clinicians", "Publishers")
    client = sign_in(chief)
    click = {"action": name, "digest": revision.digest, "interests": "none"}

    first = client.post(page_of(revision), click, follow=True)
    second = client.post(page_of(revision), click, follow=True)

    assert Event.objects.filter(transition=name).count() == 1
    assert (first.status_code, second.status_code) == (200, 200)
    assert "by now" in shown(second)[-1]


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.PUBLISHED])
def test_nothing_is_said_to_be_saved_that_was_not(state, author, sign_in, make_revision):
    revision = make_revision(state)

    response = sign_in(author).post(page_of(revision), {"action": "save"}, follow=True)

    assert "no such move" in shown(response)[0]


def test_a_busy_database_loses_nothing(author, sign_in, make_revision, monkeypatch):
    revision = make_revision()

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(drafts, "save", locked)
    response = sign_in(author).post(page_of(revision), typed(revision, risk="Typed."))

    assert response.status_code == 503
    assert response.context["form"]["risk"].value() == "Typed."


@pytest.mark.parametrize("seen", ["9" * 5_000, "abc", "-1", "٣"])
def test_a_move_from_a_page_of_no_version_is_refused(seen, reviewer, sign_in, make_revision):
    revision = make_revision(State.IN_REVIEW)
    click = {"action": "approve", "digest": revision.digest, "seen": seen}

    response = sign_in(reviewer).post(page_of(revision), click, follow=True)

    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW
    assert "changed since you opened it" in shown(response)[0]


def test_a_time_typed_on_an_old_page_is_refused_and_kept(publisher, sign_in, make_revision):
    revision = make_revision(State.APPROVED)
    click = {"action": "publish", "at": "2099-07-01T09:00", "seen": revision.version - 1}

    response = sign_in(publisher).post(page_of(revision), click)

    assert not revision.appointments.exists()
    assert "changed since you opened it" in shown(response)[0]
    assert response.context["move_form"]["at"].value() == "2099-07-01T09:00"


def test_a_busy_database_loses_no_new_monograph(author, sign_in, db, monkeypatch):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(drafts, "create", locked)
    typed_text = {"title": "An hour's work", "slug": "work"}
    response = sign_in(author).post(reverse("admin:monographs_monograph_add"), typed_text)

    assert shown(response) == ["The database is busy. Nothing was saved; try again."]
    assert response.context["form"]["title"].value() == "An hour's work"
