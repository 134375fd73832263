"""The cookie that keeps a visitor's choice; static/consent-head.js holds the same rules.

1.<policy>.<bits 0-7>.<epoch day>[.<16-character record id>]
"""

import re
import time
from dataclasses import dataclass
from datetime import date, timedelta

from .categories import NONE

DAYS_HELD = 180
SECONDS_A_DAY = 24 * 60 * 60
FORMAT = re.compile(
    r"1\.(?P<policy>[1-9][0-9]{0,8})\.(?P<bits>[0-7])\.(?P<day>0|[1-9][0-9]{0,5})"
    r"(?:\.(?P<record_id>[A-Za-z0-9_-]{16}))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Choice:
    """What a visitor chose: category bits under a policy on a day since 1970-01-01 UTC."""

    policy: int
    bits: int
    day: int
    record_id: str | None = None

    @classmethod
    def parse(cls, text):
        """Return the Choice that a cookie's value (str) spells, or None; never raises."""
        match = FORMAT.fullmatch(text)
        if match is None:
            return None
        policy, bits, day, record_id = match.groups()
        return cls(int(policy), int(bits), int(day), record_id)

    def format(self):
        """Return the cookie's value, a str of at most 64 ASCII characters."""
        fields = [1, self.policy, self.bits, self.day]
        if self.record_id:
            fields.append(self.record_id)
        return ".".join(map(str, fields))

    def is_in_time(self, day):
        """Say whether the choice has not run out on that day (an int since 1970-01-01)."""
        # One day ahead is a visitor's or a server's clock; more is no choice of ours.
        return -1 <= day - self.day < DAYS_HELD

    def holds_on(self, day, policy):
        """Say whether the choice counts on that day, with the InForce (or None) of then."""
        # A material policy voids what was allowed before it; a refusal stays one.
        is_known = self.bits == NONE or (policy is not None and policy.has_asked(self.policy))
        return is_known and self.is_in_time(day)

    @property
    def made_on(self):
        return date(1970, 1, 1) + timedelta(days=self.day)

    @property
    def last_day(self):
        return self.made_on + timedelta(days=DAYS_HELD - 1)


def today():
    """Return the present day in UTC as an int since 1970-01-01."""
    return int(time.time() // SECONDS_A_DAY)


def name_for(request):
    """Return the cookie's name; browsers take the prefix `__Host-` over HTTPS only."""
    return "__Host-cc" if request.is_secure() else "cc"


def stored(request):
    """Return the Choice in the request's cookie, whether or not it holds; None without one.

    The header is read as it came: Django would take off quotation marks, and the last of
    several cookies of this name. One that is not alone could be anybody's.
    """
    pairs = (pair.strip().partition("=") for pair in request.headers.get("Cookie", "").split(";"))
    values = [value for name, _, value in pairs if name == name_for(request)]
    return Choice.parse(values[0]) if len(values) == 1 else None


def write(response, request, choice):
    """Set the cookie of this Choice on the response."""
    response.set_cookie(
        name_for(request),
        choice.format(),
        max_age=DAYS_HELD * SECONDS_A_DAY,
        secure=request.is_secure(),
        # The page's script reads it, so that pages need not vary by visitor.
        httponly=False,
        samesite="Lax",
    )
