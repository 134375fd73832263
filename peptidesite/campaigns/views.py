from contextlib import suppress

from django.db import DatabaseError

from peptidesite.incoming import beacon

from . import counting


@beacon("marketing")
def collect(request, response):
    """Count what static/marketing.js sends: a visit to a goal, by the campaign in the cookie."""
    campaign = request.COOKIES.get(counting.COOKIE)
    # Nobody waits for the answer, and what is not counted is no mistake of a reader's.
    with suppress(counting.NotCounted, DatabaseError):
        counting.count_visit(campaign, request.POST.get("goal"))
