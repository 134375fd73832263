"""The audit: what the running site keeps and asks for, against what its policy declares."""

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from peptidesite.consent.categories import BITS

from . import findings
from .browsing import PageFailed, Visitor

# Pages of one kind are of one template, and a site may have a hundred thousand.
MOST_ALIKE = 5
NO_CHOICE, REFUSED, GRANTED, WITHDRAWN = "no choice", "refused", "granted", "withdrawn"
CHOICES = {
    NO_CHOICE: [],
    REFUSED: ["reject"],
    GRANTED: ["accept"],
    WITHDRAWN: ["accept", "reject"],
}

__all__ = ["PageFailed", "Result", "audit"]


@dataclass
class Result:
    """What was seen in one state on these pages: {Found: page}, and the list of Finding."""

    state: str
    pages: list
    seen: dict
    differences: list = field(default_factory=list)


def audit(browser, addresses, policy, tell, *, follow):
    """Yield the Result of each state of a visitor, without and with Global Privacy Control.

    `browser` is Playwright's, `addresses` are URLs of the running site, with `follow` those
    that its pages link to as well; `policy` is the InForce; `tell` is called with a line on
    what is done. Raises PageFailed.
    """
    if follow:
        addresses = _linked(browser, addresses, tell)
    for gpc in (False, True):
        for choice, steps in CHOICES.items():
            state = f"{choice}, with GPC" if gpc else choice
            visitor = Visitor(browser, gpc=gpc)
            try:
                for page in _go_through(visitor, addresses, steps):
                    tell(f"{state}: {page}")
            finally:
                visitor.close()
            allowed = list(BITS) if choice == GRANTED else []
            result = Result(state, [urlsplit(a).path for a in addresses], visitor.seen)
            result.differences += findings.unexpected(state, visitor.seen, policy, allowed)
            if choice == GRANTED:
                result.differences += findings.missing(state, visitor.seen, policy, settings.DESK)
            yield result


def _go_through(visitor, addresses, steps):
    """Make each choice, and visit every page after it; note what is so after the last.

    Yields the path of each page that was visited.
    """
    preferences = urljoin(addresses[0], reverse("consent:preferences"))
    for step in steps or [None]:
        if step:
            visitor.choose(preferences, step)
        visitor.forget()
        for address in addresses:
            visitor.open(address)
            yield urlsplit(address).path


def _linked(browser, addresses, tell):
    """Return the URLs and all public pages that can be reached from them."""
    visitor, alike = Visitor(browser, gpc=False), Counter()
    found, waiting = [], list(addresses)
    known = set(waiting)
    try:
        while waiting:
            address = waiting.pop(0)
            tell(f"Looking for pages: {len(found)} found, {len(waiting)} to open")
            links = visitor.open(address)
            if links is None:
                continue
            found.append(address)
            within = [link for link in links if _is_at(link, address)]
            for link in {urljoin(address, urlsplit(link).path): None for link in within}:
                kind = _kind(link)
                if link not in known and kind and alike[kind] < MOST_ALIKE:
                    alike[kind] += 1
                    known.add(link)
                    waiting.append(link)
    finally:
        visitor.close()
    return found


def _is_at(link, address):
    return urlsplit(link)[:2] == urlsplit(address)[:2]


def _kind(address):
    """Return the name of a public page's URL pattern, None for what is no public page."""
    path = urlsplit(address).path
    try:
        return None if path.startswith(settings.DESK) else resolve(path).view_name
    except Resolver404:
        return None
