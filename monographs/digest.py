"""The mail that comes once a week: which reviews are overdue."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from peptidesite.accounts.models import Mail, User

from . import mail, waiting
from .models import Message

WEEK = timedelta(days=7)
SHOWN = 50


def remind():
    """Tell each reviewer which overdue reviews wait for them, if they were not this week.

    A week are seven days, whenever they begin, so it matters to nobody when this does not
    run for a while. Safe at the same time in many processes.
    """
    recent = Message.objects.filter(kind=Mail.OVERDUE, at__gt=timezone.now() - WEEK)
    others = mail.with_permission("review").exclude(pk__in=recent.values("recipient"))
    for person in mail.wanting(Mail.OVERDUE, others):
        if waiting.overdue(person).exists():
            _remind(person, recent)


@transaction.atomic
def _remind(person, recent):
    # Whoever comes second waits here, and finds it done.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if recent.filter(recipient=person).exists():
        return
    overdue = waiting.overdue(person).select_related("monograph").without_text()
    count, first = overdue.count(), overdue[:SHOWN]
    subject = "1 review is overdue" if count == 1 else f"{count:,} reviews are overdue"
    context = {
        "items": [(text, mail.absolute(mail.desk_page(text))) for text in first],
        "count": count,
        "more": max(count - SHOWN, 0),
        "link": mail.absolute(reverse("admin:index")),
    }
    mail.message(person, Mail.OVERDUE, subject, "mail/overdue.txt", context).save()
