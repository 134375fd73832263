"""What passes every response on its way out: who asked for the consent, which cookies are
set, and which other origins are allowed."""

import logging

from django.conf import settings
from django.utils.cache import patch_cache_control, patch_vary_headers

from . import cookie, policies
from .categories import NECESSARY
from .declarations import matches
from .models import Declared
from .visitors import Consent

logger = logging.getLogger(__name__)


class UndeclaredCookie(Exception):
    """A response sets a cookie that no policy declares, or that the visitor does not allow."""


def consent(get_response):
    """Give requests their `consent`, and let responses out with what is declared only."""

    def middleware(request):
        request.consent = Consent(request)
        response = get_response(request)
        _keep_what_is_declared(request, response)
        _allow_declared_origins(response)
        if request.consent.was_asked:
            patch_cache_control(response, private=True)
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def _keep_what_is_declared(request, response):
    for key, morsel in list(response.cookies.items()):
        is_deletion = morsel["max-age"] == 0
        if not is_deletion and not _may_set(request, morsel.key):
            problem = f"{request.path} sets {morsel.key}, which is not declared or allowed."
            if settings.UNDECLARED_COOKIES_RAISE:
                raise UndeclaredCookie(problem)
            logger.error(problem)
            del response.cookies[key]
    # Only what goes through response.cookies can be told apart.
    if "Set-Cookie" in response.headers:
        if settings.UNDECLARED_COOKIES_RAISE:
            raise UndeclaredCookie(f"{request.path} sets a cookie by a header of its own.")
        del response.headers["Set-Cookie"]


def _may_set(request, name):
    if name == cookie.name_for(request):
        return True
    policy = policies.in_force()
    categories = {
        declared["category"]
        for declared in (policy.declared if policy else [])
        if declared["kind"] == Declared.Kind.COOKIE and matches(declared["name"], name)
    }
    return NECESSARY in categories or any(map(request.consent.allows, categories))


def _allow_declared_origins(response):
    policy = policies.in_force()
    if policy is None:
        return
    scripts, others = policies.allowed_origins(policy)
    update = {
        "script-src": sorted(scripts),
        **{f"{kind}-src": sorted(others) for kind in ("connect", "img", "frame")},
    }
    update = {directive: origins for directive, origins in update.items() if origins}
    if update:
        response._csp_update = update
