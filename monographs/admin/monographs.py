from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime

from monographs import drafts
from monographs.classification import IN_FORCE
from monographs.models import OPEN_STATES, Monograph, Revision, State, Topic
from monographs.paging import LAST

from .addresses import AddressPages
from .bulk import BulkPages
from .forms import BUSY, RevisionForm
from .notices import NoticePages
from .record import RecordPages

# How many pages on from the one that is shown the entries are counted.
AHEAD = 19


class StateFilter(admin.SimpleListFilter):
    """Monographs by the state of their open revision, or by what readers get."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            *((state.value, state.label) for state in map(State, OPEN_STATES)),
            (State.PUBLISHED.value, "Live"),
            (State.WITHDRAWN.value, "Withdrawn"),
        ]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookup_choices):
            return queryset
        if self.value() == State.PUBLISHED:
            return queryset.live()
        matching = queryset.having(Revision.objects.filter(state=self.value()))
        if self.value() == State.WITHDRAWN:
            return matching.not_live()
        return matching


class ReviewFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("overdue", "Overdue")]

    def queryset(self, request, queryset):
        return queryset.overdue() if self.value() == "overdue" else queryset


class TopicFilter(admin.SimpleListFilter):
    title = "topic"
    parameter_name = "topic"

    def lookups(self, request, model_admin):
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        return [(slug, topic.name) for slug, topic in self.topics.items()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        topic = self.topics.get(self.value())
        in_force = Revision.objects.filter(state__in=IN_FORCE)
        return queryset.under(topic, in_force) if topic else queryset.none()


class MoreThan(int):
    """A count that ended early, and says so wherever Django shows it."""

    def __str__(self):
        return f"more than {int(self)}"


class MonographList(ChangeList):
    """The list in an order of its own, unless the editor chose another."""

    def get_results(self, request):
        found, page = self.queryset, min(max(self.page_num, 1), LAST)
        counted = (page + AHEAD) * self.list_per_page
        # Django counts these, and need not order what it counts.
        self.queryset = found.order_by("pk")[: counted + 1]
        super().get_results(request)
        self.queryset = found
        if self.result_count > counted:
            self.result_count = MoreThan(counted)
        is_whole = not self.multi_page or (self.show_all and self.can_show_all)
        count = self.result_count if is_whole else self.list_per_page
        start = 0 if is_whole else (page - 1) * self.list_per_page
        if ORDER_VAR in self.params:
            self.result_list = list(found[start : start + count])
        else:
            self.result_list = found.overdue_first(start, count)
        texts = Revision.objects.without_text().prefetch_related("contributors")
        prefetch_related_objects(self.result_list, Prefetch("revisions", texts))


@admin.register(Monograph)
class MonographAdmin(RecordPages, NoticePages, AddressPages, BulkPages, admin.ModelAdmin):
    """One row a monograph; each leads to the revision one can act upon."""

    list_display = [
        "monograph",
        "open_revision",
        "live",
        "review_due",
        "contributors",
        "last_change",
        "views",
    ]
    list_display_links = None
    list_filter = [StateFilter, ReviewFilter, TopicFilter]
    list_per_page = 50
    search_fields = ["slug", "revisions__title"]
    search_help_text = "Searches titles and addresses."
    # Counting behind each filter would read the whole list once a filter.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request, **kwargs):
        return MonographList

    def get_search_results(self, request, queryset, search_term):
        # Django's own would join a monograph's texts to it, and sort them all to tell it once.
        return queryset.called(search_term.split()), False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="Monograph")
    def monograph(self, monograph):
        revision = drafts.base_revision(monograph)
        url = reverse("admin:monographs_revision_change", args=[revision.pk])
        return format_html('<a href="{}">{}</a>', url, revision.title)

    @admin.display(description="Open revision", empty_value="–")
    def open_revision(self, monograph):
        revision = _one_of(monograph, OPEN_STATES)
        return revision and f"{revision.get_state_display()} (revision {revision.number})"

    @admin.display(description="Live", empty_value="–")
    def live(self, monograph):
        if revision := _one_of(monograph, [State.PUBLISHED]):
            since = date_format(localtime(revision.published_at))
            return f"Revision {revision.number} since {since}"
        return "Withdrawn" if _one_of(monograph, [State.WITHDRAWN]) else None

    @admin.display(description="Next review", ordering="review_due_on", empty_value="–")
    def review_due(self, monograph):
        if monograph.review_due_on is None:
            return None
        due = date_format(monograph.review_due_on)
        return f"{due}: overdue" if monograph.is_review_overdue else due

    @admin.display(description="Contributors")
    def contributors(self, monograph):
        people = drafts.base_revision(monograph).contributors.all()
        return ", ".join(str(person) for person in people)

    @admin.display(description="Last change", ordering="changed_at")
    def last_change(self, monograph):
        return date_format(localtime(monograph.changed_at), "j M Y, H:i")

    @admin.display(description="Views", ordering="views")
    def views(self, monograph):
        page = reverse("views-of-monograph", args=[monograph.pk])
        return format_html('<a href="{}">{}</a>', page, monograph.views)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Monographs"})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        monograph = self.get_object(request, object_id)
        if monograph is None:
            raise Http404("There is no such monograph.")
        return redirect("admin:monographs_revision_change", drafts.base_revision(monograph).pk)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RevisionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                revision = drafts.create(
                    author=request.user,
                    slug=form.cleaned_data["slug"],
                    text=form.text,
                    topics=form.cleaned_data["topics"],
                )
            except ValidationError as error:
                form.place(error.message_dict)
            except OperationalError:
                messages.error(request, BUSY)
            else:
                messages.success(request, f"“{revision}” is begun. It is a draft.")
                return redirect("admin:monographs_revision_change", revision.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Write a new monograph",
            "form": form,
        }
        return TemplateResponse(request, "admin/monographs/revision/write.html", context)


def _one_of(monograph, states):
    return next((r for r in monograph.revisions.all() if r.state in states), None)
