"""The page that an invited expert reads a text on and gives an opinion by."""

from functools import wraps

from django import forms
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import OperationalError
from django.http import HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import experts, reading
from .models import Invitation, Opinion

BUSY = "We could not keep your opinion just now. All that you typed is still here; try again."


def _text_area(rows, **options):
    return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)


class OpinionForm(forms.Form):
    """What an expert types; monographs.experts judges it."""

    verdict = forms.ChoiceField(
        label="What you think of the text",
        choices=[
            (Opinion.Verdict.RECOMMEND, "I recommend it for publication"),
            (Opinion.Verdict.OBJECT, "I object to its publication"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    credentials = forms.CharField(
        label="Your credentials",
        required=False,
        help_text="Degrees and post, such as “MD, PhD, clinical pharmacologist”.",
    )
    competing_interests = _text_area(
        2,
        label="Your competing interests",
        help_text="Posts, shares, fees and patents that we should know of; “none” if none.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for place, label in experts.PLACES.items():
            self.fields[_remark(place)] = _text_area(3, label=label)

    @property
    def person_fields(self):
        return [self[name] for name in self.base_fields]

    @property
    def remark_fields(self):
        return [self[_remark(place)] for place in experts.PLACES]

    @property
    def typed(self):
        """All that was typed, as (label, text)."""
        return [(field.label, text) for field in self if (text := field.value())]

    def give(self, invitation):
        """Give the opinion and say whether it was taken, else show at the fields why not."""
        remarks = {place: self.cleaned_data[_remark(place)] for place in experts.PLACES}
        said = {name: self.cleaned_data[name] for name in self.base_fields}
        try:
            experts.give(invitation, **said, remarks=remarks)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.add_error(name if name in self.fields else _remark(name), messages)
        return self.is_valid()


def _remark(place):
    return f"remark_{place}"


def _for_the_expert_only(view):
    """Keep a page from search engines and caches, and its address from other sites."""

    @wraps(view)
    def wrapped(*args, **kwargs):
        response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return never_cache(wrapped)


# There is no session and no CSRF token: whoever knows the secret in the address may send the
# form, and no other site does. Opening the page changes nothing, whatever follows links.
@_for_the_expert_only
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request, token):
    """Show the text that the token's invitation is to, and take the opinion on it."""
    try:
        form = OpinionForm(request.POST) if request.method == "POST" else None
    except SuspiciousOperation:
        return render(request, "monographs/expert/too_long.html", status=413)
    except MultiPartParserError:
        return render(request, "400.html", status=400)
    try:
        # What mail programs leave behind a link is no part of it.
        invitation = experts.open_by(token.rstrip("/.,;:)>]"))
        if form:
            return _take(request, invitation, form)
    except Invitation.DoesNotExist:
        return render(request, "404.html", status=404)
    except experts.Gone as gone:
        return _gone(request, gone, form)
    return _page(request, invitation, OpinionForm(initial={"name": invitation.expert}))


def _take(request, invitation, form):
    try:
        if form.is_valid() and form.give(invitation):
            return HttpResponseRedirect(request.path, status=303)
    except experts.AlreadyGiven:
        invitation.refresh_from_db()
    except OperationalError:
        form.add_error(None, BUSY)
        return _page(request, invitation, form, status=503)
    return _page(request, invitation, form, status=409 if experts.opinion_of(invitation) else 200)


def _page(request, invitation, form, status=200):
    context = {
        **reading.page(invitation.revision),
        "invitation": invitation,
        "opinion": experts.opinion_of(invitation),
        "form": form,
    }
    return render(request, "monographs/expert/opinion.html", context, status=status)


def _gone(request, gone, form):
    context = {"reason": gone, "invitation": gone.invitation, "form": form}
    return render(request, "monographs/expert/gone.html", context, status=410)
