from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from peptidesite.consent import comparing, policies
from peptidesite.consent.models import Policy


class PublishForm(forms.Form):
    """What makes a policy of what editors keep, beside that itself."""

    seen_digest = forms.CharField(widget=forms.HiddenInput)
    is_material = forms.BooleanField(
        label="Material",
        required=False,
        help_text="Who allowed something is asked again, and until then nothing optional runs "
        "for them. Who refused is left alone. A typo is not material.",
    )
    news = forms.CharField(
        label="What is new",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences; those who are asked again read it in the banner.",
    )


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    """Policies are read here, and the next one is published; none is ever changed."""

    actions = None
    list_display = ["__str__", "published_at", "publisher", "is_material", "news"]
    fields = ["number", "published_at", "publisher", "is_material", "news", "digest"]
    view_on_site = True

    def has_add_permission(self, request):
        return request.user.has_perm("consent.publish_policy")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        said, last = policies.snapshot(), Policy.objects.first()
        changes = comparing.changes(last.said, said)
        if request.method == "POST":
            form = PublishForm(request.POST)
            if form.is_valid() and (policy := _publish(form, request.user)):
                self.message_user(request, f"{policy} is in force.", messages.SUCCESS)
                return redirect("admin:consent_policy_changelist")
        else:
            form = PublishForm(initial={"is_material": any(c.widens for c in changes)})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Publish a policy",
            "form": form,
            "last": last,
            "changes": changes,
            "must_be_material": any(change.widens for change in changes),
            # Always of what is shown, so that a stale page is read again.
            "seen_digest": policies.digest_of(said),
        }
        return TemplateResponse(request, "admin/consent/publish.html", context)


def _publish(form, publisher):
    """Return the Policy, or None with the errors in the form."""
    try:
        return policies.publish(publisher=publisher, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return None
