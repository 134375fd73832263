"""The editorial desk in the words of the tests."""

from django.urls import reverse

from monographs.admin.forms import initial_values


def page_of(revision):
    return reverse("admin:monographs_revision_change", args=[revision.pk])


def typed(revision, **changes):
    """What a browser sends for the draft form, with Windows line ends as browsers do."""
    values = {
        name: str(value).replace("\n", "\r\n")
        for name, value in initial_values(revision).items()
        if name != "topics"
    }
    return {**values, "note": "", "action": "save", **changes}


def shown(response):
    return [str(message) for message in response.context["messages"]]
