import logging
from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from peptidesite.incoming import is_same_origin, is_small

from . import categories, choosing, cookie, policies, rates, receipts, visitors, withdrawal
from .forms import PreferencesForm
from .models import Policy, Wording

logger = logging.getLogger(__name__)

# The day on which this site said that it honours the signal.
GPC_SINCE = "2026-11-22"
LONGEST_WAY_BACK = 500  # letters


@csrf_exempt
@require_POST
@cache_control(no_store=True)
def choose(request):
    if not is_same_origin(request):
        return _refuse(request, HTTPStatus.FORBIDDEN)
    if not is_small(request):
        return _refuse(request, HTTPStatus.BAD_REQUEST)
    bits = _chosen_bits(request)
    if bits is None:
        return _refuse(request, HTTPStatus.BAD_REQUEST)
    stored, held = cookie.stored(request), visitors.held(request)
    address = visitors.address(request)
    try:
        choice = choosing.choose(bits, stored=stored, held=held, address=address)
    except choosing.TooManyGrants:
        return _refuse(request, HTTPStatus.TOO_MANY_REQUESTS)
    except choosing.NotStored:
        return _refuse(request, HTTPStatus.SERVICE_UNAVAILABLE)

    response = HttpResponseRedirect(_next_page(request))
    response.status_code = HTTPStatus.SEE_OTHER
    cookie.write(response, request, choice)
    withdrawal.delete_cookies(response, request, choice.bits)
    return response


@require_safe
@cache_control(private=True, no_store=True)
@vary_on_headers("Cookie", "Sec-GPC")
def preferences(request):
    policy = policies.in_force()
    if policy is None:
        return _refuse(request, HTTPStatus.SERVICE_UNAVAILABLE)
    choice = visitors.held(request)
    context = {
        "policy": policy,
        "choice": choice,
        "allowed": categories.in_bits(choice.bits) if choice else [],
        "news": visitors.news_for(request),
        "gpc": visitors.has_gpc(request),
        "saved": "saved" in request.GET,
        "form": PreferencesForm.of(policy, choice),
    }
    return render(request, "consent/preferences.html", context)


@require_safe
@cache_control(private=True, no_store=True)
@vary_on_headers("Cookie", "Sec-GPC")
def state(request):
    """The banner's visibility as a stylesheet, for browsers without JavaScript."""
    asks = visitors.held(request) is None and not visitors.has_gpc(request)
    context = {"asks": asks, "news": len(visitors.news_for(request))}
    return render(request, "consent/state.css", context, content_type="text/css")


@require_safe
def policy(request, number):
    """A policy as it was published, for ever."""
    published = get_object_or_404(Policy, number=number)
    said = published.said
    return render(request, "consent/policy.html", {"published": published, "policy": said})


@require_safe
def snapshot(request, number):
    """The bytes that a policy's SHA-256 is over."""
    published = get_object_or_404(Policy, number=number)
    return HttpResponse(published.snapshot, content_type="application/json")


@require_safe
@cache_control(public=True, max_age=300)
def declared(request):
    """What services keep in the browser, for the script that takes it back."""
    policy = policies.in_force()
    optional = [
        [categories.BITS[kept["category"]], kept["kind"], kept["name"], kept["path"]]
        for kept in (policy.declared if policy else [])
        if kept["category"] in categories.BITS
    ]
    return JsonResponse(optional, safe=False)


@require_safe
@cache_control(private=True, no_store=True)
@vary_on_headers("Cookie")
def receipt(request):
    """The receipts of the consent in the visitor's own cookie."""
    choice = cookie.stored(request)
    found = receipts.of_consent(choice.record_id if choice else None, request)
    if not found:
        raise Http404("There is no record of a consent in this browser.")
    response = JsonResponse(found, safe=False, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="consent-receipt.json"'
    return response


@require_safe
@cache_control(private=True, no_store=True)
def public_rates(request):
    """The consent rates, where editors made them public; kept by no cache, so that they agree
    with those at the desk."""
    if not Wording.objects.filter(rates_are_public=True).exists():
        raise Http404("The consent rates of this site are not public.")
    return render(request, "consent/rates.html", rates.page(request.GET.get("days")))


@require_safe
def gpc(request):
    """The support resource of https://www.w3.org/TR/gpc/."""
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE})


def _chosen_bits(request):
    """Return the bits that the posted form asks for, None if this site never offered it."""
    choice = request.POST.get("choice")
    if choice == "accept":
        return categories.ALL
    if choice == "reject":
        return categories.NONE
    form = PreferencesForm(request.POST)
    if choice not in ("save", "allow") or not form.is_valid():
        return None
    bits = categories.bits_of(form.cleaned_data["categories"])
    held = visitors.held(request)
    # Next to an embed one category is allowed, and the others stay as they are.
    return bits | held.bits if choice == "allow" and held else bits


def _next_page(request):
    """Return where the form was sent from, if that is on this site, else the home page."""
    path = iri_to_uri(request.POST.get("next", ""))
    before, _, query = request.headers.get("Referer", "").partition("?")
    if query and before == request.build_absolute_uri("/")[:-1] + path:
        # Pages are the same whatever their query, so only the browser knows it.
        path = iri_to_uri(f"{path}?{query}")
    within_site = path.startswith("/") and url_has_allowed_host_and_scheme(
        path, allowed_hosts=None
    )
    # Below the endpoint itself there is no page to return to.
    return path if within_site and not path.startswith(request.path) else "/"


def _refuse(request, status):
    response = render(request, "consent/refused.html", {"status": status}, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "60"
    return response
