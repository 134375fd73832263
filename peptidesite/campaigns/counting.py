"""How visits by campaign are counted; who visited, is not known."""

import re
from collections import defaultdict
from datetime import timedelta

from peptidesite import periods, sums

from .models import CampaignVisits, Goal

COOKIE = "campaign"
# utm_source, utm_medium and utm_campaign, as static/marketing.js writes them.
FORMAT = re.compile(r"[a-z0-9._-]{0,40}(/[a-z0-9._-]{0,40}){2}")
# Anybody can make up a campaign's name. Those that come after so many on a day are one.
MOST_A_DAY = 200
OTHERS = "others"


class NotCounted(Exception):
    """The campaign or the goal is none."""


def count_visit(campaign, goal):
    """Count a visit to a goal (of Goal) by a campaign (str, the cookie's value or None).

    Raises NotCounted, DatabaseError.
    """
    if not FORMAT.fullmatch(campaign or "") or goal not in Goal.values:
        raise NotCounted(f"{campaign}: {goal}")
    of_today = CampaignVisits.objects.filter(day=periods.today())
    known = set(of_today.values_list("campaign", flat=True).distinct())
    if campaign not in known and len(known) >= MOST_A_DAY:
        campaign = OTHERS
    sums.add(
        CampaignVisits, {"day": periods.today(), "campaign": campaign, "goal": goal}, count=1
    )


def report(period):
    """Return [(campaign, [the visits to each goal])] over a period (int, days), most first."""
    first = periods.today() - timedelta(days=period - 1)
    found = defaultdict(lambda: dict.fromkeys(Goal.values, 0))
    for visits in CampaignVisits.objects.filter(day__gte=first):
        found[visits.campaign][visits.goal] += visits.count
    rows = [(campaign, list(counts.values())) for campaign, counts in found.items()]
    return sorted(rows, key=lambda row: (-sum(row[1]), row[0]))
