from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("monographs.urls")),
    path("", include("peptidesite.consent.urls")),
    path("admin/", admin.site.urls),
]
