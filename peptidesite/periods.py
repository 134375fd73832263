"""The periods that numbers are shown over: a week and a month by day, a year by week."""

from bisect import bisect_right
from datetime import UTC, timedelta

from django.utils import timezone

PERIODS = (7, 30, 365)
DAYS_A_WEEK = 7


def chosen(text):
    """Return the period of PERIODS (int, days) that a request's text asks for, else 30."""
    return int(text) if text in map(str, PERIODS) else PERIODS[1]


def today():
    """Return the present day (date) in UTC."""
    return timezone.now().astimezone(UTC).date()


def is_by_week(period):
    return period > PERIODS[1]


def spans(period):
    """Return the first day (date) of each day or week of a period (int), the oldest first."""
    step = DAYS_A_WEEK if is_by_week(period) else 1
    first = today() - timedelta(days=period - 1)
    newest = today() - timedelta(days=step - 1)
    days = (newest - timedelta(days=step * number) for number in range(-(-period // step)))
    return [max(day, first) for day in days][::-1]


def span_of(day, spans):
    """Return which of the spans (list of date) a day is in."""
    return spans[bisect_right(spans, day) - 1]
