"""What is counted of the readers who allow analytics.

This asks the monographs which pages there are. They know of their views only the sum in
`Monograph.views`, by which the desk orders them.
"""

from django.db import transaction
from django.db.models import F
from django.urls import Resolver404, resolve

from monographs import alphabet
from monographs.models import Monograph, Revision, Topic
from peptidesite import periods, sums

from .models import PageViews

# Pages of which there is one each. No other page is counted, so that nobody makes rows up.
SINGLE_PAGES = {
    *("monographs:home", "monographs:index", "monographs:search"),
    *("contact", "newsletter"),
}
MOST_SECONDS = 60 * 60


class NotCounted(Exception):
    """There is no page at the path whose views are counted."""


def count_view(path, *, is_returning):
    """Count a view of the page at a path (str). Raises NotCounted, DatabaseError."""
    slug = _slug_of_monograph(path)
    with transaction.atomic():
        _add(path, views=1, returning=int(is_returning))
        if slug:
            Monograph.objects.filter(slug=slug).update(views=F("views") + 1)


def count_seconds(path, seconds):
    """Add to how long the page at a path (str) was read, at most an hour (int, in seconds) at
    a time. Raises NotCounted, DatabaseError."""
    _slug_of_monograph(path)
    _add(path, seconds=min(seconds, MOST_SECONDS))


def _add(path, **amounts):
    sums.add(PageViews, {"path": path, "day": periods.today()}, **amounts)


def _slug_of_monograph(path):
    """Return the slug if the path is that of a monograph, None if of another page."""
    try:
        match = resolve(path)
    except Resolver404:
        raise NotCounted(path) from None
    slug = match.kwargs.get("slug")
    found = match.view_name in SINGLE_PAGES
    if match.view_name == "monographs:detail":
        found = Revision.objects.shown().filter(monograph__slug=slug).exists()
    if match.view_name == "monographs:topic":
        found = Topic.objects.filter(slug=slug).exists()
    if match.view_name == "monographs:letter":
        found = match.kwargs["letter"] in alphabet.initials()
    # Of a long list only where it begins: further pages have any number in their address.
    if not found or "number" in match.kwargs:
        raise NotCounted(path)
    return slug if match.view_name == "monographs:detail" else None
