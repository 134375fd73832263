"""What pages of this very site send, told from what anybody else does.

It stands in for CSRF tokens, which public pages do not have.
"""

from functools import wraps
from http import HTTPStatus

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

LARGEST_BODY = 1_000  # bytes


def is_same_origin(request):
    """Return whether a page of this site, not of a sibling, sent an HttpRequest.

    Browsers say it by Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/), older ones by
    Origin alone.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def is_small(request):
    """Return whether the body of an HttpRequest is said to be at most LARGEST_BODY long."""
    length = request.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) <= LARGEST_BODY


def beacon(category):
    """Make a view for what a script of a consent category (str) sends by sendBeacon.

    The view takes the request and the response, 204 without a body, on which it may set a
    cookie. It is asked only where the visitor allows the category; otherwise the answer is
    403, and 400 to a body that no script of ours sends.
    """

    def decorate(view):
        @csrf_exempt
        @require_POST
        @cache_control(no_store=True)
        @wraps(view)
        def answered(request):
            if not is_same_origin(request) or not request.consent.allows(category):
                return HttpResponse(status=HTTPStatus.FORBIDDEN)
            if not is_small(request):
                return HttpResponse(status=HTTPStatus.BAD_REQUEST)
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
            view(request, response)
            return response

        return answered

    return decorate
