"""Doing one thing to many monographs that were chosen in the list."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monographs import bulk, content, transitions
from monographs.models import Revision, Topic

from .fields import CleanedField, parse_version
from .record_form import DAYS

TOO_MANY = (
    f"At most {bulk.LIMIT} monographs can be done at once, so nothing was done yet. Choose "
    "fewer of them, with the filters or page by page."
)
CHOICE = "text"
PAGE = "admin/monographs/bulk/page.html"
REPORT = "admin/monographs/bulk/report.html"


class CommentForm(forms.Form):
    """What goes with a move of many texts."""

    note = CleanedField(
        clean=content.clean_prose,
        label="Comment",
        help_text="Goes into the record of each of them. It may be left empty.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ApprovalForm(CommentForm):
    """What goes with the approval of many texts."""

    interests = CleanedField(
        clean=content.clean_prose,
        label="Your competing interests",
        help_text="In any of these texts; “none” if none. Readers see it beside your name.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_interests(self):
        interests = self.cleaned_data["interests"]
        if not interests:
            raise ValidationError(transitions.TRANSITIONS["approve"].interests)
        return interests


class TopicsForm(forms.Form):
    """Which topics, beside those that a text has or in their place."""

    topics = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        help_text="For the live text, where readers see it at once, and for the open one.",
        choices=lambda: Topic.objects.values_list("slug", "name"),
        error_messages={
            "required": "Choose at least one topic.",
            "invalid_choice": "There is no such topic any more. Choose again.",
        },
    )
    alone = forms.TypedChoiceField(
        label="Topics that they have now",
        widget=forms.RadioSelect,
        choices=[("", "Keep them"), ("alone", "Take them away")],
        coerce=bool,
        empty_value=False,
        required=False,
    )

    def clean_topics(self):
        return Topic.objects.filter(slug__in=self.cleaned_data["topics"])


class ReviewDateForm(forms.Form):
    """When the live texts are to be reviewed."""

    due_on = forms.DateField(
        label="Next review",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=DAYS,
        error_messages={
            "required": "Give the day.",
            "invalid": "Give a day such as 2027-01-31.",
        },
    )


FORMS = {
    "submit": CommentForm,
    "approve": ApprovalForm,
    "publish": CommentForm,
    "classify": TopicsForm,
    "reschedule": ReviewDateForm,
}


@dataclass(frozen=True)
class Row:
    """A text on the page: why it cannot be done, else the mark it is chosen by."""

    revision: Revision
    refusal: str
    is_chosen: bool

    @property
    def mark(self):
        return mark_of(self.revision)


def mark_of(revision):
    """Return what says in a form which text was on the page, and how it stood."""
    return f"{revision.pk}.{revision.version}.{revision.digest}"


def action(name):
    """Return the action of the list that leads to the page of an operation of monographs.bulk."""

    @admin.action(description=bulk.OPERATIONS[name].label)
    def choose(model_admin, request, queryset):
        chosen = list(queryset.values_list("pk", flat=True)[: bulk.LIMIT + 1])
        if len(chosen) > bulk.LIMIT:
            model_admin.message_user(request, TOO_MANY, messages.ERROR)
            return None
        asked = urlencode({"ids": ",".join(map(str, chosen))}, safe=",")
        filters = model_admin.get_preserved_filters(request)
        address = reverse("admin:monographs_monograph_bulk", args=[name])
        return redirect(f"{address}?{'&'.join(filter(None, [asked, filters]))}")

    choose.__name__ = name
    return choose


class BulkPages:
    """What MonographAdmin has for many monographs at once."""

    actions = [action(name) for name in bulk.OPERATIONS]

    def get_urls(self):
        view = self.admin_site.admin_view(self.bulk_view)
        return [
            path("bulk/<slug:name>/", view, name="monographs_monograph_bulk"),
            *super().get_urls(),
        ]

    def get_actions(self, request):
        return {
            name: choice
            for name, choice in super().get_actions(request).items()
            if bulk.OPERATIONS[name].may(request.user)
        }

    def changelist_view(self, request, extra_context=None):
        operation = bulk.OPERATIONS.get(request.POST.get("action"))
        if operation and not operation.may(request.user):
            raise PermissionDenied
        if not all(map(parse_version, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            messages.error(request, "Some of what was chosen is no monograph. Choose again.")
            return redirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    @method_decorator([require_http_methods(["GET", "HEAD", "POST"]), never_cache])
    def bulk_view(self, request, name):
        if name not in bulk.OPERATIONS:
            raise Http404("There is nothing of this name to be done to many.")
        if not (self.has_view_permission(request) and bulk.OPERATIONS[name].may(request.user)):
            raise PermissionDenied
        if request.method == "POST":
            return self._bulk_run(request, name)
        return self._bulk_page(request, name, FORMS[name]())

    def _bulk_run(self, request, name):
        form, marks = FORMS[name](request.POST), list(dict.fromkeys(request.POST.getlist(CHOICE)))
        if not marks:
            form.add_error(None, "Nothing was done. Tick at least one text.")
        if len(marks) > bulk.LIMIT:
            form.add_error(None, TOO_MANY)
        if not form.is_valid():
            return self._bulk_page(request, name, form, marks)
        items = list(_items(marks))
        outcomes = bulk.run(name, items, actor=request.user, **form.cleaned_data)
        done = [outcome.revision for outcome in outcomes if outcome.done]
        skipped = [outcome for outcome in outcomes if not outcome.done]
        skipped += _left_out(request, name, {item.revision.monograph_id for item in items})
        unknown = len(marks) - len(items)
        counts = f"{len(done)} done, {len(skipped) + unknown} skipped"
        title = f"{bulk.OPERATIONS[name].label}: {counts}"
        context = {"title": title, "done": done, "skipped": skipped, "unknown": unknown}
        return self._bulk_answer(request, REPORT, name, context)

    def _bulk_page(self, request, name, form, marks=None):
        numbers = _chosen(request)
        if not numbers or len(numbers) > bulk.LIMIT:
            problem = TOO_MANY if numbers else "Choose monographs in the list first."
            messages.error(request, problem)
            return redirect("admin:monographs_monograph_changelist")
        rows = [_row(name, text, request.user, marks) for text in bulk.texts_of(numbers)]
        context = {
            "form": form,
            "errors": form.errors,
            "rows": rows,
            "possible": sum(not row.refusal for row in rows),
            "gone": len(numbers) - len(rows),
        }
        return self._bulk_answer(request, PAGE, name, context)

    def _bulk_answer(self, request, template, name, context):
        back = reverse("admin:monographs_monograph_changelist")
        if filters := request.GET.get("_changelist_filters"):
            back = f"{back}?{filters}"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": bulk.OPERATIONS[name].label,
            "name": name,
            "operation": bulk.OPERATIONS[name],
            "back": back,
            **context,
        }
        return TemplateResponse(request, template, context)


def _chosen(request):
    """Return the primary keys of the monographs that were chosen in the list, each once."""
    numbers = [parse_version(number) for number in request.GET.get("ids", "").split(",")]
    return list(dict.fromkeys(filter(None, numbers)))


def _left_out(request, name, tried):
    """Return the Outcomes of those that were chosen in the list, and could not be or were not."""
    left = [pk for pk in _chosen(request)[: bulk.LIMIT] if pk not in tried]
    refusal = bulk.OPERATIONS[name].refusal
    return [
        bulk.Outcome(text, refusal(text, request.user) or "It was not ticked.")
        for text in bulk.texts_of(left)
    ]


def _row(name, text, person, marks):
    refusal = bulk.OPERATIONS[name].refusal(text, person)
    # An approval says that the text was read, and so is never ticked beforehand.
    chosen = name != "approve" if marks is None else mark_of(text) in marks
    return Row(text, refusal, chosen and not refusal)


def _items(marks):
    """Yield the Item of each mark whose text there is."""
    parts = [mark.split(".", 2) for mark in marks if mark.count(".") == 2]
    numbers = [parse_version(pk) for pk, _, _ in parts]
    texts = Revision.objects.without_text().select_related("monograph").in_bulk(numbers)
    for (_, version, digest), number in zip(parts, numbers, strict=True):
        if number in texts:
            yield bulk.Item(texts[number], parse_version(version), digest)
