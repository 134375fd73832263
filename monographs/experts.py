"""Experts without an account: a link to one text, and the opinion that comes back.

An opinion is advice to reviewers. Nothing here moves a revision or counts towards its approval.
"""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from . import content, mail, workflow
from .models import ASKED_STATES, WHOLE, Invitation, Monograph, Opinion

DAYS, MOST_DAYS = 14, 60
LINE_LIMIT = 150
# The parts of a text that an expert is asked about.
PLACES = {WHOLE: "The whole text", **{name: name.capitalize() for name in content.SECTIONS}}

REVOKED = "This link was revoked."
EXPIRED = "This link has expired."
MOVED_ON = "The text has moved on since this link was made."


class Gone(Exception):
    """The `invitation` leads nowhere any more; the message says why."""

    def __init__(self, invitation, reason):
        self.invitation = invitation
        super().__init__(reason)


class AlreadyGiven(Exception):
    """There is another opinion by this invitation already."""


@transaction.atomic
def invite(revision, *, expert, actor, digest, days=DAYS):
    """Invite the expert (a name) to the text with this digest; return (Invitation, token).

    The token is what the link ends with. Only its SHA-256 is kept, so it is to be handed on now.
    Raises PermissionDenied, and ValidationError by field where it has one.
    """
    if not may_invite(actor):
        raise PermissionDenied(f"{actor} may not invite experts.")
    cleaned = _clean({"expert": _clean_name, "days": _clean_days}, expert=expert, days=days)
    _lock(revision)
    revision.refresh_from_db()
    if revision.state not in ASKED_STATES:
        state = revision.get_state_display().lower()
        raise ValidationError(
            f"Experts are asked before a text is approved; this one is {state}."
        )
    if digest != revision.digest:
        raise ValidationError(workflow.CHANGED)
    if _is_invited(revision, cleaned["expert"]):
        message = f"{cleaned['expert']} has a link already. Revoke that one to make another."
        raise ValidationError({"expert": [message]})
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        revision=revision,
        text_digest=digest,
        token_hash=_hash(token),
        expert=cleaned["expert"],
        author=actor,
        expires_at=timezone.now() + timedelta(days=cleaned["days"]),
    )
    return invitation, token


@transaction.atomic
def revoke(invitation, *, actor):
    """Make an invitation's link lead nowhere. Raises PermissionDenied, and Gone if it did so."""
    if not may_invite(actor):
        raise PermissionDenied(f"{actor} may not revoke invitations.")
    _lock(invitation.revision)
    kept = Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True)
    if not kept.update(revoked_by=actor, revoked_at=timezone.now()):
        raise Gone(invitation, REVOKED)


def open_by(token):
    """Return the Invitation whose token this is. Raises Invitation.DoesNotExist, and Gone."""
    return _open(token_hash=_hash(token))


@transaction.atomic
def give(invitation, *, remarks, **said):
    """Keep what an expert thinks of the text they were invited to, and return the Opinion.

    `said` has the verdict (of Opinion.Verdict), name, credentials and competing_interests;
    `remarks` maps names of PLACES to what was said of each. The same opinion given twice is kept
    once. Raises Gone, AlreadyGiven for another one, and ValidationError by field or place.
    """
    _lock(invitation.revision)
    invitation = _open(pk=invitation.pk)
    values = _clean_opinion(said, {place: remarks.get(place, "") for place in PLACES})
    if given := opinion_of(invitation):
        if {name: getattr(given, name) for name in values} != values:
            raise AlreadyGiven("You have given your opinion already, and it stands as it was.")
        return given
    opinion = Opinion.objects.create(invitation=invitation, **values)
    mail.tell("opinion", invitation.revision, note=str(opinion))
    return opinion


def opinion_of(invitation):
    """Return the Opinion that came by an invitation, or None."""
    return getattr(invitation, "opinion", None)


def invitations_to(revision):
    """Return the Invitations to a revision, the oldest first, each with `ended`: why it is."""
    people = ("author", "revoked_by", "opinion")
    invitations = list(revision.invitations.select_related(*people))
    for invitation in invitations:
        invitation.ended = why_ended(invitation)
    return invitations


def why_ended(invitation):
    """Say in a sentence why an invitation leads nowhere any more; "" while it is open."""
    revision = invitation.revision
    if invitation.revoked_at:
        return REVOKED
    if invitation.expires_at <= timezone.now():
        return EXPIRED
    if revision.state not in ASKED_STATES or revision.digest != invitation.text_digest:
        return MOVED_ON
    return ""


def may_invite(person):
    """Say whether the person may invite experts: reviewers and publishers may."""
    return any(
        person.has_perm(f"monographs.{permission}_revision")
        for permission in ("review", "publish")
    )


def may_read(revision, person):
    """Say whether the person may read opinions on a revision: also who wrote it may."""
    return may_invite(person) or revision.contributions.filter(user=person).exists()


def _open(**key):
    people = ("revision__monograph", "author", "opinion")
    invitation = Invitation.objects.select_related(*people).get(**key)
    if reason := why_ended(invitation):
        raise Gone(invitation, reason)
    return invitation


def _is_invited(revision, expert):
    return any(
        invitation.expert == expert and not invitation.ended
        for invitation in invitations_to(revision)
    )


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def _lock(revision):
    # As whoever moves or saves the revision does: the text stays as it is until this is over.
    Monograph.objects.select_for_update().get(pk=revision.monograph_id)


def _clean(cleaners, **values):
    cleaned, errors = {}, {}
    for name, clean in cleaners.items():
        try:
            cleaned[name] = clean(values[name])
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    return cleaned


def _clean_opinion(said, remarks):
    cleaners = {**_CLEANERS, **dict.fromkeys(PLACES, content.clean_prose)}
    if said["verdict"] == Opinion.Verdict.OBJECT and not any(map(str.strip, remarks.values())):
        cleaners[WHOLE] = _refuse_bare_objection
    values = _clean(cleaners, **said, **remarks)
    values["remarks"] = {place: text for place in PLACES if (text := values.pop(place))}
    return values


def _refuse_bare_objection(value):
    raise ValidationError("Say what you object to, here or at a section, so it can be mended.")


def _clean_name(value):
    name = content.clean_line(value, LINE_LIMIT)
    if not any(character.isalpha() for character in name):
        raise ValidationError("Give a name, with letters.")
    return name


def _clean_days(value):
    if not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise ValidationError(f"Give a number of days from 1 to {MOST_DAYS}.")
    return value


def _clean_verdict(value):
    if value not in Opinion.Verdict.values:
        raise ValidationError("Choose one of the two.")
    return value


def _clean_credentials(value):
    if not (credentials := content.clean_line(value, LINE_LIMIT)):
        raise ValidationError("Say what you know the subject from, such as degrees and post.")
    return credentials


def _clean_interests(value):
    if not (interests := content.clean_prose(value)):
        raise ValidationError("Declare your competing interests, or write “none”.")
    return interests


_CLEANERS = {
    "verdict": _clean_verdict,
    "name": _clean_name,
    "credentials": _clean_credentials,
    "competing_interests": _clean_interests,
}
