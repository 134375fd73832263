"""Two servers with a worker each, as on two hosts, over one database: what one publishes the
other one shows within a second, and readers under load get whole pages that only get newer."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from monographs import addresses, drafts, workflow
from monographs.models import State

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/monographs/thymosin-alpha-1/"
# The second of the promise, and what a busy machine may take to answer.
WITHIN = 1.0
READERS, PUBLICATIONS = 64, 100
VERSION = re.compile(rb"<h1[^>]*>Title number (\d+)</h1>")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def server(data_dir, static):
    """Run the site with gunicorn on the test's database; yield its port."""
    port = free_port()
    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        given = os.environ["DATABASE_URL"]
        address = re.sub(r"/[^/?]*(?=\?|$)", f"/{database['NAME']}", given, count=1)
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    data_dir.mkdir()
    data_dir.joinpath("static").symlink_to(static)
    command = [sys.executable, "-m", "gunicorn", "--config", "tests/gunicorn.conf.py"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        wait_for(lambda: get(port, PAGE) is not None, seconds=30)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def get(port, path, headers=None):
    """Return (status, headers, body), None if nobody answers."""
    reader = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        reader.request("GET", path, headers=headers or {})
        response = reader.getresponse()
        return response.status, response.headers, response.read()
    except OSError:
        return None
    finally:
        reader.close()


def wait_for(holds, seconds):
    """Return how many seconds it took until something held; fail after so many."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it never held"
        time.sleep(0.01)
    return time.monotonic() - began


@pytest.fixture
def live(make_revision):
    return make_revision(State.PUBLISHED, title="Title number 0")


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    """The folder of static files, which pages name as they were collected."""
    folder = tmp_path_factory.mktemp("collected")
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    environment = {**os.environ, "DATA_DIR": str(folder)}
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    return folder / "static"


@pytest.fixture
def servers(live, static, tmp_path):
    with server(tmp_path / "one", static) as one, server(tmp_path / "two", static) as two:
        yield one, two


@pytest.fixture
def publish(live, author, reviewer, publisher):
    """Publish a version of a monograph with a title of that number."""

    def publish(number):
        draft = drafts.start(live.monograph, author=author, change_summary="Newer.")
        text = {**draft.text, "title": f"Title number {number}"}
        draft = drafts.save(
            draft, author=author, text=text, change_summary="Newer.", version=draft.version
        )
        for actor, name in ((author, "submit"), (reviewer, "approve"), (publisher, "publish")):
            draft = workflow.perform(
                name, draft, actor=actor, note="", digest=draft.digest, interests="none"
            )

    return publish


def test_what_is_published_renamed_and_withdrawn_shows_on_every_server(
    servers, publish, live, publisher
):
    for port in servers:
        assert get(port, PAGE)[1]["X-Cache"] in ("hit", "miss")
        assert get(port, PAGE)[1]["X-Cache"] == "hit"

    publish(1)
    for port in servers:
        wait_for(lambda port=port: b"Title number 1" in get(port, PAGE)[2], seconds=WITHIN)

    addresses.change(live.monograph, "elsewhere", actor=publisher)
    for port in servers:
        wait_for(lambda port=port: get(port, PAGE)[0] == 301, seconds=WITHIN)

    current = live.monograph.revisions.published().get()
    workflow.perform("withdraw", current, actor=publisher, note="Wrong.")
    there = "/monographs/elsewhere/"
    for port in servers:
        wait_for(lambda port=port: b"no longer shown" in get(port, there)[2], seconds=WITHIN)


class Reader(threading.Thread):
    """Reads one page over one connection, and notes (when, number, is it whole)."""

    def __init__(self, port, until):
        super().__init__()
        self.port, self.until, self.read, self.error = port, until, [], None

    def run(self):
        reader = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            while not self.until.is_set():
                asked_at = time.monotonic()
                reader.request("GET", PAGE)
                body = reader.getresponse().read()
                found = VERSION.search(body)
                whole = body.rstrip().endswith(b"</html>")
                self.read.append((asked_at, int(found[1]) if found else None, whole))
                time.sleep(0.1)
        except Exception as error:  # noqa: BLE001 - whatever it was, the test is to know
            self.error = error
        finally:
            reader.close()


def test_readers_under_load_get_whole_pages_which_only_get_newer(servers, publish):
    done = threading.Event()
    readers = [Reader(servers[number % 2], done) for number in range(READERS)]
    for reader in readers:
        reader.start()
    published = {0: float("-inf")}
    try:
        for number in range(1, PUBLICATIONS + 1):
            publish(number)
            published[number] = time.monotonic()
        time.sleep(WITHIN)
    finally:
        done.set()
        for reader in readers:
            reader.join(60)

    assert [reader.error for reader in readers if reader.error] == []
    assert all(whole and number is not None for r in readers for _, number, whole in r.read)
    for reader in readers:
        newest = (float("-inf"), 0)
        for asked_at, number, _ in reader.read:
            # On one connection never an older page later than a second after a newer one.
            assert number >= newest[1] or asked_at < newest[0] + WITHIN
            if number > newest[1]:
                newest = asked_at, number
            # Nor a page that was superseded for longer than a second when it was asked for.
            assert number == PUBLICATIONS or asked_at < published[number + 1] + WITHIN
    assert max(number for reader in readers for _, number, _ in reader.read) == PUBLICATIONS
