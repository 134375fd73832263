from django.contrib import admin

from monographs.models import Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]
    actions = None

    def has_delete_permission(self, request, obj=None):
        in_use = obj is not None and obj.revisions.exists()
        return not in_use and super().has_delete_permission(request, obj)
