"""The site with one page more, which does something that is not declared."""

from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from peptidesite.urls import *  # noqa: F403
from peptidesite.urls import urlpatterns as site

PAGE = """
{% extends "base.html" %}
{% block content %}
  <h1>Planted</h1>{{ markup|safe }}<script src="/planted.js"></script>
{% endblock %}
"""
planted = {"script": "", "markup": "", "cookie": ""}


def page(request):
    context = RequestContext(request, {"markup": planted["markup"]})
    response = HttpResponse(Template(PAGE).render(context))
    if planted["cookie"]:
        response.set_cookie(planted["cookie"], "1", httponly=True)
    return response


def script(request):
    return HttpResponse(planted["script"], content_type="text/javascript")


urlpatterns = [*site, path("planted/", page), path("planted.js", script)]
