from functools import wraps
from itertools import groupby

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from . import addresses, alphabet, content, reading
from . import search as finding
from .models import READABLE_STATES, Revision, Topic
from .paging import page
from .versions import current_version, versions_of

MOVED_FOR = 60 * 60
# Whoever goes back to it, and a cache in front, need not ask again.
SEARCH_KEPT_FOR = 30
# Putting it together takes longer than running it.
SHOWN = reading.whole(Revision.objects.shown())


def also_from_former_addresses(view):
    """Lead who asks for a page of a monograph at a former address to where it is now."""

    @wraps(view)
    def found(request, slug, **place):
        try:
            return view(request, slug, **place)
        except Http404:
            monograph = addresses.moved_from(slug)
            if monograph is None:
                raise
        page = reverse(request.resolver_match.view_name, args=[monograph.slug, *place.values()])
        query = request.META["QUERY_STRING"]
        response = HttpResponsePermanentRedirect(f"{page}?{query}" if query else page)
        # Browsers would keep it for good, but another monograph may be here one day.
        patch_cache_control(response, max_age=MOVED_FOR)
        return response

    return found


@require_safe
def home(request):
    recent = Revision.objects.published().for_list().order_by("-published_at")
    context = {"recent": recent[:5], "topics": Topic.objects.with_published()}
    return render(request, "monographs/home.html", context)


@require_safe
def index(request):
    """All monographs, or the letters that they begin with where they are too many for a page."""
    revisions, is_more = page(_entries(), number=1)
    if is_more:
        context = {"initials": alphabet.initials()}
    else:
        by_letter = groupby(revisions, lambda revision: revision.initial)
        letters = [(letter, list(group)) for letter, group in by_letter]
        context = {
            "letters": letters,
            "initials": [letter for letter, _ in letters],
            "here": True,
        }
    return render(request, "monographs/index.html", context)


@require_safe
def letter(request, letter, number=1):
    # No database takes the character NUL.
    found = letter != "\0" and page(_entries().filter(initial=letter), number)
    revisions, is_more = found or ([], False)
    if not revisions:
        raise Http404("No title begins with it.")
    context = {
        "letter": letter,
        "initials": alphabet.initials(),
        "revisions": revisions,
        "is_more": is_more,
        "number": number,
        "first_page": reverse("monographs:letter", args=[letter]),
    }
    return render(request, "monographs/letter.html", context)


@require_safe
@also_from_former_addresses
def detail(request, slug):
    revision = get_object_or_404(SHOWN.filter(monograph__slug=slug)[:1])
    return render(request, "monographs/detail.html", reading.page(revision))


@require_safe
@also_from_former_addresses
def version(request, slug, number):
    revision = get_object_or_404(versions_of(slug), number=number)
    context = {**reading.page(revision), "current": current_version(revision)}
    return render(request, "monographs/version.html", context)


@require_safe
@also_from_former_addresses
def versions(request, slug):
    revisions = list(versions_of(slug).without_text().prefetch_related("notices"))
    if not revisions:
        raise Http404("No text of this monograph was ever public.")
    context = {"versions": revisions, "current": current_version(revisions[0])}
    return render(request, "monographs/versions.html", context)


@require_safe
@also_from_former_addresses
def version_text(request, slug, number):
    """The bytes whose SHA-256 is the digest of a text that readers were given."""
    revision = get_object_or_404(
        Revision, monograph__slug=slug, number=number, state__in=READABLE_STATES
    )
    text = content.canonical_text(revision.text)
    return HttpResponse(text, content_type="application/json")


@require_safe
def topic(request, slug, number=1):
    topic = get_object_or_404(Topic, slug=slug)
    revisions, is_more = page(_entries().filter(topics=topic), number)
    context = {
        "topic": topic,
        "revisions": revisions,
        "is_more": is_more,
        "number": number,
        "first_page": topic.get_absolute_url(),
    }
    return render(request, "monographs/topic.html", context)


def _entries():
    return Revision.objects.published().by_title().for_list().with_initial()


@require_safe
def search(request):
    """Published monographs by their words; a plain form, and the same for everyone."""
    query = request.GET.get("q", "").strip()
    start = request.GET.get("from", "")
    start = int(start) if len(start) < 6 and start.isdecimal() else 0
    context = {"query": query, "first": start + 1, "next": start + finding.PAGE}
    if len(query) > finding.MOST_LETTERS:
        context["message"] = (
            f"This has more than {finding.MOST_LETTERS} letters. Search for a few words of it."
        )
    elif query and not finding.has_words(query):
        context["message"] = "Search for letters or digits, such as a name or a CAS number."
    else:
        context["found"] = finding.search(query, start)
    response = render(request, "monographs/search.html", context)
    patch_cache_control(response, public=True, max_age=SEARCH_KEPT_FOR)
    return response
