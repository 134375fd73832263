from django.contrib.sitemaps import Sitemap

from .models import Revision


class MonographSitemap(Sitemap):
    limit = 10_000

    def items(self):
        return Revision.objects.published().for_list().order_by("pk")

    def location(self, revision):
        return revision.monograph.get_absolute_url()

    def get_latest_lastmod(self):
        # Not from all items, as it would be otherwise.
        last = self.items().order_by("-published_at").first()
        return last and last.published_at

    def lastmod(self, revision):
        return revision.published_at
