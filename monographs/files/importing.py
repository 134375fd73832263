"""An Entry to a draft, through monographs.drafts."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from monographs import content, drafts
from monographs.models import OPEN_STATES, FormerAddress, Monograph, Revision, State, Topic

from .entry import FileError, FileRefused, slug_from
from .reading import refusal

NEW_MONOGRAPH = "new monograph"
NEW_REVISION = "new revision"
UNCHANGED = "unchanged"


@dataclass
class Outcome:
    """What became of an Entry: one of the three words above, and the Revision it is in."""

    kind: str
    revision: Revision
    new_topics: list = field(default_factory=list)


@transaction.atomic
def import_entry(entry, author):
    """Put an Entry into a draft of a new monograph or of the one it names; return the Outcome.

    What the entry does not speak of stays as in the text that a new revision copies. A text
    that a revision of the monograph has already changes nothing. Raises FileRefused, also
    where a revision is open, and PermissionDenied.
    """
    topics = _topics(entry)
    monograph = _find_monograph(entry)
    if monograph and (same := _same_revision(monograph, entry, topics)):
        return Outcome(UNCHANGED, same)
    new_topics = [topic for topic in topics or [] if topic.pk is None]
    for topic in new_topics:
        topic.save()
    try:
        begin = _start if monograph else _create
        revision = begin(monograph, entry, author, topics)
    except ValidationError as error:
        raise refusal(error, entry.lines) from error
    except drafts.OpenRevisionExists as error:
        raise FileRefused(_open_revision(error.revision)) from error
    kind = NEW_REVISION if monograph else NEW_MONOGRAPH
    return Outcome(kind, revision, [topic.name for topic in new_topics])


def _create(monograph, entry, author, topics):
    return drafts.create(
        author=author,
        slug=_slug(entry),
        text={"facts": {}, "references": [], **entry.parts},
        topics=topics or (),
        change_summary=entry.change_summary,
    )


def _start(monograph, entry, author, topics):
    return drafts.start(
        monograph,
        author=author,
        text={**drafts.base_revision(monograph).text, **entry.parts},
        topics=topics,
        change_summary=entry.change_summary,
    )


def _find_monograph(entry):
    matches = set(Monograph.objects.filter(slug=_slug(entry)))
    if not entry.slug:
        matches |= _titled(entry.title)
    if len(matches) > 1:
        slugs = ", ".join(sorted(monograph.slug for monograph in matches))
        problem = f"the title “{entry.title}” fits several monographs: {slugs}."
        expected = "Markdown with front matter that gives the slug of one."
        raise FileRefused(FileError(entry.lines.get("title"), problem, expected))
    if not matches:
        _refuse_former_address(entry)
        return None
    # Whoever writes to this monograph waits here, so that the texts compared are the last.
    return Monograph.objects.select_for_update().get(pk=matches.pop().pk)


def _refuse_former_address(entry):
    former = FormerAddress.objects.filter(slug=_slug(entry)).select_related("monograph").first()
    if former:
        now = former.monograph.slug
        problem = f"“{former.slug}” is a former address of the monograph that is at “{now}” now."
        expected = f"Markdown with front matter that gives the slug {now}, or a new one."
        raise FileRefused(FileError(entry.lines.get("slug"), problem, expected))


def _titled(title):
    current = Revision.objects.filter(state__in=[*OPEN_STATES, State.PUBLISHED, State.WITHDRAWN])
    if title.isascii():
        current = current.filter(title__iexact=title)
    # Other letters are compared here: SQLite knows the case of ASCII only.
    titles = current.values_list("monograph", "title")
    wanted = title.casefold()
    pks = {pk for pk, current_title in titles if current_title.casefold() == wanted}
    return set(Monograph.objects.filter(pk__in=pks))


def _slug(entry):
    slug = entry.slug or slug_from(entry.title)
    if not slug:
        problem = f"no address can be made of the title “{entry.title}”."
        expected = "a title with letters or digits, in the file or as --title."
        raise FileRefused(FileError(entry.lines.get("title"), problem, expected))
    return slug


def _same_revision(monograph, entry, topics):
    for revision in monograph.revisions.exclude(state=State.DISCARDED).order_by("-number"):
        has_text = content.digest({**revision.text, **entry.parts}) == revision.digest
        if has_text and (topics is None or _pks(topics) == _pks(revision.topics.all())):
            return revision
    return None


def _pks(topics):
    return {topic.pk for topic in topics}


def _topics(entry):
    if entry.topics is None:
        return None
    topics, errors = {}, []
    for name in entry.topics:
        name = " ".join(name.split())
        slug = slug_from(name)
        known = Topic.objects.filter(name=name).first() or Topic.objects.filter(slug=slug).first()
        topic = topics.setdefault(slug, known or Topic(name=name, slug=slug))
        try:
            topic.clean_fields()
        except ValidationError as error:
            line = entry.lines.get("topics")
            problem = f"“{name}” cannot be a topic: {' '.join(error.messages)}"
            errors.append(FileError(line, problem, "a name with letters, of at most 100."))
    if errors:
        raise FileRefused(*errors)
    return list(topics.values())


def _open_revision(revision):
    state = revision.get_state_display().lower()
    problem = f"{revision}, is open already ({state}, begun by {revision.author})."
    return FileError(None, problem, "that revision published or discarded first.")
