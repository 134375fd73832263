"""Views of a monograph by day, as editors see them."""

from dataclasses import dataclass

from django.urls import reverse

from monographs import drafts
from peptidesite import charts, periods

from .models import PageViews


@dataclass
class Row:
    """What was counted from the day on (date), over a day, a week or more."""

    day: object = None
    views: int = 0
    returning: int = 0
    seconds: int = 0

    def add(self, other):
        """Add the counts of a Row or a PageViews."""
        self.views += other.views
        self.returning += other.returning
        self.seconds += other.seconds

    @property
    def new(self):
        return self.views - self.returning

    @property
    def seconds_a_view(self):
        return round(self.seconds / self.views) if self.views else None


def rows(paths, period):
    """Return the Rows of the pages at these paths over a period, the oldest first."""
    spans = periods.spans(period)
    found = {day: Row(day) for day in spans}
    for counted in PageViews.objects.filter(
        path__in=paths, day__range=(spans[0], periods.today())
    ):
        found[periods.span_of(counted.day, spans)].add(counted)
    return list(found.values())


def of_monograph(monograph, days):
    """Return the context of a page on a Monograph over a period, as asked for by a text."""
    period = periods.chosen(days)
    slugs = [monograph.slug, *monograph.former_addresses.values_list("slug", flat=True)]
    found = rows([reverse("monographs:detail", args=[slug]) for slug in slugs], period)
    total = Row()
    for row in found:
        total.add(row)
    title = drafts.base_revision(monograph).title
    return {
        "title": f"Views of “{title}”",
        "monograph": monograph,
        "period": period,
        "periods": periods.PERIODS,
        "by_week": periods.is_by_week(period),
        "rows": found[::-1],
        "total": total,
        "chart": charts.bars(
            f"Views of {title}, {period} days",
            [f"{row.day:%-d %b}" for row in found],
            {
                "New readers": [row.new for row in found],
                "Returning readers": [row.returning for row in found],
            },
        ),
    }
