"""What a revision lacks: what keeps it from its review, and what deserves a look."""

from dataclasses import dataclass
from typing import NamedTuple

from . import comparing, content, rendering
from .models.review import PLACES, Opinion


class Finding(NamedTuple):
    """What was found, and where: at one of PLACES, "change_summary" or "topics"."""

    place: str
    message: str

    @property
    def label(self):
        return dict(PLACES).get(self.place) or self.place.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Check:
    """One line of the checklist.

    `fine` says what holds where there are no Findings. A text is not submitted while a check
    that `blocks` has some.
    """

    label: str
    fine: str
    findings: list
    blocks: bool = False

    @property
    def status(self):
        if not self.findings:
            return "Done"
        return "Missing" if self.blocks else "To look at"


def gaps(revision):
    """Return {field: [messages]} of all that keeps a revision from being submitted."""
    found = {}
    for check in _blocking(revision):
        for place, message in check.findings:
            found.setdefault(place, []).append(message)
    return found


def checks(revision, threads):
    """Return the Checks of a revision as it is saved; `threads` are those of its comments."""
    cited = {name: rendering.citation_keys(getattr(revision, name)) for name in content.SECTIONS}
    return [
        *_blocking(revision),
        Check("References", _references(revision), _uncited(revision, cited)),
        Check("Sources", "What is written cites some.", _without_source(revision, cited)),
        Check("Topics", "It has some.", _without_topics(revision)),
        Check("Regulatory status", "It is stated.", _without_status(revision)),
        Check("Comments", "None is unresolved.", _unresolved(threads)),
        Check("Expert opinions", "None objects.", _objections(revision)),
        Check("Clinical sections", "Nothing for a clinician to answer.", _clinical(revision)),
    ]


def _blocking(revision):
    found = [
        Check("Sections", "All seven are written.", _empty(revision), True),
        Check("Citations", "Each has its reference.", _without_reference(revision), True),
    ]
    if revision.number > 1:
        found.append(Check("Change summary", "It is there.", _without_summary(revision), True))
    return found


def _empty(revision):
    return [
        Finding(name, "This section is empty. Write it before you submit.")
        for name in content.SECTIONS
        if rendering.is_blank(getattr(revision, name))
    ]


def _without_reference(revision):
    known = {item["id"] for item in revision.references}
    return [
        Finding(name, f"[@{key}] is cited here, but there is no reference with this id.")
        for name in content.SECTIONS
        for key in rendering.citation_keys(getattr(revision, name))
        if key not in known
    ]


def _without_summary(revision):
    if revision.change_summary:
        return []
    return [Finding("change_summary", "Say in a sentence what changed since the last revision.")]


def _references(revision):
    return "Each one is cited." if revision.references else "There are none."


def _uncited(revision, cited):
    keys = {key for section in cited.values() for key in section}
    return [
        Finding("references", f"{item['id']} is cited nowhere, so readers do not see it.")
        for item in revision.references
        if item["id"] not in keys
    ]


def _without_source(revision, cited):
    return [
        Finding(name, "There is no citation here.")
        for name in cited
        if getattr(revision, name) and not cited[name]
    ]


def _without_topics(revision):
    if revision.topics.all():
        return []
    return [Finding("topics", "Choose where readers find it.")]


def _without_status(revision):
    if revision.facts.get("regulatory_status"):
        return []
    return [Finding("facts", "Say where it is approved, or that it is not.")]


def _unresolved(threads):
    return [
        Finding(place, "Not resolved yet.")
        for place, thread in threads.items()
        if thread.unresolved
    ]


def _objections(revision):
    opinions = Opinion.objects.filter(invitation__revision=revision)
    return [
        Finding(place, f"{opinion.name} objects.")
        for opinion in opinions.filter(verdict=Opinion.Verdict.OBJECT)
        for place in opinion.remarks
    ]


def _clinical(revision):
    if revision.approver_id:
        return []
    changed = comparing.clinical_changes(revision)
    return [Finding(name, "Changed, so a clinician has to approve it.") for name in changed]
