"""The pages of the desk that editors open most, and a database to measure them on."""

import os
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BULK = "up to 50 to approve"


@contextmanager
def database():
    """Make a database beside that of DATABASE_URL and yield its address, "" for SQLite."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield ""
        return
    import psycopg

    name = f"bench_{os.getpid()}_{time.time_ns()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield re.sub(r"/[^/?]*(?=\?|$)", f"/{name}", given, count=1)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def pages():
    """Return {page: address} of what editors open most."""
    from django.urls import reverse

    from monographs.models import Monograph, Revision, State

    entries = reverse("admin:monographs_monograph_changelist")
    record = reverse("admin:monographs_event_changelist")
    live = Revision.objects.published().order_by("pk").last()
    in_review = Revision.objects.filter(state=State.IN_REVIEW).order_by("pk")
    some = ",".join(str(pk) for pk in in_review.values_list("monograph", flat=True)[:50])
    states = [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.PUBLISHED, State.WITHDRAWN]
    return {
        "first page": reverse("admin:index"),
        "list": entries,
        **{f"list, {state.label.lower()}": f"{entries}?state={state}" for state in states},
        "list, review overdue": f"{entries}?review=overdue",
        "list, of a topic": f"{entries}?topic=made-up-topic-1",
        "list, many found": f"{entries}?q=relin",
        "list, one found": f"{entries}?q=corpus-000042",
        "list, none found": f"{entries}?q=nothing+like+it",
        "list, by next review": f"{entries}?o=4",
        "list, page 2": f"{entries}?p=2",
        "list, last page": f"{entries}?p={-(-Monograph.objects.count() // 50)}",
        BULK: f"{entries}bulk/approve/?ids={some}",
        "a revision": reverse("admin:monographs_revision_change", args=[live.pk]),
        "record": record,
        "record, page 2": f"{record}?p=2",
        "record, many found": f"{record}?words=relin",
    }


def someone_with_every_role():
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    person = get_user_model().objects.get(username="corpus-author-1")
    person.groups.set(Group.objects.all())
    return person


def seconds_for(client, address):
    began = time.perf_counter()
    response = client.get(address)
    seconds = time.perf_counter() - began
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return seconds


def set_up_django():
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peptidesite.settings")
    import django
    from django.conf import settings

    django.setup()
    # Files are not collected here, and addresses of static files cost the same.
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.STATIC_ROOT.mkdir(exist_ok=True)
