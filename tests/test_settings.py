"""Starting with settings as they are, good or bad."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCTION = {
    "SECRET_KEY": "kD7vQ2mXz9LrT4wYb8NcHf3JpS6gUa1EoVi5ZxRqMtWnByCsGd",
    "ALLOWED_HOSTS": "peptides.example",
    "HTTPS": "true",
}


def manage(*command, **environment):
    """Run manage.py in a process of its own, with these environment variables alone."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_secret_key_it_refuses_to_start_and_says_so(tmp_path):
    outcome = manage("check", DATA_DIR=str(tmp_path))

    assert outcome.returncode != 0
    assert "SECRET_KEY is not set" in outcome.stderr


def test_with_the_documented_variables_the_deployment_check_has_no_warning(tmp_path):
    outcome = manage(
        "check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path), **PRODUCTION
    )

    assert outcome.returncode == 0, outcome.stderr
    assert "no issues" in outcome.stdout


def test_the_documented_variables_are_those_that_are_read():
    read = ROOT.joinpath("peptidesite/settings.py").read_text()
    documented = ROOT.joinpath("docs/operations.md").read_text()

    names = {part.split('"')[1] for part in read.split("env.")[1:] if '("' in part.split("\n")[0]}

    assert len(names) > 5
    assert [name for name in names if f"`{name}`" not in documented] == []


def test_the_data_folders_own_file_gives_the_secret(tmp_path):
    (tmp_path / "env").write_text("SECRET_KEY=from-the-file\n")

    outcome = manage("check", DATA_DIR=str(tmp_path))

    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize("address", ["mail.example.org", "smpt://mail.example.org"])
def test_what_is_no_mail_server_is_refused_with_an_example(address, tmp_path):
    outcome = manage("check", DATA_DIR=str(tmp_path), EMAIL_URL=address, **PRODUCTION)

    assert outcome.returncode != 0
    assert "EMAIL_URL is no address of a mail server" in outcome.stderr


@pytest.mark.parametrize("target", ["run", "dev", "test", "lint", "help"])
def test_make_help_names_every_command(target):
    outcome = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert any(line.startswith(target + " ") for line in outcome.stdout.splitlines())
