from http import HTTPStatus

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from . import categories, cookie
from .forms import PreferencesForm

# The day on which this site said that it honours the signal.
GPC_SINCE = "2026-11-22"
# In bytes; nearly all of it for the address to return to.
LARGEST_FORM = 10_000


@csrf_exempt
@require_POST
@cache_control(no_store=True)
def choose(request):
    if not _is_same_origin(request):
        return _refuse(request, HTTPStatus.FORBIDDEN)
    if not _is_small(request):
        return _refuse(request, HTTPStatus.BAD_REQUEST)
    bits = _chosen_bits(request.POST)
    if bits is None:
        return _refuse(request, HTTPStatus.BAD_REQUEST)

    response = HttpResponseRedirect(_next_page(request))
    response.status_code = HTTPStatus.SEE_OTHER
    cookie.write(response, request, bits)
    return response


@require_safe
@cache_control(private=True, no_store=True)
@vary_on_headers("Cookie", "Sec-GPC")
def preferences(request):
    choice = cookie.read(request)
    allowed = [category.name for category in choice.categories] if choice else []
    context = {
        "choice": choice,
        "gpc": _has_gpc(request),
        "saved": "saved" in request.GET,
        "cookie_name": cookie.name_for(request),
        "days_held": cookie.DAYS_HELD,
        "form": PreferencesForm(initial={"categories": allowed}, label_suffix=""),
    }
    return render(request, "consent/preferences.html", context)


@require_safe
@cache_control(private=True, no_store=True)
@vary_on_headers("Cookie", "Sec-GPC")
def state(request):
    """The banner's visibility as a stylesheet, for browsers without JavaScript."""
    asks = cookie.read(request) is None and not _has_gpc(request)
    return render(request, "consent/state.css", {"asks": asks}, content_type="text/css")


@require_safe
def gpc(request):
    """The support resource of https://www.w3.org/TR/gpc/."""
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE})


def _is_same_origin(request):
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin == f"{request.scheme}://{request.get_host()}"


def _is_small(request):
    length = request.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) <= LARGEST_FORM


def _has_gpc(request):
    return request.headers.get("Sec-GPC") == "1"


def _chosen_bits(data):
    """Return the bits that the posted data asks for, None if this site never offered it."""
    choice = data.get("choice")
    if choice == "accept":
        return categories.ALL
    if choice == "reject":
        return categories.NONE
    form = PreferencesForm(data)
    if choice == "save" and form.is_valid():
        return categories.bits_of(form.cleaned_data["categories"])
    return None


def _next_page(request):
    path = iri_to_uri(request.POST.get("next", ""))
    within_site = path.startswith("/") and url_has_allowed_host_and_scheme(
        path, allowed_hosts=None
    )
    # Below the endpoint itself there is no page to return to.
    return path if within_site and not path.startswith(request.path) else "/"


def _refuse(request, status):
    return render(request, "consent/refused.html", {"status": status}, status=status)
