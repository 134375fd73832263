"""The address of a monograph: changing it, and leading readers there from the old ones."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from . import drafts, record
from .models import FormerAddress, Monograph, Revision


def may_change(monograph, person):
    """Say whether the person may: publishers always, its writers until it was public."""
    if person.has_perm("monographs.publish_revision"):
        return True
    wrote = person.has_perm("monographs.change_revision") and (
        monograph.revisions.filter(contributions__user=person).exists()
    )
    return wrote and not was_public(monograph)


def was_public(monograph):
    """Say whether readers ever got a text of the monograph."""
    return monograph.revisions.public().exists()


@transaction.atomic
def change(monograph, slug, *, actor, seen=None):
    """Move a monograph to another slug and return it afresh.

    If it was ever public, readers of the old address are led to the new one. `seen` is the
    slug that the actor saw. Raises PermissionDenied and ValidationError by "slug".
    """
    monograph = Monograph.objects.select_for_update().get(pk=monograph.pk)
    if not may_change(monograph, actor):
        raise PermissionDenied(f"{actor} may not change the address of this monograph.")
    old = monograph.slug
    if slug == old:
        raise _refusal(f"“{old}” is its address already.")
    if seen not in (None, old):
        raise _refusal(f"The address was changed to “{old}” since you opened this page.")
    monograph.slug = slug
    monograph.changed_at = timezone.now()
    _check(monograph)
    try:
        with transaction.atomic():
            monograph.save(update_fields=["slug", "changed_at"])
    except IntegrityError as error:
        raise _taken(slug) from error
    _keep(old, monograph)
    revision = monograph.revisions.shown().first() or drafts.base_revision(monograph)
    record.append(
        revision,
        "rename",
        source=revision.state,
        target=revision.state,
        actor=actor,
        note=f"From {old} to {slug}.",
    )
    return monograph


def moved_from(slug):
    """Return the Monograph that readers of a former address are led to, or None.

    A monograph that is public at this address itself comes first, and one that readers
    never got is given away to nobody.
    """
    if Revision.objects.public().filter(monograph__slug=slug).exists():
        return None
    former = FormerAddress.objects.filter(
        slug=slug, monograph__in=Revision.objects.public().values("monograph")
    )
    former = former.select_related("monograph").first()
    return former and former.monograph


def _check(monograph):
    # First its form: not every text can be looked for in a database.
    monograph.clean_fields()
    if Monograph.objects.filter(slug=monograph.slug).exclude(pk=monograph.pk).exists():
        raise _taken(monograph.slug)


def _keep(old, monograph):
    monograph.former_addresses.filter(slug=monograph.slug).delete()
    if was_public(monograph):
        # Of all who were at an address, the last one was there for most of its readers.
        FormerAddress.objects.update_or_create(slug=old, defaults={"monograph": monograph})


def _taken(slug):
    return _refusal(f"There is a monograph at “{slug}” already.")


def _refusal(message):
    return ValidationError({"slug": [message]})
