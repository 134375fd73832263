"""What a reader is shown of a revision, on the public page and wherever it is previewed."""

from django.urls import reverse
from django.utils.safestring import mark_safe

from . import notices, rendering, versions
from .content import FACT_LISTS, FACTS, SECTIONS
from .models import READABLE_STATES, State


def page(revision):
    """Return the template context of monographs/_monograph.html for a revision.

    A frozen text is shown as it was rendered for its review; a draft as it would be now.
    """
    rendered = revision.rendered if revision.is_frozen else rendering.render(revision.text)
    sections = [
        {"name": name, "label": name.capitalize(), "html": mark_safe(html)}
        for name in SECTIONS
        if (html := rendered["sections"].get(name))
    ]
    return {
        "revision": revision,
        "lead": next((part for part in sections if part["name"] == "definition"), None),
        "sections": [part for part in sections if part["name"] != "definition"],
        "facts": facts(revision),
        "references": [
            {**item, "html": mark_safe(item["html"])} for item in rendered["references"]
        ],
        "uncited": uncited(revision, rendered),
        "is_withdrawn": revision.state == State.WITHDRAWN,
        "notices": notices.shown_on(revision),
        "text_address": text_address(revision),
        "other_versions": versions.other_versions(revision),
    }


def facts(revision):
    """Return (name, label, list of lines) for each fact that is stated, in order."""
    return [
        (name, label, value if name in FACT_LISTS else [value])
        for name, label in FACTS.items()
        if (value := revision.facts.get(name))
    ]


def uncited(revision, rendered):
    """Return the CSL-JSON items of a revision that its rendered page does not list."""
    cited = {item["key"] for item in rendered["references"]}
    return [item for item in revision.references if item["id"] not in cited]


def text_address(revision):
    """Return the path of the text as its digest is over it; "" if readers do not get it."""
    if revision.state not in READABLE_STATES:
        return ""
    return reverse("monographs:version_text", args=[revision.monograph.slug, revision.number])
