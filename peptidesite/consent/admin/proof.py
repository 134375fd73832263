"""What was answered: records and rates, which nobody writes by hand."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from peptidesite.consent import rates, receipts
from peptidesite.consent.categories import in_bits
from peptidesite.consent.models import Record, Tally


class ReadOnly(admin.ModelAdmin):
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Record)
class RecordAdmin(ReadOnly):
    list_display = ["consent_id", "sequence", "policy", "allowed", "at", "expires_on"]
    search_fields = ["=consent_id"]
    search_help_text = "Searches a consent id, whole as the visitor's cookie page shows it."
    show_full_result_count = False
    list_select_related = ["policy"]
    ordering = ["-at"]
    fields = [
        *("consent_id", "sequence", "policy", "allowed", "at", "expires_on"),
        *("previous_digest", "digest", "receipt"),
    ]
    readonly_fields = fields

    @admin.display(description="Allowed")
    def allowed(self, record):
        return ", ".join(in_bits(record.bits)) or "nothing any more"

    @admin.display(description="Receipt")
    def receipt(self, record):
        page = reverse("admin:consent_record_receipt", args=[record.pk])
        return format_html('<a href="{}">JSON</a>', page)

    def get_urls(self):
        receipt = path(
            "<int:pk>/receipt.json",
            self.admin_site.admin_view(self.receipt_view),
            name="consent_record_receipt",
        )
        return [receipt, *super().get_urls()]

    def receipt_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = get_object_or_404(Record.objects.select_related("policy"), pk=pk)
        return JsonResponse(receipts.receipt(record, request), json_dumps_params={"indent": 2})


@admin.register(Tally)
class TallyAdmin(ReadOnly):
    """The rates, in place of a list of rows."""

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Consent rates",
            **rates.page(request.GET.get("days")),
        }
        return TemplateResponse(request, "admin/consent/rates.html", context)
