"""What editors keep: it is shown to nobody before a policy is published from it."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from peptidesite.consent.models import CategoryText, Declared, Service, Wording


class ShownWithPolicy(admin.ModelAdmin):
    """Says after each change that visitors see it only with the next policy."""

    actions = None

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        super().message_user(request, message, level, *args, **kwargs)
        if level == messages.SUCCESS and request.user.has_perm("consent.publish_policy"):
            page = reverse("admin:consent_policy_add")
            hint = 'Visitors see it with the next policy: <a href="{}">compare and publish</a>.'
            super().message_user(request, format_html(hint, page), messages.INFO)


@admin.register(Wording)
class WordingAdmin(ShownWithPolicy):
    fieldsets = [
        (None, {"fields": ["banner_text", "page_text"]}),
        ("Who answers for it", {"fields": ["controller", "address", "email", "jurisdiction"]}),
        ("At once", {"fields": ["rates_are_public"]}),
    ]

    def changelist_view(self, request, extra_context=None):
        return redirect("admin:consent_wording_change", 1)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(CategoryText)
class CategoryTextAdmin(ShownWithPolicy):
    list_display = ["label", "meaning"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class DeclaredInline(admin.StackedInline):
    model = Declared
    extra = 0


@admin.register(Service)
class ServiceAdmin(ShownWithPolicy):
    fieldsets = [
        (None, {"fields": ["name", "slug", "category", "provider", "privacy_url", "purpose"]}),
        ("What it loads", {"fields": ["script", "origins", "asks_consent_mode"]}),
    ]
    inlines = [DeclaredInline]
    list_display = ["name", "category", "provider", "script"]
    list_filter = ["category"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name", "provider", "declared__name"]
