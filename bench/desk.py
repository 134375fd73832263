"""Time the pages of the desk with few entries and with many, side by side.

    python bench/desk.py [N…]              a throw-away SQLite file for each number of entries
    DATABASE_URL=postgres://… python …     a throw-away database beside the one that is named

Each page is asked for in one process, first to warm up and to count its queries, then RUNS
times for the median. What was made for it is removed again, also when it is stopped.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
ENTRIES, RUNS, MOST_MS = (1_000, 20_000), 7, 300
MEASURE = "--measure"
BULK = "up to 50 to approve"


def main(arguments):
    if arguments[:1] == [MEASURE]:
        print(json.dumps(measure(int(arguments[1]))))
        return
    sizes = [*map(int, arguments)] or ENTRIES
    show({size: measure_apart(size) for size in sizes})


def measure_apart(entries):
    """Return what `measure` does, by a process of its own on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, database() as address:
        environment = {**os.environ, "DATA_DIR": folder, "SECRET_KEY": "bench", "DEBUG": "false"}
        if address:
            environment["DATABASE_URL"] = address
        command = [sys.executable, __file__, MEASURE, str(entries)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


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


def measure(entries):
    """Return {page: (milliseconds, queries)} with that many entries in the settings' database."""
    set_up_django()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", verbosity=0)
    call_command("make_corpus", entries, stdout=sys.stderr)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As autovacuum does within a minute.
            cursor.execute("VACUUM ANALYZE")
    client = Client(SERVER_NAME="localhost")
    client.force_login(someone_with_every_role())
    measured = {}
    for page, address in pages().items():
        with CaptureQueriesContext(connection) as queries:
            seconds_for(client, address)
            count = len(queries)
        times = [seconds_for(client, address) for _ in range(RUNS)]
        measured[page] = median(times) * 1000, count
    return measured


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


def show(measured):
    """Print milliseconds, their ratio and queries a page, with what takes too long marked."""
    sizes = list(measured)
    heads = "".join(f"{size:>9,} ms" for size in sizes)
    print(f"{'page':<24}{heads}    ratio  queries")
    for page in measured[sizes[0]]:
        times = [measured[size][page][0] for size in sizes]
        queries = [str(measured[size][page][1]) for size in sizes]
        shown = "".join(f"{milliseconds:12.0f}" for milliseconds in times)
        slow = "  too slow" if max(times) > MOST_MS else ""
        same = queries[0] if len(set(queries)) == 1 else " → ".join(queries)
        print(f"{page:<24}{shown}{times[-1] / times[0]:9.1f}  {same:>7}{slow}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (KeyboardInterrupt, subprocess.CalledProcessError):
        raise SystemExit("Stopped. What was made for it is removed.") from None
