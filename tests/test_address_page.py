"""Where the address of a monograph is changed, at the desk."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from monographs import addresses
from monographs.models import Event, Monograph, State

from .desk import page_of, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(make_revision):
    return make_revision(State.PUBLISHED)


def address_page(revision):
    return reverse("admin:monographs_monograph_address", args=[revision.monograph_id])


def test_who_may_is_led_to_the_page(sign_in, author, reviewer, publisher, make_revision):
    draft = make_revision(slug="draft")
    published = make_revision(State.PUBLISHED)
    link = "Change the address"

    assert link in sign_in(author).get(page_of(draft)).text
    assert link not in sign_in(author).get(page_of(published)).text
    assert link not in sign_in(reviewer).get(page_of(draft)).text
    assert link in sign_in(publisher).get(page_of(published)).text


def test_a_publisher_changes_the_address_at_the_desk(sign_in, publisher, published):
    client = sign_in(publisher)
    form = client.get(address_page(published))
    assert "is led to the new one" in form.text

    typed = {"slug": " thymalfasin ", "seen": "thymosin-alpha-1"}
    response = client.post(address_page(published), typed, follow=True)

    assert shown(response) == ["The monograph is at “thymalfasin” now."]
    assert Monograph.objects.get().slug == "thymalfasin"
    assert "/monographs/thymosin-alpha-1/" in client.get(address_page(published)).text


def test_an_author_is_told_that_nothing_leads_from_the_address_of_a_draft(
    sign_in, author, make_revision
):
    page = sign_in(author).get(address_page(make_revision())).text

    assert "nothing will lead from the old address" in page


@pytest.mark.parametrize("slug", ["", "Big Letters", "a\x00b", "a" * 1_000, "taken"])
def test_a_wrong_address_is_refused_at_its_field_and_kept(
    slug, sign_in, publisher, published, make_revision
):
    make_revision(slug="taken")

    response = sign_in(publisher).post(address_page(published), {"slug": slug})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["slug"]
    assert f'value="{slug}"' in response.text or not slug
    assert published.monograph.slug == "thymosin-alpha-1"


def test_a_double_click_changes_it_once(sign_in, publisher, published):
    client = sign_in(publisher)
    typed = {"slug": "thymalfasin", "seen": "thymosin-alpha-1"}
    client.post(address_page(published), typed)

    response = client.post(address_page(published), typed)

    assert "“thymalfasin” is its address already." in response.text
    assert Event.objects.filter(transition="rename").count() == 1


@pytest.mark.parametrize("person", ["author", "reviewer"])
def test_the_page_is_for_those_who_may(person, sign_in, published, request):
    client = sign_in(request.getfixturevalue(person))

    assert client.get(address_page(published)).status_code == 403
    assert client.post(address_page(published), {"slug": "other"}).status_code == 403


def test_a_busy_database_is_said_at_the_form(sign_in, publisher, published, monkeypatch):
    def busy(*arguments, **options):
        raise OperationalError

    monkeypatch.setattr(addresses, "change", busy)

    response = sign_in(publisher).post(address_page(published), {"slug": "thymalfasin"})

    assert "The database is busy." in response.text
    assert 'value="thymalfasin"' in response.text
