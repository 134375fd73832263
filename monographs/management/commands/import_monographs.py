from collections import Counter
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError, transaction
from tqdm import tqdm

from monographs.files.entry import Cut, FileRefused
from monographs.files.importing import NEW_MONOGRAPH, NEW_REVISION, UNCHANGED, import_entry
from monographs.files.reading import read_file

SHOWN_ERRORS = 20

REFUSED = "refused"
COUNTED = {
    NEW_MONOGRAPH: ("new monograph", "new monographs"),
    NEW_REVISION: ("new revision", "new revisions"),
    UNCHANGED: ("unchanged", "unchanged"),
    REFUSED: ("refused", "refused"),
}


@dataclass
class Imported:
    """What the import of one file came to, and what to say about it."""

    kind: str
    lines: list


class Command(BaseCommand):
    help = "Read monographs from files, each into a draft. docs/files.md shows the formats."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--author", metavar="NAME", help="username of who writes the drafts")
        parser.add_argument("--title", help="the title, instead of the one in the file")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and do nothing"
        )

    def handle(self, *, files, author, title, dry_run, **options):
        if title and len(files) > 1:
            raise CommandError("--title goes with one file, and there are several.")
        author = find_author(author)
        counts = Counter()
        try:
            for path in tqdm(files, unit="file", disable=None, leave=False):
                imported = import_file(path, author, title, dry_run)
                counts[imported.kind] += 1
                self._report(imported)
        except KeyboardInterrupt:
            self._summarise(counts, dry_run)
            raise CommandError(
                "Stopped. What is in stays in; run the same command again for the rest.",
                returncode=130,
            ) from None
        self._summarise(counts, dry_run)
        if counts[REFUSED]:
            raise CommandError("Not all files went in; the messages above say why.")

    def _report(self, imported):
        stream = self.stderr if imported.kind == REFUSED else self.stdout
        with tqdm.external_write_mode():
            for line in imported.lines:
                stream.write(line)

    def _summarise(self, counts, dry_run):
        said = [f"{counts[kind]} {words[counts[kind] != 1]}" for kind, words in COUNTED.items()]
        ending = " Nothing was written: this was a dry run." if dry_run else ""
        self.stdout.write(f"{', '.join(said)}.{ending}")


def import_file(path, author, title=None, dry_run=False):
    """Import one file in a transaction of its own and return the Imported."""
    try:
        entry = read_file(path, title)
        with transaction.atomic():
            outcome = import_entry(entry, author)
            transaction.set_rollback(dry_run)
    except FileRefused as refused:
        return Imported(REFUSED, _refused(path, refused.errors))
    except PermissionDenied as error:
        return Imported(REFUSED, [f"{path}: {error}"])
    except (IntegrityError, OperationalError) as error:
        reason = " ".join(str(error).split())
        said = f"{path}: the database did not take it ({reason}). Run the same command again."
        return Imported(REFUSED, [said])
    revision = outcome.revision
    lines = [f"{path}: {outcome.kind}: {revision} ({revision.monograph.slug})"]
    if outcome.new_topics:
        lines.append(f"{path}: new topics: {', '.join(outcome.new_topics)}")
    if entry.cut:
        lines.append(f"{path}, {_shown(entry.cut)}")
    return Imported(outcome.kind, lines)


def find_author(username=None):
    """Return the account that writes the drafts; raise CommandError with those who may."""
    accounts = get_user_model().objects.with_perm(
        "monographs.add_revision", backend="django.contrib.auth.backends.ModelBackend"
    )
    if username is None:
        chosen = list(accounts.filter(groups__name="Authors"))
    else:
        chosen = list(accounts.filter(username=username))
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(accounts.order_by("username").values_list("username", flat=True))
    those = f"These may: {names}." if names else "Nobody may yet; add an account to Authors."
    if username is not None:
        raise CommandError(f"“{username}” is no active account that may write. {those}")
    raise CommandError(f"Say with --author who writes the drafts. {those}")


def _refused(path, errors):
    lines = [f"{path}, {error}" if error.line else f"{path}: {error}" for error in errors]
    if len(lines) > SHOWN_ERRORS:
        rest = f"{path}: and {len(lines) - SHOWN_ERRORS} more like these."
        return [*lines[:SHOWN_ERRORS], rest]
    return lines


def _shown(cut: Cut):
    lines = "line" if cut.count == 1 else f"{cut.count} lines"
    return f"line {cut.line}: cut off the last {lines}, from “{cut.words}”"
