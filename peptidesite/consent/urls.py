from django.urls import path

from . import views

app_name = "consent"

urlpatterns = [
    path("consent/", views.choose, name="choose"),
    path("consent/state.css", views.state, name="state"),
    path("cookies/", views.preferences, name="preferences"),
    path(".well-known/gpc.json", views.gpc, name="gpc"),
]
