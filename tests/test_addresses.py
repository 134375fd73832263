"""A monograph that moves to another address takes its readers with it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from monographs import addresses, drafts, history, record, waiting
from monographs.files.entry import FileRefused
from monographs.files.importing import import_entry
from monographs.files.markdown import parse_markdown
from monographs.management.commands.export_monographs import file_of
from monographs.models import Event, FormerAddress, Monograph, State

from .test_concurrency import at_once

OLD, NEW = "/monographs/thymosin-alpha-1/", "/monographs/thymalfasin/"
PAGES = ["", "versions/", "versions/1/", "versions/1/text.json"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(publisher):
    def change(revision, slug="thymalfasin", **more):
        return addresses.change(revision.monograph, slug, actor=publisher, **more)

    return change


@pytest.fixture
def published(make_revision):
    return make_revision(State.PUBLISHED)


@pytest.fixture
def moved(published, change):
    change(published)
    return published


# Readers


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_the_old_address_leads_to_the_same_page_of_the_new_one_at_once(
    method, page, client, moved
):
    response = getattr(client, method)(f"{OLD}{page}?a=1&b=%C3%A4")

    assert response.status_code == 301
    assert response["Location"] == f"{NEW}{page}?a=1&b=%C3%A4"
    assert client.get(response["Location"]).status_code == 200
    assert response["Cache-Control"] == "max-age=3600"
    assert not response.cookies


def test_every_former_address_leads_there_in_one_step(client, change, moved):
    change(moved, "third")
    change(moved, "fourth")

    for old in ("thymosin-alpha-1", "thymalfasin", "third"):
        response = client.get(f"/monographs/{old}/versions/")
        assert response.status_code == 301
        assert response["Location"] == "/monographs/fourth/versions/"


def test_moving_back_leaves_no_circle(client, change, moved):
    change(moved, "thymosin-alpha-1")

    assert client.get(OLD).status_code == 200
    assert client.get(NEW)["Location"] == OLD
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["thymalfasin"]


def test_a_withdrawn_monograph_is_found_at_its_old_address_too(client, change, make_revision):
    change(make_revision(State.WITHDRAWN))

    assert client.get(OLD)["Location"] == NEW
    assert "Retraction" in client.get(NEW).text


def test_another_monograph_that_is_published_at_the_old_address_wins(
    client, moved, move, make_revision
):
    other = make_revision(State.APPROVED, title="Another peptide")
    assert client.get(OLD)["Location"] == NEW

    move(other, "publish")

    assert "Another peptide" in client.get(OLD).text
    assert client.get(f"{OLD}versions/1/").status_code == 200
    assert client.get(f"{OLD}versions/2/").status_code == 404
    assert client.get(NEW).status_code == 200


def test_one_that_is_withdrawn_there_keeps_the_address(client, moved, make_revision):
    make_revision(State.WITHDRAWN, title="Another peptide")

    assert "Withdrawn: Another peptide" in client.get(OLD).text
    assert client.get(f"{OLD}versions/1/text.json").status_code == 404


def test_of_all_who_were_at_an_address_the_last_one_is_found(
    client, change, moved, make_revision
):
    change(make_revision(State.PUBLISHED), "the-next-one")

    assert client.get(OLD)["Location"] == "/monographs/the-next-one/"


def test_one_that_was_never_public_takes_no_redirect_away(client, change, moved, make_revision):
    change(make_revision(), "the-next-one")

    assert client.get(OLD)["Location"] == NEW
    assert client.get("/monographs/the-next-one/").status_code == 404


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_the_old_address_of_a_draft_gives_nothing_away(state, client, change, make_revision):
    change(make_revision(state))

    assert not FormerAddress.objects.exists()
    for page in PAGES:
        assert client.get(OLD + page).status_code == 404
        assert client.get(NEW + page).status_code == 404


def test_only_what_reads_is_led_on(client, moved):
    assert client.post(OLD).status_code == 405


@pytest.mark.parametrize("end", ["?" + "a" * 1_000, "?next=//evil.example", "?a=%0d%0aB:c"])
def test_what_comes_with_an_old_address_leads_nowhere_else(end, client, moved):
    response = client.get(OLD + end)

    assert response.status_code == 301
    assert response["Location"] == NEW + end


@pytest.mark.parametrize("slug", ["nothing", "Thymosin-Alpha-1", "%00", "a" * 5_000, "α"])
def test_an_address_that_nothing_was_ever_at_is_not_found(slug, client, moved):
    assert client.get(f"/monographs/{slug}/").status_code == 404


@pytest.mark.usefixtures("policy_known")
def test_a_page_at_its_address_takes_no_query_for_former_ones(
    client, moved, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4) as captured:
        client.get(NEW)

    assert not any(FormerAddress._meta.db_table in query["sql"] for query in captured)


# Who may, and what is kept


def test_a_change_is_in_the_record(publisher, moved):
    event = moved.monograph.events.order_by("-sequence").first()

    assert (event.transition, event.source, event.target, event.actor) == (
        *("rename", State.PUBLISHED, State.PUBLISHED),
        publisher,
    )
    assert event.note == "From thymosin-alpha-1 to thymalfasin."
    assert record.misfit(moved.monograph.events.order_by("sequence")) is None


def test_what_was_approved_stays_as_it_was(moved):
    digest, byline = moved.digest, moved.byline

    moved.refresh_from_db()

    assert (moved.digest, moved.byline, moved.state) == (digest, byline, State.PUBLISHED)


def test_a_writer_may_until_a_text_was_public(author, make_revision, move):
    revision = make_revision()
    moved = addresses.change(revision.monograph, "thymalfasin", actor=author)
    assert moved.slug == "thymalfasin"
    move(revision, "submit", "approve", "publish")

    with pytest.raises(PermissionDenied):
        addresses.change(moved, "thymosin-alpha-1", actor=author)


@pytest.mark.parametrize("person", ["coauthor", "reviewer"])
def test_who_did_not_write_it_may_not(person, make_revision, request):
    revision = make_revision()

    with pytest.raises(PermissionDenied):
        addresses.change(revision.monograph, "other", actor=request.getfixturevalue(person))

    assert Monograph.objects.get().slug == "thymosin-alpha-1"


@pytest.mark.parametrize(
    "slug",
    [
        *("", " ", "Big", "two--hyphens", "-a", "a-", "a b", "a/b", "α", "a\x00b", "a\ud800"),
        *("a" * 101, "a" * 1_000_000, "../admin", "a\n"),
    ],
    ids=repr,
)
def test_an_address_is_of_small_letters_digits_and_single_hyphens(slug, change, published):
    with pytest.raises(ValidationError) as refused:
        change(published, slug)

    assert list(refused.value.message_dict) == ["slug"]
    assert Monograph.objects.get().slug == "thymosin-alpha-1"
    assert not Event.objects.filter(transition="rename").exists()


def test_an_address_that_is_taken_is_refused(change, published, make_revision):
    make_revision(slug="taken")

    for slug in ("taken", "thymosin-alpha-1"):
        with pytest.raises(ValidationError, match="already"):
            change(published, slug)


def test_an_address_that_was_changed_meanwhile_is_not_changed_again(change, moved):
    with pytest.raises(ValidationError, match="changed to “thymalfasin” since"):
        change(moved, "third", seen="thymosin-alpha-1")


def test_a_draft_that_was_sent_back_still_says_so(author, make_revision, move):
    draft = move(make_revision(), "submit", "request_changes")

    addresses.change(draft.monograph, "thymalfasin", actor=author)

    assert history.sent_back(draft).note == "A reason."
    assert [pile.label for pile in waiting.piles(author)] == ["Sent back to you"]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_want_the_same_address_one_gets_it(publisher, make_revision):
    revisions = [make_revision(State.PUBLISHED, slug=f"peptide-{n}") for n in range(8)]

    def change(number):
        try:
            return addresses.change(revisions[number].monograph, "wanted", actor=publisher)
        except ValidationError as error:
            return error.message_dict

    outcomes = at_once(change)

    refused = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert refused == [{"slug": ["There is a monograph at “wanted” already."]}] * 7
    assert FormerAddress.objects.count() == 1
    assert Event.objects.filter(transition="rename").count() == 1


# Files


def test_a_file_for_a_former_address_makes_no_second_monograph(author, moved):
    file = file_of(moved).replace("slug: thymalfasin", "slug: thymosin-alpha-1")

    with pytest.raises(FileRefused, match="at “thymalfasin” now"):
        import_entry(parse_markdown(file), author)

    assert Monograph.objects.count() == 1


def test_a_file_for_the_present_address_is_taken(author, moved):
    moved.monograph.refresh_from_db()

    outcome = import_entry(parse_markdown(file_of(moved)), author)

    assert outcome.revision.monograph == moved.monograph


def test_a_new_draft_may_be_begun_at_a_former_address(author, text, moved):
    revision = drafts.create(author=author, slug="thymosin-alpha-1", text=text)

    assert revision.monograph.slug == "thymosin-alpha-1"
