"""Where publishers give the notices of a monograph, and end them."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from monographs import drafts, notices
from monographs.models import READABLE_STATES, Revision

from .desk_form import DeskForm

LIST = "admin/monographs/notice/list.html"
END = "admin/monographs/notice/end.html"


class VersionField(forms.ModelChoiceField):
    """One of the versions that readers get, named as they know it."""

    default_error_messages = {
        "required": "Choose a version.",
        "invalid_choice": "Readers do not get this version any more. Choose another one.",
    }

    def __init__(self, **options):
        super().__init__(Revision.objects.none(), **options)

    def label_from_instance(self, revision):
        published = date_format(localtime(revision.published_at), "j M Y")
        return f"Version {revision.number}, published on {published}"


class NoticeForm(DeskForm):
    """A notice to be given; monographs.notices says what it needs."""

    kind = forms.ChoiceField(
        required=False,
        choices=[(kind.value, kind.label) for kind in notices.GIVEN],
        widget=forms.RadioSelect,
        help_text="A correction says what is wrong and what is right. An expression of concern "
        "says what is in doubt while it is looked into. To retract a text, withdraw it.",
    )
    revision = VersionField(
        label="Version concerned",
        empty_label=None,
        help_text="The notice stays with it for good; later ones show it until it is ended.",
    )
    corrected_in = VersionField(
        label="Corrected in", required=False, empty_label="No version yet"
    )
    text = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Readers see it above the text, with your name. It cannot be changed later.",
    )

    def __init__(self, data=None, *, monograph, initial=None):
        super().__init__(data, initial=initial)
        versions = monograph.revisions.filter(state__in=READABLE_STATES).without_text()
        for name in ("revision", "corrected_in"):
            self.fields[name].queryset = versions.order_by("-number")


class EndForm(DeskForm):
    """Why a notice ends."""

    why = forms.CharField(
        label="Why it ends",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Readers of the version concerned see it below the notice.",
    )


class NoticePages:
    """What MonographAdmin has for the notices of a monograph."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/notices/", view(self.notices_view), name="monographs_monograph_notices"
            ),
            path(
                "<int:pk>/notices/<int:notice>/end/",
                view(self.end_notice_view),
                name="monographs_monograph_end_notice",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def notices_view(self, request, pk):
        monograph = self._noticed(request, pk)
        if request.method == "POST":
            form = NoticeForm(request.POST, monograph=monograph)
            if form.carry_out(partial(notices.give, actor=request.user)):
                messages.success(request, "The notice is given. Readers see it now.")
                return redirect("admin:monographs_monograph_notices", pk)
        else:
            chosen = {"revision": request.GET.get("revision")}
            form = NoticeForm(monograph=monograph, initial=chosen)
        context = {"title": "Notices to readers", "notices": notices.of(monograph)}
        return self._notice_page(request, LIST, monograph, form, context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def end_notice_view(self, request, pk, notice):
        monograph = self._noticed(request, pk)
        said = notices.of(monograph).filter(kind__in=notices.GIVEN)
        notice = get_object_or_404(said, pk=notice)
        form = EndForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.carry_out(
            partial(notices.end, notice, actor=request.user)
        ):
            messages.success(request, "The notice is ended.")
            return redirect("admin:monographs_monograph_notices", pk)
        # How it stands now, should someone else have ended it meanwhile.
        context = {"title": "End a notice", "notice": said.get(pk=notice.pk)}
        return self._notice_page(request, END, monograph, form, context)

    def _noticed(self, request, pk):
        monograph = self._monograph(request, pk)
        if not notices.may_give(request.user):
            raise PermissionDenied
        return monograph

    def _notice_page(self, request, template, monograph, form, context):
        revision = drafts.base_revision(monograph)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "subtitle": revision.title,
            "monograph": monograph,
            "revision": revision,
            "form": form,
            "errors": form.errors,
        }
        return TemplateResponse(request, template, context)
