from django.urls import path

from . import views

app_name = "monographs"

urlpatterns = [
    path("", views.home, name="home"),
    path("monographs/", views.index, name="index"),
    path("monographs/<slug:slug>/", views.detail, name="detail"),
    path("monographs/<slug:slug>/versions/", views.versions, name="versions"),
    path("monographs/<slug:slug>/versions/<int:number>/", views.version, name="version"),
    path(
        "monographs/<slug:slug>/versions/<int:number>/text.json",
        views.version_text,
        name="version_text",
    ),
    path("topics/<slug:slug>/", views.topic, name="topic"),
]
