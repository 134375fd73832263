import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from monographs import content
from monographs.files.markdown import write_markdown
from monographs.files.reading import SIZE_LIMIT
from monographs.models import Monograph, Revision, State


class Command(BaseCommand):
    help = "Write monographs as Markdown with front matter, each to SLUG.md."

    def add_arguments(self, parser):
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="all monographs if none")
        parser.add_argument("--output", metavar="DIR", default=".", help="the folder to write to")
        parser.add_argument(
            "--drafts", action="store_true", help="the open revisions, not the live ones"
        )

    def handle(self, *, slugs, output, drafts, **options):
        monographs = Monograph.objects.order_by("slug")
        if slugs:
            monographs = monographs.filter(slug__in=slugs)
        unknown = sorted(set(slugs) - set(monographs.values_list("slug", flat=True)))
        for slug in unknown:
            self.stderr.write(f"{slug}: there is no such monograph.")
        folder = _make_folder(output)
        written = 0
        bar = tqdm(
            monographs.iterator(), monographs.count(), unit="file", disable=None, leave=False
        )
        for monograph in bar:
            with tqdm.external_write_mode():
                written += self._export(monograph, folder, drafts)
        self.stdout.write(f"{written} written to {folder}.")
        if unknown:
            raise CommandError("Not all monographs were there; the messages above name them.")

    def _export(self, monograph, folder, drafts):
        revisions = monograph.revisions.open() if drafts else monograph.revisions.published()
        revision = revisions.first()
        if revision is None:
            self.stderr.write(f"{monograph.slug}: skipped, {_why_none(monograph, drafts)}.")
            return False
        data = file_of(revision).encode()
        target = folder / f"{monograph.slug}.md"
        try:
            _write(target, data)
        except OSError as error:
            raise CommandError(f"{target} could not be written: {error.strerror}.") from error
        self.stdout.write(f"{target}: {revision}")
        for gap in _gaps(revision, data):
            self.stderr.write(f"{target}: {gap}, so it cannot be imported as it is.")
        return True


def file_of(revision):
    """Return a revision as the text of a file."""
    text = revision.text
    return write_markdown(
        slug=revision.monograph.slug,
        topics=[topic.name for topic in revision.topics.all()],
        change_summary=revision.change_summary,
        sections={name: text.pop(name) for name in content.SECTIONS},
        **text,
    )


def _gaps(revision, data):
    empty = [name for name in ("title", *content.SECTIONS) if not getattr(revision, name)]
    gaps = [f"{name.capitalize()} is empty" for name in empty]
    if len(data) > SIZE_LIMIT:
        gaps.append(f"it has more than {SIZE_LIMIT:,} bytes")
    return gaps


def _why_none(monograph, drafts):
    if drafts:
        return "no revision is open"
    last = Revision.objects.filter(monograph=monograph).order_by("-number").first()
    if last is not None and last.state == State.WITHDRAWN:
        return "it was withdrawn"
    return "no revision is published"


def _make_folder(output):
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} is no folder to write to: {error.strerror}.") from error
    return folder


def _write(target, data):
    # Renamed when it is whole, so that nobody meets half a file.
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
