"""The cookie by which a browser is known to have been here on an earlier day."""

from datetime import timedelta

from peptidesite import periods
from peptidesite.consent.cookie import SECONDS_A_DAY

COOKIE = "visited"
DAYS_KEPT = 30


def first_day(request):
    """Return the day (date) of the last 30 on which this browser was first here, or None."""
    today = periods.today()
    days = (today - timedelta(days=age) for age in range(DAYS_KEPT))
    # The only values there are, so that nobody can be told apart by another one.
    return {day.isoformat(): day for day in days}.get(request.COOKIES.get(COOKIE))


def remember(response, request):
    """Set the cookie that says that this browser was first here today."""
    response.set_cookie(
        COOKIE,
        periods.today().isoformat(),
        max_age=DAYS_KEPT * SECONDS_A_DAY,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
