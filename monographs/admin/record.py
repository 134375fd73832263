from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monographs import drafts, history, record, record_export
from monographs.models import Event

from .record_form import RecordForm, SiteRecordForm

PAGE = "p"
PER_PAGE = 100
COMMENT_SHOWN = 200
DIGEST_SHOWN = 12


class RecordPaginator(Paginator):
    """Finds the events of a page in an index before it looks up any name."""

    def page(self, number):
        page = super().page(number)
        wanted = list(page.object_list.values_list("pk", flat=True))
        events = history.named(Event.objects).in_bulk(wanted)
        page.object_list = [events[pk] for pk in wanted]
        return page


class RecordList(ChangeList):
    """The events that the form above the list asks for."""

    def get_filters_params(self, params=None):
        return {}

    def get_queryset(self, request, exclude_parameters=None):
        events = super().get_queryset(request, exclude_parameters)
        return SiteRecordForm(request.GET).select(events)

    def get_results(self, request):
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.paginator.page(1).object_list


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """The record of the whole site, for publishers to read and nobody to write."""

    list_display = ["when", "who", "of", "number", "done", "comment", "fingerprint"]
    list_display_links = ["when"]
    list_per_page = list_max_show_all = PER_PAGE
    show_full_result_count = False
    paginator = RecordPaginator
    ordering = ["-at", "-pk"]
    sortable_by = []
    actions = None
    change_list_template = "admin/monographs/record/list.html"
    change_form_template = "admin/monographs/record/event.html"
    fields = readonly_fields = [
        "when",
        "who",
        "of",
        "number",
        "done",
        "states",
        "whole_comment",
        "sequence",
        "text_digest",
        "digest",
        "previous_digest",
        "before",
        "sound",
    ]

    def get_urls(self):
        export = self.admin_site.admin_view(self.export_view)
        return [
            path("export.<slug:kind>", export, name="monographs_event_export"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return history.named(super().get_queryset(request))

    def get_changelist(self, request, **kwargs):
        return RecordList

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        context = {
            "title": "The record",
            "record_form": SiteRecordForm(request.GET),
            **_downloads(request, reverse("admin:monographs_event_changelist")),
        }
        return super().changelist_view(request, context)

    @method_decorator([require_safe, never_cache])
    def export_view(self, request, kind):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _export(SiteRecordForm(request.GET), Event.objects.all(), kind, "record")

    @admin.display(description="When")
    def when(self, event):
        return date_format(localtime(event.at), "j M Y, H:i:s")

    @admin.display(description="Who")
    def who(self, event):
        return event.actor

    @admin.display(description="Monograph")
    def of(self, event):
        url = reverse("admin:monographs_revision_change", args=[event.revision_id])
        return format_html('<a href="{}">{}</a>', url, event.revision.title)

    @admin.display(description="Revision")
    def number(self, event):
        return event.revision.number

    @admin.display(description="What was done")
    def done(self, event):
        return history.done(event)

    @admin.display(description="Comment")
    def comment(self, event):
        return Truncator(event.note).chars(COMMENT_SHOWN)

    @admin.display(description="Comment")
    def whole_comment(self, event):
        return linebreaksbr(event.note)

    @admin.display(description="Text")
    def fingerprint(self, event):
        return format_html("<code>{}</code>", event.text_digest[:DIGEST_SHOWN])

    @admin.display(description="From and to")
    def states(self, event):
        if not event.source:
            return event.get_target_display()
        return f"{event.get_source_display()} → {event.get_target_display()}"

    @admin.display(description="Event before it", empty_value="None: it is the first.")
    def before(self, event):
        if not (before := history.previous(event)):
            return None
        url = reverse("admin:monographs_event_change", args=[before.pk])
        said = f"{before.sequence}. {history.done(before)}, by {before.actor}"
        return format_html('<a href="{}">{}</a>', url, said)

    @admin.display(description="As it was recorded", boolean=True)
    def sound(self, event):
        return record.fits(event, history.previous(event))


class RecordPages:
    """What a ModelAdmin of monographs needs to show the record of each."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/record/", view(self.record_view), name="monographs_monograph_record"),
            path(
                "<int:pk>/record/export.<slug:kind>",
                view(self.record_export_view),
                name="monographs_monograph_record_export",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def record_view(self, request, pk):
        monograph = self._monograph(request, pk)
        form = RecordForm(request.GET)
        events = form.select(monograph.events.order_by("-sequence"))
        page = RecordPaginator(events, PER_PAGE).get_page(request.GET.get(PAGE))
        base = drafts.base_revision(monograph)
        context = {
            **self.admin_site.each_context(request),
            **_downloads(request, reverse("admin:monographs_monograph_record", args=[pk])),
            "opts": self.opts,
            "title": "The record",
            "subtitle": base.title,
            "monograph": monograph,
            "revision": base,
            "record_form": form,
            "page": page,
            "record": [(event, history.done(event)) for event in page],
        }
        return TemplateResponse(request, "admin/monographs/record/monograph.html", context)

    @method_decorator([require_safe, never_cache])
    def record_export_view(self, request, pk, kind):
        monograph = self._monograph(request, pk)
        events = monograph.events.all()
        return _export(RecordForm(request.GET), events, kind, f"record-{monograph.slug}")

    def _monograph(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)


def _downloads(request, address):
    asked = request.GET.copy()
    asked.pop(PAGE, None)
    query = f"?{asked.urlencode()}" if asked else ""
    return {
        "record_address": address,
        "record_query": query,
        "downloads": [(kind, f"{address}export.{kind}{query}") for kind in record_export.FORMATS],
    }


def _export(form, events, kind, name):
    if kind not in record_export.FORMATS:
        raise Http404("There is no such kind of file.")
    if not form.is_valid():
        return HttpResponseBadRequest("What was asked for makes no sense. Go back and mend it.")
    return StreamingHttpResponse(
        record_export.chunks(form.select(events), kind),
        content_type=record_export.FORMATS[kind].media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )
