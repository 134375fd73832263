"""The site with one page more, which shows a video of another site."""

from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from peptidesite.urls import *  # noqa: F403
from peptidesite.urls import urlpatterns as site

PAGE = """
{% extends "base.html" %}{% load consent %}
{% block content %}
  <h1>A video</h1>
  {% consent "video" "https://video.example.org/watch/1" "How it is made" %}
    <iframe src="https://video.example.org/embed/1" title="How it is made"></iframe>
  {% endconsent %}
{% endblock %}
"""


def video(request):
    return HttpResponse(Template(PAGE).render(RequestContext(request)))


urlpatterns = [*site, path("video/", video)]
