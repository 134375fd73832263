"""The editorial desk in Django admin, as its people use it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from monographs import content, drafts, transitions
from monographs.models import Event, Monograph, Revision, State

from .desk import page_of, shown, typed


def test_an_author_writes_a_new_monograph(author, sign_in):
    client = sign_in(author)

    response = client.post(
        reverse("admin:monographs_monograph_add"),
        {"title": "LL-37", "slug": "ll-37", "definition": "LL-37 is a peptide."},
        follow=True,
    )

    revision = Revision.objects.get(monograph__slug="ll-37")
    assert (revision.state, revision.author) == (State.DRAFT, author)
    assert response.redirect_chain == [(page_of(revision), 302)]


def test_a_taken_address_is_refused_at_its_field(author, sign_in, make_revision):
    make_revision(slug="ll-37")

    response = sign_in(author).post(
        reverse("admin:monographs_monograph_add"), {"title": "My new text", "slug": "ll-37"}
    )

    assert "already" in response.context["form"].errors["slug"][0]
    assert b"My new text" in response.content
    assert Monograph.objects.count() == 1


def test_the_author_submits_and_the_text_is_read_only(author, sign_in, make_revision):
    revision = make_revision()

    response = sign_in(author).post(
        page_of(revision), typed(revision, action="submit"), follow=True
    )

    revision.refresh_from_db()
    event = Event.objects.get(transition="submit")
    assert revision.state == State.IN_REVIEW
    assert (event.actor, event.text_digest) == (author, revision.digest)
    assert response.context["form"] is None
    assert b'name="definition"' not in response.content


def test_what_was_typed_is_saved_with_the_move(author, sign_in, make_revision):
    revision = make_revision()

    sign_in(author).post(
        page_of(revision), typed(revision, action="submit", risk="None is known [@key1].")
    )

    revision.refresh_from_db()
    assert (revision.state, revision.risk) == (State.IN_REVIEW, "None is known [@key1].")


def test_gaps_are_named_at_their_fields_and_nothing_is_lost(author, sign_in, make_revision):
    revision = make_revision(risk="")
    changes = {"action": "submit", "metric": "See [@nowhere].", "context": "Newly typed."}

    response = sign_in(author).post(page_of(revision), typed(revision, **changes))

    errors = response.context["form"].errors
    revision.refresh_from_db()
    assert set(errors) == {"risk", "metric"}
    assert "[@nowhere]" in errors["metric"][0]
    assert b"Newly typed." in response.content
    assert (revision.state, revision.context) == (
        State.DRAFT,
        "A sentence for the context [@key1].",
    )


def test_unchanged_text_makes_nobody_a_contributor(coauthor, sign_in, make_revision):
    revision = make_revision()

    sign_in(coauthor).post(page_of(revision), typed(revision))

    assert not revision.contributions.filter(user=coauthor).exists()


def test_a_second_draft_is_refused_with_a_way_to_the_open_one(
    coauthor, sign_in, make_revision, move
):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=coauthor)

    response = sign_in(coauthor).post(
        reverse("admin:monographs_revision_start", args=[live.pk]), follow=True
    )

    assert response.redirect_chain == [(page_of(draft), 302)]
    assert "is open already" in shown(response)[0]
    assert live.monograph.revisions.count() == 2


def test_a_new_revision_begins_with_the_live_text(author, sign_in, make_revision):
    live = make_revision(State.PUBLISHED)

    sign_in(author).post(reverse("admin:monographs_revision_start", args=[live.pk]))

    draft = live.monograph.revisions.get(number=2)
    assert (draft.state, draft.digest, draft.text) == (State.DRAFT, live.digest, live.text)


def test_saving_a_draft_leaves_the_public_page_as_it_was(author, sign_in, make_revision, client):
    live = make_revision(State.PUBLISHED)
    before = client.get(live.monograph.get_absolute_url()).content
    draft = drafts.start(live.monograph, author=author)

    sign_in(author).post(page_of(draft), typed(draft, title="Another title", risk="Other."))

    client.logout()
    assert client.get(live.monograph.get_absolute_url()).content == before


def test_the_author_finds_no_button_to_approve_but_the_reason(
    coauthor, sign_in, make_revision, move
):
    draft = make_revision()
    drafts.save(draft, author=coauthor, version=1, text={**draft.text, "risk": "Unknown."})
    move(draft, "submit")

    response = sign_in(coauthor).get(page_of(draft))

    assert b'value="approve"' not in response.content
    assert "someone else has to review it" in response.content.decode()


@pytest.mark.parametrize("name", transitions.TRANSITIONS)
def test_a_move_without_the_role_is_forbidden(name, sign_in, make_revision, make_user):
    source = next(iter(transitions.TRANSITIONS[name].sources))
    revision = make_revision(source)
    onlooker = make_user("onlooker")
    onlooker.user_permissions.set(Permission.objects.filter(codename="view_revision"))

    response = sign_in(onlooker).post(page_of(revision), {"action": name, "note": "Please."})

    revision.refresh_from_db()
    assert response.status_code == 403
    assert revision.state == source


def test_changes_are_requested_with_a_comment_only(reviewer, sign_in, make_revision):
    revision = make_revision(State.IN_REVIEW)
    client = sign_in(reviewer)

    refused = client.post(page_of(revision), {"action": "request_changes", "note": " "})
    client.post(page_of(revision), {"action": "request_changes", "note": "Cite the trial."})

    revision.refresh_from_db()
    assert refused.context["move_form"].errors["note"] == ["Say what has to change."]
    assert revision.state == State.DRAFT
    assert Event.objects.get(transition="request_changes").note == "Cite the trial."


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "has a title"),
        ("title", "x" * 201, "200"),
        ("risk", "# Heading", "###"),
        ("risk", "a\x00b", "Null characters"),
        ("references", "[{", "line 1, column 3"),
        ("references", '{"id": "a"}', "list"),
        ("references", '[{"id": "a", "type": "book"}]', "title"),
        ("references", "1" * 5000, "no list"),
        ("references", '[{"id": "\\ud800", "type": "book", "title": "T"}]', "characters"),
        ("references", '[{"id": "a", "\\ud800": "b"}]', "characters"),
        ("references", '[{"id": "a", "id": "b"}]', "twice"),
        ("risk", "[" * 1_001, "brackets"),
        ("title", "\u202ereversed", "U+202E"),
        ("title", "\u200b", "letters"),
        ("fact_cas_number", "62304-98-8", "last digit"),
        ("fact_pubchem_cid", "twelve", "whole number"),
    ],
)
def test_wrong_input_gets_its_message_and_is_not_lost(
    field, value, words, author, sign_in, make_revision
):
    revision = make_revision()
    before = revision.digest

    response = sign_in(author).post(page_of(revision), typed(revision, **{field: value}))

    revision.refresh_from_db()
    assert words in " ".join(response.context["form"].errors[field])
    assert response.context["form"][field].value() == value
    assert revision.digest == before


@pytest.mark.parametrize("person", ["author", "reviewer", "publisher"])
@pytest.mark.parametrize("state", State)
def test_every_role_can_open_every_page_of_a_revision(
    state, person, make_revision, request, sign_in
):
    revision = make_revision(state)
    client = sign_in(request.getfixturevalue(person))

    pages = [
        page_of(revision),
        reverse("admin:monographs_revision_preview", args=[revision.pk]),
        reverse("admin:monographs_monograph_changelist"),
        reverse("admin:index"),
    ]

    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_every_section_says_what_belongs_there(author, sign_in, make_revision):
    response = sign_in(author).get(page_of(make_revision()))

    for name, help_text in content.SECTIONS.items():
        assert response.context["form"].fields[name].help_text == help_text


def test_a_form_that_arrived_incomplete_saves_nothing(author, sign_in, make_revision):
    revision = make_revision()

    response = sign_in(author).post(page_of(revision), {"version": 1, "title": "Only this"})

    revision.refresh_from_db()
    assert "incomplete" in response.content.decode()
    assert revision.title == "Thymosin Alpha-1"


def test_a_comment_typed_before_saving_is_still_there(author, sign_in, make_revision):
    revision = make_revision()

    response = sign_in(author).post(
        page_of(revision), typed(revision, risk="Saved.", note="Not yet.")
    )

    revision.refresh_from_db()
    assert revision.risk == "Saved."
    assert response.context["move_form"]["note"].value() == "Not yet."


def test_a_draft_is_discarded_without_mending_it_first(author, sign_in, make_revision):
    revision = make_revision()

    sign_in(author).post(page_of(revision), typed(revision, title="", action="discard"))

    revision.refresh_from_db()
    assert revision.state == State.DISCARDED


def test_what_was_asked_for_stands_on_top_of_the_draft(author, sign_in, make_revision, move):
    revision = move(make_revision(State.IN_REVIEW), "request_changes")

    response = sign_in(author).get(page_of(revision))

    assert response.context["sent_back"].note == "A reason."
