"""Where the address of a monograph is changed."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from monographs import addresses, drafts

from .desk_form import DeskForm


class AddressForm(DeskForm):
    """Another address; monographs.addresses says what it may be."""

    slug = forms.CharField(
        label="New address",
        error_messages={"required": "Type the new address."},
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
        help_text="The last part of the page's address, such as thymosin-alpha-1.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class AddressPages:
    """What MonographAdmin has for the address of a monograph."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.address_view)
        return [
            path("<int:pk>/address/", view, name="monographs_monograph_address"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def address_view(self, request, pk):
        monograph = self._monograph(request, pk)
        if not addresses.may_change(monograph, request.user):
            raise PermissionDenied
        revision = drafts.base_revision(monograph)
        if request.method == "POST":
            form = AddressForm(request.POST)
            if form.carry_out(partial(addresses.change, monograph, actor=request.user)):
                slug = form.cleaned_data["slug"]
                messages.success(request, f"The monograph is at “{slug}” now.")
                return redirect("admin:monographs_revision_change", revision.pk)
        else:
            form = AddressForm(initial={"slug": monograph.slug, "seen": monograph.slug})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Change the address",
            "subtitle": revision.title,
            "monograph": monograph,
            "revision": revision,
            "was_public": addresses.was_public(monograph),
            "former_addresses": monograph.former_addresses.order_by("slug"),
            "form": form,
            "errors": form.errors,
        }
        return TemplateResponse(request, "admin/monographs/address/page.html", context)
