from django.db import models


class PageViews(models.Model):
    """How often a page was viewed on a day (UTC), and for how long; nothing of who viewed it.

    A view is returning if that browser was here on an earlier one of the last 30 days.
    """

    day = models.DateField()
    path = models.CharField(max_length=200)
    views = models.PositiveIntegerField(default=0)
    returning = models.PositiveIntegerField(default=0)
    seconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["path", "day"], name="page_views_are_one")]

    def __str__(self):
        return f"{self.day}: {self.views} × {self.path}"
