from django.contrib import admin

from . import monographs, revisions, topics  # noqa: F401 - each registers its ModelAdmin

admin.site.site_title = "Peptidesite"
admin.site.site_header = "Peptidesite editorial desk"
admin.site.index_title = "Editorial desk"
