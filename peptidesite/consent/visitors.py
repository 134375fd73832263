"""What the visitor of a request allows."""

from django.conf import settings

from . import categories, cookie, policies


class Consent:
    """The choice that came with a request; whoever asks it makes the response private."""

    def __init__(self, request):
        self._request = request
        self.was_asked = False

    def allows(self, category):
        """Say whether the visitor allows the category of this name."""
        self.was_asked = True
        choice = held(self._request)
        allowed = categories.in_bits(choice.bits) if choice else []
        return category in (categories.NECESSARY, *allowed)


def held(request):
    """Return the Choice in the request that holds today, or None if still undecided."""
    choice = cookie.stored(request)
    holds = choice is not None and choice.holds_on(cookie.today(), policies.in_force())
    return choice if holds else None


def has_gpc(request):
    """Say whether the browser sends Global Privacy Control (https://www.w3.org/TR/gpc/)."""
    return request.headers.get("Sec-GPC") == "1"


def news_for(request):
    """Return the texts that are new to a visitor whose grant a later policy made void."""
    return news_of(cookie.stored(request), cookie.today(), policies.in_force())


def news_of(choice, day, policy):
    """Return the same for a Choice (or None) on a day, under an InForce (or None)."""
    if not (choice and policy and choice.bits and choice.is_in_time(day)):
        return []
    return policy.news_since(choice.policy)


def address(request):
    """Return the IP address (str) that a request comes from, behind as many proxies as the
    setting PROXIES says; each adds the address it was asked from to `X-Forwarded-For`."""
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.PROXIES <= len(passed):
        return passed[-settings.PROXIES].strip()
    return request.META.get("REMOTE_ADDR", "")
