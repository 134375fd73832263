from itertools import groupby

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from . import reading
from .models import Revision, Topic


@require_safe
def home(request):
    recent = Revision.objects.published().select_related("monograph").order_by("-published_at")
    context = {"recent": recent[:5], "topics": Topic.objects.with_published()}
    return render(request, "monographs/home.html", context)


@require_safe
def index(request):
    revisions = Revision.objects.published().by_title().select_related("monograph")
    letters = [
        (letter, list(group))
        for letter, group in groupby(revisions, lambda revision: revision.title[0].upper())
    ]
    return render(request, "monographs/index.html", {"letters": letters})


@require_safe
def detail(request, slug):
    shown = Revision.objects.shown().select_related("monograph").filter(monograph__slug=slug)
    revision = get_object_or_404(shown[:1])
    return render(request, "monographs/detail.html", reading.page(revision))


@require_safe
def topic(request, slug):
    topic = get_object_or_404(Topic, slug=slug)
    revisions = Revision.objects.published().by_title().filter(topics=topic)
    context = {"topic": topic, "revisions": revisions.select_related("monograph")}
    return render(request, "monographs/topic.html", context)
