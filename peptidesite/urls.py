from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from monographs.sitemaps import MonographSitemap
from peptidesite.accounts.views import profile
from peptidesite.analytics import views as analytics
from peptidesite.campaigns import views as campaigns

handler400 = "peptidesite.views.bad_request"
handler403 = "peptidesite.views.permission_denied"
handler404 = "peptidesite.views.page_not_found"
handler500 = "peptidesite.views.server_error"

SITEMAPS = {"monographs": MonographSitemap}

contact = TemplateView.as_view(template_name="contact.html")
newsletter = TemplateView.as_view(template_name="newsletter.html")
robots = TemplateView.as_view(template_name="robots.txt", content_type="text/plain")

urlpatterns = [
    path("", include("monographs.urls")),
    path("", include("peptidesite.consent.urls")),
    path("admin/profile/", profile, name="profile"),
    path("admin/views/<int:pk>/", analytics.of_monograph, name="views-of-monograph"),
    path("admin/", admin.site.urls),
    path("campaigns/", campaigns.collect, name="collect-campaigns"),
    path("contact/", require_safe(contact), name="contact"),
    path("newsletter/", require_safe(newsletter), name="newsletter"),
    path("views/", analytics.collect, name="collect-views"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", require_safe(sitemaps.index), {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        require_safe(sitemaps.sitemap),
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
]
