"""What consent tests are about: services beyond our own, and a database that is down."""

from contextlib import contextmanager

from django.db import OperationalError, connection

from peptidesite.consent import policies
from peptidesite.consent.models import Service

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def add_service(category="marketing", declared=(), **fields):
    """Make a service of an advertiser, with the names (or dicts) of what it declares."""
    fields = {"slug": "ads", "name": "Ads", "provider": "Ad Company", **fields}
    service = Service.objects.create(category=category, purpose="Shows advertising.", **fields)
    for kept in declared:
        kept = kept if isinstance(kept, dict) else {"name": kept}
        service.declared.create(**{"purpose": "Knows you again.", "duration": "1 year", **kept})
    return service


def publish(publisher, is_material=True, news="Something is new."):
    """Publish what editors keep at the moment as the next policy."""
    return policies.publish(
        publisher=publisher,
        is_material=is_material,
        news=news,
        seen_digest=policies.digest_of(policies.snapshot()),
    )


@contextmanager
def database_down():
    def fail(execute, sql, parameters, many, context):
        raise OperationalError("The database does not answer.")

    policies.forget()
    with connection.execute_wrapper(fail):
        yield
