"""Going back to the text of an old revision: a new draft, and nothing else is touched."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from monographs import drafts, workflow
from monographs.models import Event, Revision, State, Topic

PAST = [State.SUPERSEDED, State.WITHDRAWN, State.DISCARDED]
BUTTON = "Restore as a new draft"


def page_of(revision):
    return reverse("admin:monographs_revision_change", args=[revision.pk])


def restore_address(revision):
    return reverse("admin:monographs_revision_restore", args=[revision.pk])


def rows(monograph):
    """All that is kept of a monograph's revisions and events."""
    return [
        list(monograph.revisions.order_by("pk").values()),
        list(monograph.events.order_by("pk").values()),
    ]


@pytest.mark.parametrize("state", PAST)
def test_an_old_text_becomes_a_new_draft(state, author, make_revision):
    old = make_revision(state)
    old.topics.add(Topic.objects.create(name="Bone", slug="bone"))

    draft = drafts.restore(old, author=author)

    assert draft.state == State.DRAFT
    assert draft.number > old.number
    assert (draft.text, draft.digest) == (old.text, old.digest)
    assert [topic.slug for topic in draft.topics.all()] == ["bone"]
    assert draft.change_summary == "Restores revision 1."


@pytest.mark.parametrize("state", PAST)
def test_the_history_is_untouched_and_goes_on(state, author, make_revision):
    old = make_revision(state)
    revisions, events = rows(old.monograph)

    draft = drafts.restore(old, author=author)

    after = rows(old.monograph)
    assert after[0][:-1] == revisions
    assert after[1][:-1] == events
    event = Event.objects.get(revision=draft)
    assert (event.transition, event.note) == ("start", "From revision 1.")


def test_restoring_is_refused_while_a_revision_is_open(author, make_revision):
    old = make_revision(State.SUPERSEDED)
    draft = drafts.start(old.monograph, author=author)
    before = rows(old.monograph)

    with pytest.raises(drafts.OpenRevisionExists) as refusal:
        drafts.restore(old, author=author)

    assert refusal.value.revision == draft
    assert rows(old.monograph) == before


def test_nobody_restores_without_the_role(reviewer, make_revision):
    old = make_revision(State.SUPERSEDED)

    with pytest.raises(PermissionDenied):
        drafts.restore(old, author=reviewer)


def test_who_wrote_the_old_text_cannot_approve_it_when_another_restores_it(
    author, coauthor, make_revision, move
):
    draft = make_revision()
    text = {**draft.text, "risk": "Unknown."}
    drafts.save(draft, author=coauthor, version=1, text=text)
    old = move(draft, "discard")
    restored = drafts.restore(old, author=author)
    restored = move(restored, "submit")

    with pytest.raises(workflow.TransitionNotAllowed):
        workflow.perform("approve", restored, actor=coauthor, digest=restored.digest)

    assert {person.user for person in restored.contributions.all()} == {author, coauthor}


def test_a_restored_text_goes_the_whole_way(author, make_revision, move):
    old = make_revision(State.SUPERSEDED)

    live = move(drafts.restore(old, author=author), "submit", "approve", "publish")

    assert (live.number, live.state, live.text) == (3, State.PUBLISHED, old.text)


@pytest.mark.parametrize("state", PAST)
def test_the_page_of_an_old_revision_has_a_button_that_restores_it(
    state, author, client, make_revision
):
    old = make_revision(state)
    client.force_login(author)

    page = client.get(page_of(old)).text
    response = client.post(restore_address(old), follow=True)

    draft = Revision.objects.get(state=State.DRAFT)
    assert BUTTON in page
    assert restore_address(old) in page
    assert response.redirect_chain == [(page_of(draft), 302)]
    assert "with the text of revision 1" in response.text


@pytest.mark.parametrize("state", [state for state in State if state not in PAST])
def test_a_revision_that_is_not_over_has_no_such_button(state, author, client, make_revision):
    revision = make_revision(state)
    client.force_login(author)

    assert BUTTON not in client.get(page_of(revision)).text


def test_there_is_no_button_while_a_revision_is_open(author, client, make_revision):
    old = make_revision(State.SUPERSEDED)
    draft = drafts.start(old.monograph, author=author)
    client.force_login(author)

    page = client.get(page_of(old)).text
    response = client.post(restore_address(old), follow=True)

    assert BUTTON not in page
    assert response.redirect_chain == [(page_of(draft), 302)]
    assert "is open already" in response.text


def test_people_who_may_not_write_have_no_button_and_are_refused(reviewer, client, make_revision):
    old = make_revision(State.SUPERSEDED)
    client.force_login(reviewer)

    page = client.get(page_of(old)).text
    response = client.post(restore_address(old))

    assert BUTTON not in page
    assert response.status_code == 403
    assert old.monograph.revisions.count() == 2


def test_a_link_restores_nothing(author, client, make_revision):
    old = make_revision(State.SUPERSEDED)
    client.force_login(author)

    response = client.get(restore_address(old))

    assert response.status_code == 405
    assert old.monograph.revisions.count() == 2


def test_a_text_that_todays_rules_refuse_is_not_restored_and_the_reason_said(
    author, client, make_revision, monkeypatch
):
    old = make_revision(State.SUPERSEDED)
    monkeypatch.setattr("monographs.content.SECTION_LIMIT", 5)
    client.force_login(author)

    response = client.post(restore_address(old), follow=True)

    assert response.redirect_chain == [(page_of(old), 302)]
    assert "Nothing was restored" in response.text
    assert old.monograph.revisions.count() == 2
