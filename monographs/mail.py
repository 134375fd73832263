"""What people are told by mail about a text, and who is; monographs.outbox sends it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, get_text_list

from peptidesite.accounts.middleware import zone_of
from peptidesite.accounts.models import Mail, User

from .comparing import clinical_changes
from .models import Message

TITLE_IN_SUBJECT = 120


def with_permission(name):
    """Return the active users who have the permission on revisions by a role of theirs.

    Not those who have it as superusers only: they can do all, and would be told all.
    """
    return User.objects.with_perm(
        f"monographs.{name}_revision",
        include_superusers=False,
        backend="django.contrib.auth.backends.ModelBackend",
    )


def contributors(revision):
    return revision.contributors.all()


def reviewers(revision):
    return with_permission("review").exclude(pk__in=contributors(revision))


def publishers(revision):
    return with_permission("publish")


def approver(revision):
    return User.objects.filter(pk=revision.approver_id)


def inviters(revision):
    return User.objects.filter(pk__in=revision.invitations.values("author"))


def scheduler(revision):
    settled = revision.appointments.filter(settled_at__isnull=False).order_by("-settled_at")
    return User.objects.filter(pk=settled.values("actor")[:1])


def desk_page(revision):
    return reverse("admin:monographs_revision_change", args=[revision.pk])


def public_page(revision):
    return revision.monograph.get_absolute_url()


@dataclass(frozen=True)
class News:
    """One thing that can happen to a text: the kind of mail, what it says, and who gets it.

    `subject` follows the revision's name. `people` are functions that take the revision and
    return users; `page` returns the path of the very page that it is about.
    """

    kind: Mail
    subject: str
    template: str
    people: tuple
    page: Callable = desk_page


WROTE_OR_REVIEWED = (contributors, approver)

# By the name of the move, or of what else happened to the text.
NEWS = {
    "submit": News(Mail.SUBMITTED, "waits for review", "mail/submitted.txt", (reviewers,)),
    "request_changes": News(
        Mail.RETURNED, "needs changes", "mail/changes_requested.txt", (contributors,)
    ),
    "reopen": News(Mail.RETURNED, "is a draft again", "mail/reopened.txt", (contributors,)),
    "approve": News(
        Mail.APPROVED, "is approved", "mail/approved.txt", (contributors, publishers)
    ),
    "appoint": News(
        Mail.PUBLISHED, "is on the timetable", "mail/scheduled.txt", WROTE_OR_REVIEWED
    ),
    "cancel": News(
        Mail.PUBLISHED, "is off the timetable", "mail/cancelled.txt", WROTE_OR_REVIEWED
    ),
    "publish": News(
        Mail.PUBLISHED, "is published", "mail/published.txt", WROTE_OR_REVIEWED, public_page
    ),
    "withdraw": News(
        Mail.PUBLISHED, "is withdrawn", "mail/withdrawn.txt", WROTE_OR_REVIEWED, public_page
    ),
    # Who put it on the timetable was not there when its time came.
    "keep": News(Mail.PUBLISHED, "is {state}", "mail/kept.txt", (scheduler,), public_page),
    "opinion": News(
        Mail.OPINION, "has an expert's opinion", "mail/opinion.txt", (inviters, contributors)
    ),
}


def tell(name, revision, actor=None, note="", appointment=None):
    """Put what happened to a revision into the outbox, for all whom it concerns but the actor.

    `name` is one of NEWS; of anything else nobody is told. Call it inside the transaction of
    what it tells, so that the mail is there if, and only if, that came about.
    """
    news = NEWS.get(name)
    if news is None:
        return
    context = {
        "revision": revision,
        "actor": actor,
        "note": note,
        "appointment": appointment,
        "clinical": _clinical(revision) if news.kind == Mail.SUBMITTED else "",
        "link": absolute(news.page(revision)),
    }
    title = Truncator(revision.title).chars(TITLE_IN_SUBJECT)
    what = news.subject.format(state=revision.get_state_display().lower())
    subject = f"{title}, revision {revision.number}, {what}"
    concerned = Q()
    for people in news.people:
        concerned |= Q(pk__in=people(revision))
    others = User.objects.filter(concerned).exclude(pk=actor.pk if actor else None)
    Message.objects.bulk_create(
        message(person, news.kind, subject, news.template, context)
        for person in wanting(news.kind, others)
    )


def _clinical(revision):
    return get_text_list(clinical_changes(revision), "and")


def wanting(kind, people):
    """Return those of the users (queryset) who can get mail and want this kind of it."""
    reachable = people.filter(is_active=True).exclude(email="")
    return [person for person in reachable if kind not in person.unwanted_mail]


def message(person, kind, subject, template, context):
    """Return an unsaved Message to the person, with times as their clock shows them."""
    with timezone.override(zone_of(person)):
        body = render_to_string(
            template, {**context, "kind": kind, "profile": absolute(reverse("profile"))}
        )
    # What a template leaves out leaves empty lines.
    body = re.sub(r"\n\s*\n", "\n\n", body).strip() + "\n"
    return Message(recipient=person, kind=kind, subject=subject, body=body)


def absolute(path):
    """Return the address of a page of the site, since a mail is read elsewhere."""
    return settings.SITE_URL.rstrip("/") + path
