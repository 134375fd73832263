"""How many visitors accept, allow some, refuse and withdraw, from the tallies alone."""

from dataclasses import dataclass, field
from datetime import timedelta

from peptidesite import charts, periods

from .models import Tally

FIRST_CHOICES = (Tally.Outcome.ACCEPT, Tally.Outcome.SOME, Tally.Outcome.REJECT)


@dataclass
class Row:
    """What visitors chose on a day under a policy, by Tally.Outcome."""

    day: object
    policy: int
    counts: dict = field(default_factory=lambda: dict.fromkeys(Tally.Outcome, 0))

    def share(self, outcome):
        """Return the share of an outcome in the choices made, from 0 to 1; None without any."""
        made = sum(self.counts[choice] for choice in FIRST_CHOICES)
        return self.counts[outcome] / made if made else None

    @property
    def cells(self):
        """Yield (count, its share or None) of each outcome, withdrawals without a share."""
        for outcome in Tally.Outcome:
            share = self.share(outcome) if outcome in FIRST_CHOICES else None
            yield self.counts[outcome], share


def rows(days):
    """Return the Rows of the last so many days (UTC), the newest first."""
    first = periods.today() - timedelta(days=days - 1)
    found = {}
    for tally in Tally.objects.filter(day__gte=first).order_by("-day", "-policy_id"):
        key = tally.day, tally.policy_id
        row = found.setdefault(key, Row(*key))
        row.counts[tally.outcome] = tally.count
    return list(found.values())


def total(some):
    """Return a Row of the sums of some Rows, without a day and policy."""
    row = Row(None, 0)
    for one in some:
        for outcome in Tally.Outcome:
            row.counts[outcome] += one.counts[outcome]
    return row


def page(days):
    """Return the context of a page of rates over a period, as asked for by a text or None."""
    period = periods.chosen(days)
    found = rows(period)
    return {
        "period": period,
        "periods": periods.PERIODS,
        "chart": _chart(found, period),
        "outcomes": Tally.Outcome.labels,
        "rows": found,
        "total": total(found),
    }


def _chart(some, period):
    spans = periods.spans(period)
    found = {
        day: total(row for row in some if periods.span_of(row.day, spans) == day) for day in spans
    }
    return charts.bars(
        f"Choices of visitors, {period} days",
        [f"{day:%-d %b}" for day in spans],
        {
            outcome.label: [row.counts[outcome] for row in found.values()]
            for outcome in Tally.Outcome
        },
    )
