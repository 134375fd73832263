"""Inviting experts to a revision, and reading what they think of it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monographs import experts
from monographs.models import ASKED_STATES


class InvitationForm(forms.Form):
    """Whom to invite and for how long; monographs.experts judges it."""

    expert = forms.CharField(
        label="Name of the expert",
        required=False,
        help_text="As you would address them, such as “Prof. Rosa Lindqvist”.",
    )
    days = forms.IntegerField(
        label="Days that the link is open",
        initial=experts.DAYS,
        help_text=f"From 1 to {experts.MOST_DAYS}. It also ends when the text changes.",
        widget=forms.NumberInput(attrs={"min": 1, "max": experts.MOST_DAYS}),
        error_messages=dict.fromkeys(["invalid", "required"], "Give a number of days."),
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)


class ExpertPages:
    """What RevisionAdmin has for experts without an account."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/experts/", view(self.experts_view), name="monographs_revision_experts"
            ),
            path(
                "<int:pk>/experts/<int:invitation>/revoke/",
                view(self.revoke_view),
                name="monographs_revision_revoke",
            ),
            *super().get_urls(),
        ]

    # The answer to an invitation shows the link for the only time, and no cache keeps it.
    @method_decorator([require_http_methods(["GET", "HEAD", "POST"]), never_cache])
    def experts_view(self, request, pk):
        revision = self._revision(request, pk)
        if not experts.may_read(revision, request.user):
            raise PermissionDenied
        form, made, link = InvitationForm(), None, ""
        if request.method == "POST":
            form = InvitationForm(request.POST)
            made, token = _invite(form, revision, request.user)
            if made:
                link = request.build_absolute_uri(reverse("monographs:opinion", args=[token]))
                form = InvitationForm()
        context = {
            **self.admin_site.each_context(request),
            **expert_context(revision, request.user),
            "opts": self.opts,
            "title": f"Experts asked about {revision}",
            "revision": revision,
            "form": form,
            "errors": form.errors,
            "made": made,
            "link": link,
        }
        return TemplateResponse(request, "admin/monographs/revision/experts.html", context)

    @method_decorator(require_POST)
    def revoke_view(self, request, pk, invitation):
        revision = self._revision(request, pk)
        invitation = get_object_or_404(revision.invitations, pk=invitation)
        try:
            experts.revoke(invitation, actor=request.user)
        except experts.Gone as gone:
            messages.warning(request, str(gone))
        else:
            messages.success(request, f"The link of {invitation.expert} is revoked.")
        return redirect("admin:monographs_revision_experts", pk)


def expert_context(revision, person):
    """Return what the page of a revision shows this person of its experts."""
    if not experts.may_read(revision, person):
        return {}
    invitations = experts.invitations_to(revision)
    return {
        "invitations": invitations,
        "opinions": [given for each in invitations if (given := experts.opinion_of(each))],
        "may_invite": experts.may_invite(person),
        "may_ask": revision.state in ASKED_STATES and experts.may_invite(person),
    }


def _invite(form, revision, actor):
    """Return a new Invitation and its token, None and "" where the form says why not."""
    if form.is_valid():
        try:
            return experts.invite(revision, actor=actor, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    return None, ""
