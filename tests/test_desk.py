"""The editorial desk in Django admin, as its people use it."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs import content, drafts, workflow
from monographs.admin.forms import initial_values
from monographs.models import Event, Monograph, Revision, State


def page_of(revision):
    return reverse("admin:monographs_revision_change", args=[revision.pk])


def typed(revision, **changes):
    """What a browser sends for the draft form, with Windows line ends as browsers do."""
    values = {
        name: str(value).replace("\n", "\r\n")
        for name, value in initial_values(revision).items()
        if name != "topics"
    }
    return {**values, "note": "", "action": "save", **changes}


def shown(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def sign_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


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
    assert "someone else has to approve it" in response.content.decode()


@pytest.mark.parametrize("name", workflow.TRANSITIONS)
def test_a_move_without_the_role_is_forbidden(name, sign_in, make_revision, make_user):
    source = next(iter(workflow.TRANSITIONS[name].sources))
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
    assert "not the one you had before you" in shown(response)[0]


@pytest.mark.parametrize(("name", "state"), [("approve", "in_review"), ("publish", "approved")])
def test_a_double_click_makes_one_event_and_gets_a_polite_answer(
    name, state, make_user, sign_in, make_revision
):
    revision = make_revision(state)
    chief = make_user("chief", "Reviewers", "Publishers")
    client = sign_in(chief)
    click = {"action": name, "digest": revision.digest}

    first = client.post(page_of(revision), click, follow=True)
    second = client.post(page_of(revision), click, follow=True)

    assert Event.objects.filter(transition=name).count() == 1
    assert (first.status_code, second.status_code) == (200, 200)
    assert "by now" in shown(second)[-1]


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


def test_the_list_has_one_row_a_monograph_that_leads_to_the_open_text(
    author, sign_in, make_revision
):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author)

    response = sign_in(author).get(reverse("admin:monographs_monograph_changelist"))

    page = response.content.decode()
    assert len(response.context["cl"].result_list) == 1
    assert page_of(draft) in page
    assert "Draft (revision 2)" in page
    assert "Revision 1 since" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=draft", {"a-draft"}),
        ("state=published", {"a-live-one"}),
        ("state=withdrawn", {"a-withdrawn-one"}),
        ("topic=bone", {"a-live-one"}),
        ("q=live", {"a-live-one"}),
        ("state=nonsense", {"a-draft", "a-live-one", "a-withdrawn-one"}),
    ],
)
def test_the_list_is_searched_and_filtered(query, expected, author, sign_in, make_revision):
    make_revision(State.DRAFT, slug="a-draft")
    live = make_revision(State.PUBLISHED, slug="a-live-one")
    make_revision(State.WITHDRAWN, slug="a-withdrawn-one")
    live.topics.create(name="Bone", slug="bone")

    response = sign_in(author).get(reverse("admin:monographs_monograph_changelist") + "?" + query)

    assert {row.slug for row in response.context["cl"].result_list} == expected


def test_the_lists_queries_do_not_grow_with_the_entries(
    author, sign_in, make_revision, django_assert_num_queries
):
    client = sign_in(author)
    address = reverse("admin:monographs_monograph_changelist")
    make_revision(State.PUBLISHED, slug="one")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    for number in range(5):
        make_revision(State.PUBLISHED, slug=f"more-{number}")

    with django_assert_num_queries(len(captured)):
        client.get(address)


@pytest.mark.parametrize("pk", ["999", "nonsense", "9" * 30])
def test_a_revision_that_is_not_there_is_not_found(pk, author, sign_in):
    address = reverse("admin:monographs_revision_change", args=[pk])

    response = sign_in(author).get(address)

    assert response.status_code == 404


def test_every_section_says_what_belongs_there(author, sign_in, make_revision):
    response = sign_in(author).get(page_of(make_revision()))

    for name, help_text in content.SECTIONS.items():
        assert response.context["form"].fields[name].help_text == help_text
