"""Mail waits in the outbox until it is sent, each message once."""

import logging
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from monographs import outbox
from monographs.models import Message, Monograph, State
from peptidesite.accounts.models import User
from tests.desk import page_of
from tests.smtp_server import mail_server

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def rex(reviewer):
    reviewer.email = "rex@peptides.example"
    reviewer.save()
    return reviewer


@pytest.fixture
def put(rex):
    def put(subject="News", recipient=rex, **columns):
        return Message.objects.create(
            recipient=recipient, kind="submitted", subject=subject, body="Read it.\n", **columns
        )

    return put


@pytest.fixture
def use_smtp(settings):
    def use_smtp(port):
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, port
        settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 10

    return use_smtp


def send_now():
    """Send what waits, whenever it would be tried again; return what was tried."""
    Message.objects.waiting().update(due_at=timezone.now())
    return list(outbox.send_due())


def at_once(work, threads=2):
    """Run work in threads that begin together; raise what one of them raises."""
    barrier, errors = threading.Barrier(threads), []

    def run():
        barrier.wait()
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if errors:
        raise errors[0]


class Failing(BaseEmailBackend):
    """Refuses messages by what their subject says."""

    def send_messages(self, messages):
        for message in messages:
            if "poison" in message.subject:
                raise ValueError("This cannot be written.")
        django_mail.outbox.extend(messages)
        return len(messages)


def test_a_message_is_sent_as_plain_text_and_once(put, rex, settings):
    settings.SITE_URL = "https://peptides.example"
    settings.DEFAULT_FROM_EMAIL = "desk@peptides.example"
    message = put("Thymosin-α, revision 1, waits for review")

    list(outbox.send_due())
    send_now()

    [sent] = django_mail.outbox
    message.refresh_from_db()
    assert message.sent_at
    assert (sent.to, sent.from_email) == (["rex@peptides.example"], "desk@peptides.example")
    assert sent.message().get_content_type() == "text/plain"
    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert sent.message()["Message-ID"].endswith("@peptides.example>")


def test_a_mail_server_that_is_down_changes_nothing_but_a_logged_error(
    rex, make_revision, move, use_smtp, caplog
):
    use_smtp(1)

    revision = move(make_revision(State.DRAFT), "submit")
    with pytest.raises(CommandError, match="1 could not be sent"):
        call_command("send_mail", stdout=StringIO())

    message = Message.objects.get()
    assert revision.state == State.IN_REVIEW
    assert message.sent_at is None
    assert "refused" in message.problem
    [error] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "Rex Reviewer" in error.getMessage()
    assert "\n" not in error.getMessage()
    assert error.exc_info is None


def test_what_waited_is_sent_when_the_server_is_back(rex, make_revision, move, use_smtp):
    use_smtp(1)
    revision = move(make_revision(State.DRAFT), "submit")
    send_now()

    with mail_server() as (port, got):
        use_smtp(port)
        send_now()
        send_now()

    [letter] = got
    assert "Subject: Thymosin Alpha-1, revision 1, waits for review" in letter
    assert "To: rex@peptides.example" in letter
    assert page_of(revision) in letter
    assert Message.objects.get().problem == ""


def test_a_second_copy_is_known_by_its_identity(put):
    message = put()

    list(outbox.send_due())
    Message.objects.update(sent_at=None, due_at=message.at)
    list(outbox.send_due())

    first, second = (sent.message()["Message-ID"] for sent in django_mail.outbox)
    assert first == second


def test_a_round_ends_with_the_first_vain_knock(put, use_smtp, caplog):
    for number in range(5):
        put(f"News {number}")
    use_smtp(1)

    tried = list(outbox.send_due())

    assert len(tried) == 1
    assert len(caplog.records) == 1
    assert not Message.objects.filter(due_at__lte=timezone.now()).exists()
    assert Message.objects.waiting().count() == 5


def test_whom_the_server_refuses_keeps_back_nobody(put, make_user, use_smtp, caplog):
    unknown = make_user("unknown", email="unknown@peptides.example")
    messages = [put("First"), put("Second", recipient=unknown), put("Third")]

    with mail_server(refused="unknown@") as (port, got):
        use_smtp(port)
        list(outbox.send_due())

    for message in messages:
        message.refresh_from_db()
    assert [bool(message.sent_at) for message in messages] == [True, False, True]
    assert len(got) == 2
    assert "no such person" in messages[1].problem


def test_what_cannot_be_written_keeps_back_nothing(put, settings, caplog):
    settings.EMAIL_BACKEND = "tests.test_outbox.Failing"
    put("poison")
    put("News")

    list(outbox.send_due())

    assert [sent.subject for sent in django_mail.outbox] == ["News"]
    assert Message.objects.waiting().get().problem == "ValueError: This cannot be written."


@pytest.mark.parametrize(
    "subject", ["News\nBcc: all@peptides.example", "News\r\n\r\nSomething else"]
)
def test_a_subject_adds_no_header(subject, put, caplog):
    put(subject)

    list(outbox.send_due())

    assert django_mail.outbox == []
    assert "BadHeaderError" in Message.objects.waiting().get().problem


def test_it_is_tried_again_ever_later_and_for_good(put, use_smtp, caplog):
    message = put()
    use_smtp(1)

    minutes = []
    for _ in range(9):
        before = timezone.now()
        send_now()
        message.refresh_from_db()
        minutes.append(round((message.due_at - before) / timedelta(minutes=1)))

    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    Message.objects.update(attempts=100_000)
    assert len(send_now()) == 1


def test_before_its_time_it_is_not_tried(put):
    put(due_at=timezone.now() + timedelta(minutes=1))

    assert list(outbox.send_due()) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_active": False}, "not active any more"), ({"email": ""}, "no email address any more")],
)
def test_who_left_meanwhile_gets_nothing_more(change, reason, put, rex):
    message = put()
    User.objects.filter(pk=rex.pk).update(**change)

    list(outbox.send_due())

    message.refresh_from_db()
    assert django_mail.outbox == []
    assert reason in message.problem
    assert not Message.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_send_each_message_once(put):
    for number in range(30):
        put(f"News {number}")

    at_once(lambda: list(outbox.send_due()))

    subjects = [sent.subject for sent in django_mail.outbox]
    assert sorted(subjects) == sorted(f"News {number}" for number in range(30))
    assert not Message.objects.waiting().exists()


class Asking(BaseEmailBackend):
    """Has someone else write to the database while the server is talked to."""

    def send_messages(self, messages):
        assert not connection.in_atomic_block
        at_once(lambda: Monograph.objects.create(slug="written-meanwhile"), threads=1)
        return len(messages)


@pytest.mark.django_db(transaction=True)
def test_who_writes_does_not_wait_for_the_mail_server(put, settings):
    settings.EMAIL_BACKEND = "tests.test_outbox.Asking"
    put()

    [message] = outbox.send_due()

    assert message.sent_at
    assert Monograph.objects.filter(slug="written-meanwhile").exists()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_was_killed_loses_no_message(put, monkeypatch):
    message = put()

    def killed(*arguments):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_email", killed)
        pytest.raises(SystemExit, list, outbox.send_due())
    soon = list(outbox.send_due())
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + outbox.LEASE)
    later = list(outbox.send_due())

    assert (soon, later) == ([], [message])


def test_old_messages_are_deleted_and_those_that_wait_are_not(put):
    long_ago = timezone.now() - timedelta(days=91)
    put("old", at=long_ago, sent_at=long_ago)
    put("recent", at=long_ago, sent_at=timezone.now() - timedelta(days=89))
    put("waits", at=long_ago, due_at=timezone.now() + timedelta(hours=1))
    put("new")

    call_command("send_mail", stdout=StringIO())

    subjects = Message.objects.order_by("pk").values_list("subject", flat=True)
    assert list(subjects) == ["recent", "waits", "new"]


def test_what_waits_is_listed_with_the_reason(put, use_smtp, caplog):
    put()
    use_smtp(1)
    send_now()
    said = StringIO()

    call_command("send_mail", "--list", stdout=said)

    assert "News to Rex Reviewer; attempts: 1" in said.getvalue()
    assert "refused" in said.getvalue()
    assert said.getvalue().endswith("1 waiting.\n")
    assert Message.objects.get().attempts == 1


def test_without_a_mail_server_mail_is_written_to_files(put, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    put()
    said = StringIO()

    call_command("send_mail", stdout=said)

    [written] = settings.EMAIL_FILE_PATH.iterdir()
    assert "Subject: News" in written.read_text()
    assert f"No mail leaves this machine: {tmp_path}/mail has it." in said.getvalue()
