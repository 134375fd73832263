from django.contrib import admin

from . import monographs, record, revisions, topics  # noqa: F401 - each registers its ModelAdmin

admin.site.site_title = "Peptidesite"
admin.site.site_header = "Peptidesite editorial desk"
admin.site.index_title = "Editorial desk"
# There are few places to go, and the list of monographs needs the room.
admin.site.enable_nav_sidebar = False
