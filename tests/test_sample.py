import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monographs import addresses, record, rendering, sample
from monographs.files.reading import read_file
from monographs.models import Event, Monograph, Revision, State
from peptidesite.accounts.models import User

FILES = sample.files_by_slug(sample.FOLDER)
PATHS = [path for paths in FILES.values() for path in paths]


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def load(db, data_dir):
    """Run the command; return what it wrote, on both channels, and the error it ended with."""

    def call():
        out = StringIO()
        try:
            call_command("load_sample", stdout=out, stderr=out)
        except CommandError as error:
            return out.getvalue(), error
        return out.getvalue(), None

    return call


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A sample of one monograph, for what does not depend on the texts."""
    file = tmp_path / "oxytocin.md"
    file.write_text(FILES["oxytocin"][0].read_text())
    monkeypatch.setattr(sample, "FOLDER", tmp_path)
    return file


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_file_can_be_imported_and_reviewed(path):
    entry = read_file(path)

    known = {item["id"] for item in entry.references}
    cited = {
        key for markdown in entry.sections.values() for key in rendering.citation_keys(markdown)
    }
    assert entry.slug == path.name.partition(".")[0]
    assert entry.topics
    assert cited == known


def test_the_states_are_as_the_table_says(load):
    load()

    states = {
        monograph.slug: [revision.state for revision in monograph.revisions.order_by("number")]
        for monograph in Monograph.objects.all()
    }
    assert states.pop("selank") == [State.DRAFT]
    assert states.pop("ghk-cu") == [State.WITHDRAWN]
    assert states.pop("semaglutide") == [State.PUBLISHED, State.IN_REVIEW]
    assert states.keys() == FILES.keys() - {"selank", "ghk-cu", "semaglutide"}
    assert all(found == [State.PUBLISHED] for found in states.values())
    assert Revision.objects.published().count() >= 10


def test_every_record_was_made_by_the_workflow_and_verifies(load):
    load()

    for monograph in Monograph.objects.all():
        assert record.misfit(monograph.events.order_by("sequence")) is None
    moves = Event.objects.filter(monograph__slug="ghk-cu").order_by("sequence")
    assert [(event.transition, event.actor.username) for event in moves] == [
        ("start", "author"),
        ("submit", "author"),
        ("approve", "reviewer"),
        ("publish", "publisher"),
        ("withdraw", "publisher"),
    ]
    assert moves.last().note.startswith("The sources at hand")


def test_run_again_it_loads_nothing_and_touches_nothing(load, small):
    first, _ = load()
    Revision.objects.update(version=7)

    again, _ = load()

    assert "1 sample monographs loaded, 0 were there." in first
    assert "0 sample monographs loaded, 1 were there." in again
    assert Revision.objects.get().version == 7


def test_a_sample_that_was_moved_to_another_address_is_not_loaded_again(load, small):
    load()
    monograph = Monograph.objects.get()
    addresses.change(monograph, "ocytocin", actor=User.objects.get(username="publisher"))

    again, error = load()

    assert error is None
    assert "0 sample monographs loaded, 1 were there." in again


def test_the_accounts_are_named_by_role_and_plainly_for_demonstration(load, small):
    load()

    found = User.objects.order_by("pk", "groups__name").values_list(
        "username", "display_name", "groups__name", "competing_interests", "is_staff"
    )
    assert list(found) == [
        ("author", "Demo Author", "Authors", "none", True),
        ("reviewer", "Demo Reviewer", "Clinicians", "none", True),
        ("reviewer", "Demo Reviewer", "Reviewers", "none", True),
        ("publisher", "Demo Publisher", "Publishers", "none", True),
        ("privacy", "Demo Privacy Editor", "Privacy editors", "none", True),
    ]
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_passwords_are_random_kept_privately_and_printed(load, small, data_dir):
    out, _ = load()

    path = data_dir / "demo-accounts.json"
    passwords = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in data_dir.iterdir()] == [path.name]
    assert len(set(passwords.values())) == 4
    for username, password in passwords.items():
        assert len(password) == 12
        assert User.objects.get(username=username).check_password(password)
        assert f"  {username:<10} {password}\n" in out


def test_a_password_that_a_person_changed_is_not_printed(load, small):
    load()
    reviewer = User.objects.get(username="reviewer")
    reviewer.set_password("a new one")
    reviewer.save()

    out, _ = load()

    assert "  reviewer   (changed)\n" in out
    assert User.objects.get(username="reviewer").check_password("a new one")


def test_after_the_database_was_emptied_the_accounts_keep_their_passwords(
    load, small, make_user, data_dir
):
    data_dir.mkdir()
    passwords = dict.fromkeys(sample.ACCOUNTS, "kept-password")
    (data_dir / "demo-accounts.json").write_text(json.dumps(passwords))

    load()

    assert User.objects.get(username="author").check_password("kept-password")


def test_an_account_of_that_name_that_is_none_of_ours_is_left_alone(
    load, small, author, data_dir
):
    said, error = load()

    assert said.startswith("There is an account named author already, and")
    assert error is None
    assert User.objects.get().password == author.password
    assert not Monograph.objects.exists()
    assert not data_dir.exists()


@pytest.mark.parametrize("failing", ["submit", "publish"])
def test_an_interrupted_monograph_is_loaded_whole_the_next_time(
    failing, load, small, monkeypatch
):
    perform = sample.workflow.perform

    def interrupted(name, *arguments, **options):
        if name == failing:
            raise KeyboardInterrupt
        return perform(name, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(sample.workflow, "perform", interrupted)
        _, error = load()
        assert error.returncode == 130
        assert not Monograph.objects.exists()

    load()

    assert Revision.objects.get().state == State.PUBLISHED


def test_a_file_that_is_refused_is_named(load, small):
    small.write_text(small.read_text().replace("## Risk", "## Risks"))

    _, error = load()

    assert str(error).startswith("oxytocin: line ")
    assert "there is no section “Risks”" in str(error)


def test_a_text_that_cannot_be_submitted_is_named(load, small):
    small.write_text(small.read_text().replace("[@", "[@no-", 1))

    _, error = load()

    assert "there is no reference with this id" in str(error)
    assert not Monograph.objects.exists()


def test_a_demo_account_that_lost_its_role_is_named(load, small):
    load()
    User.objects.get(username="author").groups.clear()
    (small.parent / "selank.md").write_text(FILES["selank"][0].read_text())

    _, error = load()

    assert str(error) == "selank: Demo Author may not write monographs."
