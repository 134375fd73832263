"""Two people with one draft open, each in a browser of their own."""

import pytest
from playwright.sync_api import expect

from monographs.models import Presence

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = "has had this draft open since"


@pytest.fixture
def open_draft(open_page, make_revision):
    revision = make_revision()

    def open_draft(person, **options):
        page = open_page(**options)
        page.clock.install()
        page.goto(f"/admin/monographs/revision/{revision.pk}/change/")
        page.get_by_label("Username").fill(person.username)
        page.get_by_label("Password").fill(person.username)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_label("Title")).to_be_visible()
        return page

    return open_draft


def a_minute_later(page):
    with page.expect_response(lambda response: response.url.endswith("/here/")):
        page.clock.fast_forward(61_000)


def wait_until_only(person, page):
    """Wait for what a page sends while it closes, which Playwright does not tell of."""
    for _ in range(50):
        if [row.user for row in Presence.objects.all()] == [person]:
            return
        page.wait_for_timeout(100)
    pytest.fail("Nobody said that they left.")


def test_each_is_told_of_the_other_and_when_they_left(open_draft, author, coauthor):
    first = open_draft(author)
    expect(first.get_by_text(TOLD)).to_have_count(0)

    second = open_draft(coauthor)
    expect(second.get_by_text(f"Ada Author {TOLD}")).to_be_visible()
    a_minute_later(first)
    expect(first.get_by_text(f"Cora Coauthor {TOLD}")).to_be_visible()

    second.goto("/admin/")
    wait_until_only(author, second)
    a_minute_later(first)
    expect(first.get_by_text(TOLD)).to_have_count(0)


def test_what_is_typed_stays_while_the_page_looks_who_is_here(open_draft, author, coauthor):
    first = open_draft(author)
    first.get_by_label("Title").fill("A title that is being typed")
    open_draft(coauthor)

    a_minute_later(first)

    expect(first.get_by_text(f"Cora Coauthor {TOLD}")).to_be_visible()
    expect(first.get_by_label("Title")).to_have_value("A title that is being typed")
    expect(first.get_by_label("Title")).to_be_focused()


def test_saving_is_no_leaving(open_draft, author, coauthor):
    first = open_draft(author)
    opened_at = Presence.objects.get(user=author).opened_at

    first.get_by_role("button", name="Save draft").click()
    expect(first.get_by_text("revision 1” is saved.")).to_be_visible()

    second = open_draft(coauthor)
    expect(second.get_by_text(f"Ada Author {TOLD}")).to_be_visible()
    assert Presence.objects.get(user=author).opened_at == opened_at


def test_without_a_script_the_page_says_so_too(open_page, author, coauthor, open_draft):
    open_draft(author)

    page = open_draft(coauthor, java_script_enabled=False)

    expect(page.get_by_text(f"Ada Author {TOLD}")).to_be_visible()
