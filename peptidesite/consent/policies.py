"""Policies: how one is published from what editors keep, and which one is in force."""

import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from peptidesite.canonical import canonical_json

from . import comparing
from .cookie import DAYS_HELD
from .models import CategoryText, Policy, Service, Wording

# Said by the software, and frozen with the rest, so that a policy holds all that was shown.
HEADING = "Cookies"
BUTTONS = {"accept": "Accept all", "reject": "Reject all", "manage": "Manage preferences"}
SERVICE_FIELDS = ("slug", "name", "provider", "privacy_url", "purpose", "script")
DECLARED_FIELDS = ("kind", "name", "purpose", "duration", "domain", "path")


@dataclass(frozen=True)
class InForce:
    """The policy that is in force, and which earlier news a visitor may not have agreed to.

    `news` holds (number, text) of the material policies, newest first, that someone whose
    consent has not run out may not know, and at least the last one.
    """

    number: int
    snapshot: dict
    digest: str
    published_at: object
    news: tuple

    def news_since(self, number):
        """Return the texts of what is new after the policy of that number, newest first."""
        return [text for since, text in self.news if since > number]

    def has_asked(self, number):
        """Say whether a grant under the policy of that number is one under this."""
        return number <= self.number and not self.news_since(number)

    @property
    def material(self):
        """The numbers of the material policies, as consent-head.js reads them."""
        return " ".join(str(number) for number, _ in self.news)

    @cached_property
    def services(self):
        """All services, each a dict with the name and label of its category besides."""
        return [
            {**service, "category": category["name"], "category_label": category["label"]}
            for category in self.snapshot["categories"]
            for service in category["services"]
        ]

    @cached_property
    def declared(self):
        """All that services declare to keep, each a dict with its category besides."""
        return [
            {**declared, "category": service["category"]}
            for service in self.services
            for declared in service["declared"]
        ]


def snapshot():
    """Return as a dict what a policy would say that were published now."""
    wording = Wording.objects.get()
    services = list(Service.objects.prefetch_related("declared").order_by("slug"))
    return {
        "controller": {
            name: getattr(wording, name)
            for name in ("controller", "address", "email", "jurisdiction")
        },
        "banner": {"heading": HEADING, "text": wording.banner_text, **BUTTONS},
        "page": {"heading": HEADING, "text": wording.page_text},
        "days_held": DAYS_HELD,
        "categories": [
            {
                "name": text.name,
                "label": text.label,
                "meaning": text.meaning,
                "services": [_service(s) for s in services if s.category == text.name],
            }
            for text in CategoryText.objects.all()
        ],
    }


def digest_of(said):
    """Return the SHA-256, in hexadecimal, of the canonical JSON of a snapshot (dict)."""
    return hashlib.sha256(canonical_json(said)).hexdigest()


def publish(*, publisher, is_material, news="", seen_digest):
    """Freeze what editors keep into the next policy and return it.

    `seen_digest` is that of the snapshot the publisher saw. Raises PermissionDenied, and
    ValidationError with a message for the publisher.
    """
    if not publisher.has_perm("consent.publish_policy"):
        raise PermissionDenied(f"{publisher} may not publish a policy.")
    try:
        with transaction.atomic():
            said = snapshot()
            last = Policy.objects.first()
            _check(last, said, is_material, news, seen_digest)
            policy = _freeze(said, last.number + 1, publisher, is_material, news.strip())
    except IntegrityError:  # the number was taken meanwhile
        raise ValidationError(CHANGED) from None
    # Before the end of the transaction another thread would learn the old one again.
    forget()
    return policy


CHANGED = (
    "Somebody changed what the policy says since you opened this page. Read the comparison again."
)


def _check(last, said, is_material, news, seen_digest):
    if digest_of(said) != seen_digest:
        raise ValidationError(CHANGED)
    if digest_of(said) == last.digest:
        raise ValidationError("This says the same as the policy in force.")
    changes = comparing.changes(last.said, said)
    if not is_material and any(change.widens for change in changes):
        raise ValidationError(
            "This lets more happen than visitors agreed to, so it is material: they are asked "
            "again. Tick “material” and say what is new."
        )
    if is_material and not news.strip():
        raise ValidationError("Say in a sentence or two what is new, for those who are asked.")


def _freeze(said, number, publisher, is_material, news):
    return Policy.objects.create(
        number=number,
        published_at=timezone.now(),
        publisher=publisher,
        is_material=is_material,
        news=news,
        snapshot=canonical_json(said).decode(),
        digest=digest_of(said),
    )


def _service(service):
    return {
        **{name: getattr(service, name) for name in SERVICE_FIELDS},
        "origins": service.origins.split(),
        "asks_consent_mode": service.asks_consent_mode,
        "declared": [
            {name: getattr(declared, name) for name in DECLARED_FIELDS}
            for declared in service.declared.all()
        ],
    }


# A process asks the database at most once a second, and goes by what it knows while the
# database does not answer.
SECONDS_KNOWN = 1
_known = {"at": None, "policy": None, "forgotten": 0}


def in_force():
    """Return the InForce of the last policy, None if the database never told this process."""
    now = time.monotonic()
    if _known["at"] is None or now - _known["at"] >= SECONDS_KNOWN:
        forgotten = _known["forgotten"]
        try:
            policy = _read()
        except DatabaseError:
            policy = _known["policy"]
        if forgotten != _known["forgotten"]:
            return policy  # a newer one may have been published while this was read
        _known.update(at=now, policy=policy)
    return _known["policy"]


def forget():
    """Have the next `in_force` ask the database."""
    _known["forgotten"] += 1
    _known["at"] = None


def _read():
    last = Policy.objects.first()
    if last is None:
        return None
    known = _known["policy"]
    if known and (known.number, known.digest) == (last.number, last.digest):
        return known
    recent = timezone.now() - timedelta(days=DAYS_HELD)
    material = Policy.objects.filter(is_material=True)
    return InForce(
        number=last.number,
        snapshot=last.said,
        digest=last.digest,
        published_at=last.published_at,
        news=tuple(
            (policy.number, policy.news)
            for place, policy in enumerate(material)
            if place == 0 or policy.published_at > recent
        ),
    )


def allowed_origins(policy):
    """Return ({origins that scripts come from}, {all other declared ones}) of an InForce."""
    scripts, all_origins = set(), set()
    for service in policy.services:
        all_origins.update(service["origins"])
        if service["script"].startswith("https://"):
            scripts.add("/".join(service["script"].split("/")[:3]))
    return scripts, all_origins
