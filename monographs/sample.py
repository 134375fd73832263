"""Monographs and accounts to try the site with, made through the importer and the workflow."""

import json
import os
import secrets
from collections import defaultdict
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from . import workflow
from .files.importing import import_entry
from .files.reading import read_file
from .models import FormerAddress, Monograph

FOLDER = Path(__file__).with_name("samples")

# The demo accounts are named by their role.
ACCOUNTS = {
    "author": ("Demo Author", ["Authors"]),
    "reviewer": ("Demo Reviewer", ["Reviewers", "Clinicians"]),
    "publisher": ("Demo Publisher", ["Publishers"]),
    "privacy": ("Demo Privacy Editor", ["Privacy editors"]),
}

# Each move, who makes it, and the comment it is made with.
MOVES = {
    "submit": ("author", ""),
    "approve": ("reviewer", ""),
    "publish": ("publisher", ""),
    "withdraw": (
        "publisher",
        "The sources at hand disagree on the formula and the mass of the copper complex. The "
        "monograph is withdrawn until that is settled.",
    ),
}

# How far a monograph goes; a second revision is submitted and waits for its review.
PUBLISHED = ("submit", "approve", "publish")
FIRST_REVISIONS = {"selank": (), "ghk-cu": (*PUBLISHED, "withdraw")}
SECOND_REVISION = ("submit",)


class AccountTaken(Exception):
    """An account has the name of a demo account, and is none."""


def ensure_accounts(passwords_file):
    """Return the demo accounts by role and their passwords, made and noted on the first run.

    The file holds the passwords, readable by its owner only, since the database holds only
    hashes. Raises AccountTaken.
    """
    passwords = _read_passwords(passwords_file)
    User = get_user_model()
    accounts = {user.username: user for user in User.objects.filter(username__in=ACCOUNTS)}
    if taken := sorted(set(accounts) - set(passwords)):
        raise AccountTaken(
            f"There is an account named {taken[0]} already, and {passwords_file} does not "
            "know it. It was left alone, and no sample was loaded. For a new password use "
            f"`manage.py changepassword {taken[0]}`; to load the sample, rename the account."
        )
    if missing := set(ACCOUNTS) - set(passwords):
        passwords |= {role: secrets.token_urlsafe(9) for role in missing}
        _write_passwords(passwords_file, passwords)
    with transaction.atomic():
        for role in ACCOUNTS:
            accounts.setdefault(role, None)
            accounts[role] = accounts[role] or _make_account(role, passwords[role])
    return accounts, passwords


def files_by_slug(folder):
    """Return {slug: [its files]}, SLUG.md before SLUG.2.md, of a folder of sample files."""
    files = defaultdict(list)
    for path in sorted(folder.glob("*.md"), key=lambda path: (path.name.count("."), path)):
        files[path.name.partition(".")[0]].append(path)
    return dict(files)


@transaction.atomic
def load(slug, files, accounts):
    """Import a monograph's files and make their moves; leave one that is there as it is.

    Return whether it was loaded. Raises FileRefused, and what workflow.perform raises.
    """
    if any(known.objects.filter(slug=slug).exists() for known in (Monograph, FormerAddress)):
        return False
    for number, path in enumerate(files):
        revision = import_entry(read_file(path), accounts["author"]).revision
        moves = SECOND_REVISION if number else FIRST_REVISIONS.get(slug, PUBLISHED)
        for name in moves:
            role, note = MOVES[name]
            revision = workflow.perform(
                name,
                revision,
                actor=accounts[role],
                note=note,
                digest=revision.digest,
                interests=accounts[role].competing_interests,
            )
    return True


def _make_account(role, password):
    display_name, groups = ACCOUNTS[role]
    user = get_user_model().objects.create_user(
        role,
        password=password,
        email=f"{role}@peptides.example",
        is_staff=True,
        display_name=display_name,
        credentials="demonstration account, no person",
        competing_interests="none",
    )
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def _read_passwords(path):
    return json.loads(path.read_text()) if path.exists() else {}


def _write_passwords(path, passwords):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        json.dump(passwords, file, indent=2)
    part.replace(path)
