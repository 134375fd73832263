"""Sending what waits in the outbox: each message once, and again later where it failed."""

import logging
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.utils import timezone

from .models import Message

# Whoever takes a message has this long to send it, before another process may.
LEASE = timedelta(minutes=10)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)
KEPT = timedelta(days=90)

# The server, or Django, would not have this message; it may well have the next one.
REFUSALS = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError, ValueError)

logger = logging.getLogger(__name__)


def send_due():
    """Send each message that is due, and yield it; `problem` says why it could not be sent.

    Safe at the same time in many processes. No transaction is open while the mail server
    is talked to; a process that ends just then may have a message sent a second time.
    """
    due = Message.objects.waiting().filter(due_at__lte=timezone.now())
    connection = get_connection()
    try:
        for pk in list(due.values_list("pk", flat=True)):
            message = _take(pk)
            if message is None:
                continue
            reachable = _try(message, connection)
            yield message
            if not reachable:
                break
    finally:
        _close(connection)


def forget():
    """Delete the messages that were done with long ago."""
    Message.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()


def _take(pk):
    now = timezone.now()
    taken = (
        Message.objects.waiting()
        .filter(pk=pk, due_at__lte=now)
        .update(due_at=now + LEASE, attempts=F("attempts") + 1)
    )
    return Message.objects.select_related("recipient").get(pk=pk) if taken else None


def _try(message, connection):
    """Send the message or keep why not; return whether it is worth to try another one."""
    if reason := _no_use(message.recipient):
        _settle(message, problem=reason)
        return True
    try:
        connection.open()
    except Exception as error:  # whatever it is, it is no fault of the message
        _postpone(message, error)
        # The others would wait for the same server, each until it gives up.
        others = Message.objects.waiting().filter(due_at__lte=timezone.now())
        others.update(due_at=message.due_at)
        return False
    try:
        _email(message, connection).send()
    except Exception as error:  # whatever it is, the message has to be tried again
        _postpone(message, error)
        return isinstance(error, REFUSALS)
    _settle(message)
    return True


def _no_use(person):
    if not person.is_active:
        return f"{person} is not active any more, so it was not sent."
    if not person.email:
        return f"{person} has no email address any more, so it was not sent."
    return ""


def _email(message, connection):
    domain = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        message.subject,
        message.body,
        to=[message.recipient.email],
        connection=connection,
        headers={
            # The same each time, so that a second copy is known for one.
            "Message-ID": f"<{message.pk}.{message.at:%Y%m%d%H%M%S%f}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _settle(message, problem=""):
    _update(message, sent_at=timezone.now(), problem=problem)


def _postpone(message, error):
    delay = min(FIRST_DELAY * 2 ** min(message.attempts - 1, 10), LONGEST_DELAY)
    problem = " ".join(f"{type(error).__name__}: {error}".split())
    _update(message, due_at=timezone.now() + delay, problem=problem)
    logger.error("Mail could not be sent, and is tried again later. %s: %s", message, problem)


def _update(message, **columns):
    # Another process may have sent it, if this one was too slow.
    if Message.objects.waiting().filter(pk=message.pk).update(**columns):
        for name, value in columns.items():
            setattr(message, name, value)


def _close(connection):
    try:
        connection.close()
    except Exception:  # all that could be sent is sent
        logger.warning("The mail server did not say goodbye.")
