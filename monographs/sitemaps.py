from django.contrib.sitemaps import Sitemap

from .models import Revision


class MonographSitemap(Sitemap):
    limit = 10_000

    def items(self):
        return Revision.objects.published().by_title().select_related("monograph")

    def location(self, revision):
        return revision.monograph.get_absolute_url()

    def lastmod(self, revision):
        return revision.published_at
