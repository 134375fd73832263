"""The least that Django can do: answer by a view, without middleware, with bytes that it has."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import re_path

from .floor_wsgi import BODY, TYPE


def page(request):
    return HttpResponse(BODY, content_type=TYPE)


urlpatterns = [re_path("", page)]
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="bench", MIDDLEWARE=[])
django.setup()
application = WSGIHandler()
