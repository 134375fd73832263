"""Once a week reviewers are told by mail which reviews are overdue."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from monographs import digest
from monographs.models import Message, Monograph, State
from peptidesite.accounts.models import Mail
from tests.desk import page_of


@pytest.fixture(autouse=True)
def rex(reviewer):
    reviewer.email = "rex@peptides.example"
    reviewer.save()
    return reviewer


@pytest.fixture
def make_overdue(make_revision):
    def make(slug, days=1):
        live = make_revision(State.PUBLISHED, slug=slug, title=slug.capitalize())
        due_on = timezone.localdate() - timedelta(days=days)
        Monograph.objects.filter(slug=slug).update(review_due_on=due_on)
        return live

    return make


@pytest.fixture
def digests():
    Message.objects.all().delete()
    return Message.objects.filter(kind=Mail.OVERDUE)


def test_a_reviewer_is_told_which_are_overdue_the_oldest_first(make_overdue, digests, rex):
    late, later = make_overdue("late", days=3), make_overdue("later", days=30)

    digest.remind()

    told = digests.get(recipient=rex)
    assert told.subject == "2 reviews are overdue"
    assert told.body.index(page_of(later)) < told.body.index(page_of(late))
    due_on = timezone.localdate() - timedelta(days=3)
    assert f"Late, due on {due_on.day} {due_on:%b %Y}\nhttp" in told.body


def test_nobody_is_told_when_none_is_overdue(make_revision, digests):
    make_revision(State.PUBLISHED)

    digest.remind()

    assert not digests.exists()


@pytest.mark.parametrize(
    ("ago", "mails"),
    [
        (timedelta(0), 1),
        (timedelta(days=6, hours=23), 1),
        (timedelta(days=7, hours=1), 2),
        (timedelta(days=30), 2),
    ],
)
def test_the_next_comes_after_seven_days(ago, mails, make_overdue, digests):
    make_overdue("late")
    digest.remind()
    digests.update(at=timezone.now() - ago)

    digest.remind()
    digest.remind()

    assert digests.count() == mails


def test_it_is_for_those_who_want_it_and_could_do_the_review(
    make_overdue, digests, make_user, author, groups
):
    make_overdue("late")
    author.email = "ada@peptides.example"
    author.save()
    author.groups.add(groups["Reviewers"])
    make_user("no-mail", "Reviewers")
    make_user("gone", "Reviewers", email="gone@peptides.example", is_active=False)
    make_user("other-role", "Publishers", email="other-role@peptides.example")
    make_user("other", "Reviewers", email="other@peptides.example", unwanted_mail=[Mail.OVERDUE])

    digest.remind()

    assert [message.recipient.username for message in digests] == ["reviewer"]


def test_a_long_list_says_how_many_more(make_overdue, digests, monkeypatch):
    monkeypatch.setattr(digest, "SHOWN", 2)
    for slug in ("first", "second", "third", "fourth", "fifth"):
        make_overdue(slug)

    digest.remind()

    told = digests.get()
    assert told.subject == "5 reviews are overdue"
    assert told.body.count(", due on ") == 2
    assert "… and 3 more." in told.body


@pytest.mark.django_db(transaction=True)
def test_it_comes_once_from_many_processes_at_once(make_overdue, digests, make_user):
    make_overdue("late")
    for number in range(5):
        make_user(f"reviewer-{number}", "Reviewers", email=f"{number}@peptides.example")
    barrier = threading.Barrier(4)
    errors = []

    def run():
        barrier.wait()
        try:
            digest.remind()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert digests.count() == 6
    assert digests.values("recipient").distinct().count() == 6
