"""What a reader is shown of a revision, on the public page and wherever it is previewed."""

from django.db import models
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.safestring import mark_safe

from . import notices, rendering, versions
from .content import FACT_LISTS, FACTS, SECTIONS
from .models import READABLE_STATES, Notice, Revision, State, Topic


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
        "notices": _notices(revision),
        "text_address": text_address(revision),
        "topics": _topics(revision),
        "has_other_versions": _has_other_versions(revision),
    }


class _JSONGroup(models.Aggregate):
    """All values of a group as one JSON array."""

    function = "JSON_GROUP_ARRAY"
    output_field = models.JSONField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def whole(revisions):
    """Return a queryset of revisions with all that `page` needs of other tables.

    Only the notices of a monograph that has any take a query of their own.
    """
    topics = Topic.objects.filter(revisions=models.OuterRef("pk")).order_by()
    topics = topics.values(of_one=models.Value(1)).annotate(
        found=_JSONGroup(JSONObject(pk="pk", name="name", slug="slug"))
    )
    others = Revision.objects.public().filter(monograph=models.OuterRef("monograph"))
    return revisions.select_related("monograph").annotate(
        found_topics=models.Subquery(topics.values("found")),
        found_others=models.Exists(others.exclude(pk=models.OuterRef("pk"))),
        found_notices=models.Exists(
            Notice.objects.filter(revision__monograph=models.OuterRef("monograph"))
        ),
    )


def _topics(revision):
    if not hasattr(revision, "found_topics"):
        return revision.topics.all()
    found = sorted(revision.found_topics or [], key=lambda topic: topic["name"])
    return [Topic(**topic) for topic in found]


def _notices(revision):
    return notices.shown_on(revision) if getattr(revision, "found_notices", True) else []


def _has_other_versions(revision):
    if hasattr(revision, "found_others"):
        return revision.found_others
    return versions.other_versions(revision).exists()


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
