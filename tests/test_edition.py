"""The number of the edition grows when what readers get changes, and else it does not."""

import pytest
from django.db import connection

from monographs import addresses, drafts, notices
from monographs.models import Monograph, Notice, Revision, State, Topic
from peptidesite.consent.models import Wording
from peptidesite.edition.models import Edition

from .consent_site import add_service, publish

pytestmark = pytest.mark.django_db


def number():
    return Edition.objects.get().number


@pytest.fixture
def live(make_revision):
    return make_revision(State.PUBLISHED)


@pytest.fixture
def grows():
    """Say whether the number grew since it was asked for last."""
    last = [None]

    def grows():
        before, last[0] = last[0], number()
        return before is None or last[0] > before

    return grows


@pytest.mark.parametrize("state", [State.APPROVED, State.PUBLISHED])
def test_a_move_that_readers_see_makes_it_grow(state, make_revision, move, grows):
    revision = make_revision(state)
    grows()

    move(revision, "publish" if state == State.APPROVED else "withdraw")

    assert grows()


def test_what_happens_at_the_desk_does_not(live, author, reviewer, move, grows):
    grows()
    draft = drafts.start(live.monograph, author=author, change_summary="Clearer.")
    move(draft, "submit", "approve")
    Monograph.objects.update(views=7)
    author.set_password("another one")
    author.save()

    assert not grows()


def test_a_new_address_makes_it_grow(live, publisher, grows):
    grows()

    addresses.change(live.monograph, "elsewhere", actor=publisher)

    assert grows()


def test_notices_make_it_grow(live, publisher, grows):
    grows()
    notice = notices.give(Notice.Kind.CONCERN, live, actor=publisher, text="Why.")
    assert grows()
    assert not grows()

    notices.end(notice, actor=publisher, why="It was settled.")

    assert grows()


def test_topics_of_public_texts_make_it_grow(live, make_revision, grows):
    draft = make_revision(slug="a-draft")
    topic = Topic.objects.create(name="Bone", slug="bone")
    grows()
    draft.topics.add(topic)
    assert not grows()
    live.topics.add(topic)
    assert grows()
    Topic.objects.update(name="Bones")
    assert grows()
    live.topics.remove(topic)
    assert grows()


def test_a_name_that_notices_are_signed_with_makes_it_grow(publisher, grows):
    grows()
    publisher.display_name = "P. Publisher"
    publisher.save()

    assert grows()


def test_a_policy_makes_it_grow_and_its_making_does_not(privacy_editor, grows):
    grows()
    add_service()
    Wording.objects.update(page_text="More.")
    assert not grows()

    publish(privacy_editor)

    assert grows()


def test_it_grows_whoever_writes(live, grows):
    grows()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monographs_monograph SET review_due_on = '2020-01-01'")

    assert grows()


def test_it_is_the_time_of_the_change_and_never_the_same_twice(live):
    numbers = []
    for day in range(1, 5):
        Monograph.objects.update(review_due_on=f"2020-01-0{day}")
        numbers.append(number())

    assert len(set(numbers)) == 4
    assert numbers == sorted(numbers)
    now = Revision.objects.get().published_at.timestamp()
    assert now - 60 < numbers[0] < now + 300
