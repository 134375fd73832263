from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse

from peptidesite import periods

from . import counting
from .models import CampaignVisits, Goal


@admin.register(CampaignVisits)
class CampaignVisitsAdmin(admin.ModelAdmin):
    """The sums of a period, in place of a list of rows."""

    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        period = periods.chosen(request.GET.get("days"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Visits by campaign",
            "period": period,
            "periods": periods.PERIODS,
            "goals": Goal.labels,
            "rows": counting.report(period),
        }
        return TemplateResponse(request, "admin/campaigns/list.html", context)
