"""The feed of what was published, and of the notices that were given and ended."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.syndication.views import Feed
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed

from .models import READABLE_STATES, Notice, Revision

LENGTH = 50
# No address is part of an id, since an address may change and be another entry's later.
IDS = uuid.UUID("6f0bd1c3-2e5d-4f6e-9c0d-7a3f6a1e8b52")
# https://www.w3.org/TR/xml/#charsets
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One line of news: that a revision was published, or a notice of it."""

    kind: str
    revision: Revision
    authors: list
    at: datetime
    updated_at: datetime
    notice: Notice | None = None

    @property
    def title(self):
        return f"{self.kind}: {self.revision.title}, version {self.revision.number}"

    @property
    def address(self):
        anchor = f"#notice-{self.notice.pk}" if self.notice else ""
        return f"{self.revision.get_absolute_url()}{anchor}"

    @property
    def id(self):
        said = f"{self.kind} {self.revision.digest} {self.at.astimezone(UTC).isoformat()}"
        return uuid.uuid5(IDS, said).urn


def latest():
    """Return the last Entries, the newest first; a text that was withdrawn has none any more."""
    entries = [_publication(revision) for revision in _published()]
    entries += [_notice(notice) for notice in _noticed()]
    return sorted(entries, key=lambda entry: entry.updated_at, reverse=True)[:LENGTH]


def _published():
    named = ("title", "number", "digest", "byline", "change_summary", "published_at")
    revisions = Revision.objects.filter(state__in=READABLE_STATES).order_by("-published_at")
    return revisions.select_related("monograph").only(*named, "monograph__slug")[:LENGTH]


def _publication(revision):
    names = [person["name"] for person in revision.byline["authors"]]
    at = revision.published_at
    return Entry("Published", revision, names, at, at)


def _noticed():
    own = ("kind", "text", "at", "ended_at", "ended_why", "author", "corrected_in__number")
    concerned = [f"revision__{name}" for name in ("title", "number", "digest", "monograph__slug")]
    notices = Notice.objects.order_by(Coalesce("ended_at", "at").desc())
    notices = notices.select_related("author", "corrected_in", "revision__monograph")
    return notices.only(*own, *concerned)[:LENGTH]


def _notice(notice):
    return Entry(
        notice.get_kind_display(),
        notice.revision,
        [str(notice.author)],
        notice.at,
        notice.ended_at or notice.at,
        notice,
    )


class LegibleAtom(Atom1Feed):
    """Atom that any reader can parse: without characters that XML has not."""

    def add_item(self, title, link, description, *, author_name, **others):
        title, description, author_name = (
            NO_XML.sub("", text) for text in (title, description, author_name)
        )
        super().add_item(title, link, description, author_name=author_name, **others)

    def latest_post_date(self):
        # Without entries it would be the present, and the feed another one every second.
        return super().latest_post_date() if self.items else BEFORE_ALL


class News(Feed):
    """The latest entries as Atom (RFC 4287), the same for everyone."""

    feed_type = LegibleAtom
    language = "en-GB"
    title = "Peptidesite"
    subtitle = "Peptide monographs as they are published, and notices of what is wrong with them."
    link = reverse_lazy("monographs:home")

    def items(self):
        return latest()

    def item_title(self, entry):
        return entry.title

    def item_description(self, entry):
        return render_to_string("monographs/_feed_entry.html", {"entry": entry})

    def item_link(self, entry):
        return entry.address

    def item_guid(self, entry):
        return entry.id

    def item_author_name(self, entry):
        return ", ".join(entry.authors)

    def item_categories(self, entry):
        return [entry.kind]

    def item_pubdate(self, entry):
        return entry.at

    def item_updateddate(self, entry):
        return entry.updated_at
