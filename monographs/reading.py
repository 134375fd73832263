"""What a reader is shown of a revision, on the public page and wherever it is previewed."""

from django.utils.safestring import mark_safe

from . import rendering
from .content import FACT_LISTS, FACTS, SECTIONS
from .models import State


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
        "withdrawal": withdrawal(revision),
    }


def facts(revision):
    """Return (name, label, list of lines) for each fact that is stated, in order."""
    return [
        (name, label, value if name in FACT_LISTS else [value])
        for name, label in FACTS.items()
        if (value := revision.facts.get(name))
    ]


def withdrawal(revision):
    """Return the Event that withdrew the revision, or None; its note is the public reason."""
    if revision.state != State.WITHDRAWN:
        return None
    return revision.events.filter(target=State.WITHDRAWN).order_by("-sequence").first()
