import os
import threading

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import TransactionTestCase
from hypothesis import settings

from monographs import content, drafts, workflow
from monographs.models import State
from monographs.search import index
from peptidesite import guards
from peptidesite.accounts.models import User
from peptidesite.consent import limits, policies

# The moves that lead to each state, and who makes them.
WAYS = {
    State.DRAFT: [],
    State.IN_REVIEW: ["submit"],
    State.APPROVED: ["submit", "approve"],
    State.PUBLISHED: ["submit", "approve", "publish"],
    State.SUPERSEDED: ["submit", "approve", "publish"],
    State.WITHDRAWN: ["submit", "approve", "publish", "withdraw"],
    State.DISCARDED: ["discard"],
}

# How fast a machine is, is no business of a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def quick_settings(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What a process remembers of the database's past is of another test."""
    policies.forget()
    limits.forget()


@pytest.fixture
def policy_known(db, monkeypatch):
    """For who counts queries: some are made once a second, or once in a process."""
    monkeypatch.setattr(policies, "SECONDS_KNOWN", 3_600)
    policies.in_force()
    # Django tries out whether SQLite knows JSON, and remembers it.
    assert connection.features.supports_json_field


@pytest.fixture(autouse=True, scope="session")
def flush_without_guards():
    """Emptying a test database and filling it again writes what the guards refuse."""

    def lifted(method):
        def without_guards(self, *args):
            with guards.lifted():
                method(self, *args)
            index.match_entries()

        return without_guards

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (TransactionTestCase, "_fixture_teardown"),
            (BaseDatabaseCreation, "deserialize_db_from_string"),
        ):
            patch.setattr(owner, name, lifted(getattr(owner, name)))
        yield


def pytest_sessionstart():
    # Playwright keeps an event loop in the tests' thread, and Django would give whatever runs
    # beside a loop a second connection, which knows nothing of the test's database.
    connections._connections = threading.local()


def pytest_sessionfinish(session):
    # On a developer's machine a browser may be missing; where changes are judged nothing may.
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items):
    # Emptying the database after a test would also lose the groups that a migration made.
    for item in items:
        marker = item.get_closest_marker("django_db")
        if "live_server" in item.fixturenames or (marker and marker.kwargs.get("transaction")):
            item.add_marker(
                pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False
            )


@pytest.fixture
def groups(db):
    return {group.name: group for group in Group.objects.all()}


@pytest.fixture
def make_user(db):
    def make(username, *groups, **fields):
        user = User.objects.create_user(username, password=username, is_staff=True, **fields)
        user.groups.set(Group.objects.filter(name__in=groups))
        return user

    return make


@pytest.fixture
def author(make_user):
    return make_user(
        "author", "Authors", display_name="Ada Author", credentials="MSc, medical writer"
    )


@pytest.fixture
def coauthor(make_user):
    roles = ("Authors", "Reviewers", "Clinicians")
    return make_user("coauthor", *roles, display_name="Cora Coauthor")


@pytest.fixture
def reviewer(make_user):
    return make_user(
        "reviewer",
        "Reviewers",
        "Clinicians",
        display_name="Rex Reviewer",
        credentials="MD, PhD",
        competing_interests="none",
    )


@pytest.fixture
def publisher(make_user):
    return make_user("publisher", "Publishers", display_name="Pia Publisher")


@pytest.fixture
def privacy_editor(make_user):
    return make_user("privacy", "Privacy editors", display_name="Petra Privacy")


@pytest.fixture
def sign_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def text():
    """A complete text, as drafts take it."""
    return {
        "title": "Thymosin Alpha-1",
        **{name: f"A sentence for the {name} [@key1]." for name in content.SECTIONS},
        "facts": {"cas_number": "62304-98-7", "synonyms": ["Thymalfasin"]},
        "references": [
            {
                "id": "key1",
                "type": "article-journal",
                "title": "Isolation of a peptide",
                "author": [{"family": "Goldstein", "given": "A L"}],
                "issued": {"date-parts": [[1977]]},
            }
        ],
    }


@pytest.fixture
def move(author, reviewer, publisher):
    """Make moves by name, each by someone who may."""
    people = {"submit": author, "recall": author, "discard": author}
    people |= {"approve": reviewer, "request_changes": reviewer, "confirm": reviewer}
    people |= {"reopen": reviewer, "publish": publisher, "withdraw": publisher}

    def make(revision, *names):
        for name in names:
            revision.refresh_from_db()
            revision = workflow.perform(
                name,
                revision,
                actor=people[name],
                note="A reason.",
                digest=revision.digest,
                interests="none",
            )
        return revision

    return make


@pytest.fixture
def make_revision(author, move, text):
    """Make the revision of a monograph of its own, in any state."""

    def make(state=State.DRAFT, slug="thymosin-alpha-1", **changes):
        revision = drafts.create(author=author, slug=slug, text={**text, **changes})
        revision = move(revision, *WAYS[state])
        if state == State.SUPERSEDED:
            successor = drafts.start(revision.monograph, author=author, change_summary="Clearer.")
            move(successor, *WAYS[State.PUBLISHED])
            revision.refresh_from_db()
        assert revision.state == state
        return revision

    return make
