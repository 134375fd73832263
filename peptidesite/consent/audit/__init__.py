"""The audit: what the running site keeps and asks for, against what its policy declares."""

from collections import Counter
from dataclasses import dataclass
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
    differences: list


def audit(browser, addresses, policy, tell, *, follow):
    """Return the Results of each state of a visitor, without and with Global Privacy Control.

    `browser` is Playwright's, `addresses` are URLs of the running site, with `follow` those
    that its pages link to as well; `policy` is the InForce; `tell` is called with a line on
    what is done. Raises PageFailed.
    """
    if follow:
        addresses = _linked(browser, addresses, tell)
    states = [(gpc, choice) for gpc in (False, True) for choice in CHOICES]
    visitors = [Visitor(browser, gpc=gpc) for gpc, _ in states]
    try:
        steps = [CHOICES[choice] for _, choice in states]
        _go_through(dict(zip(visitors, steps, strict=True)), addresses, tell)
    finally:
        for visitor in visitors:
            visitor.close()
    paths = [urlsplit(address).path for address in addresses]
    return [
        _result(f"{choice}, with GPC" if gpc else choice, choice, paths, visitor.seen, policy)
        for (gpc, choice), visitor in zip(states, visitors, strict=True)
    ]


def _result(state, choice, paths, seen, policy):
    allowed = list(BITS) if choice == GRANTED else []
    differences = findings.unexpected(state, seen, policy, allowed)
    if choice == GRANTED:
        differences += findings.missing(state, seen, policy, settings.DESK)
    return Result(state, paths, seen, differences)


def _go_through(visitors, addresses, tell):
    """Have visitors ({Visitor: its choices}) make each choice, visit every page after it, and
    note what is so after the last one; all open a page at once, since most of it is waiting."""
    preferences = urljoin(addresses[0], reverse("consent:preferences"))
    while visitors:
        for visitor, choices in visitors.items():
            if choices:
                tell(f"Choosing: {choices[0]}")
                visitor.choose(preferences, choices[0])
        for visitor in visitors:
            visitor.wait()
            visitor.forget()
        for number, address in enumerate(addresses, start=1):
            tell(f"{urlsplit(address).path}: {number} of {len(addresses)}")
            for visitor in visitors:
                visitor.begin(address)
            for visitor in visitors:
                visitor.look()
        visitors = {v: choices[1:] for v, choices in visitors.items() if choices[1:]}


def _linked(browser, addresses, tell):
    """Return the URLs and all public pages that can be reached from them."""
    visitor, alike = Visitor(browser, gpc=False), Counter()
    found, waiting = [], list(addresses)
    known = set(waiting)
    try:
        while waiting:
            address = waiting.pop(0)
            tell(f"Looking for pages: {len(found)} found, {len(waiting)} to open")
            visitor.begin(address)
            links = visitor.look()
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
