from django.urls import path
from django.views.decorators.http import require_safe

from . import expert_views, feeds, views

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
    path("letters/<str:letter>/", views.letter, name="letter"),
    path("letters/<str:letter>/<int:number>/", views.letter, name="letter"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("topics/<slug:slug>/<int:number>/", views.topic, name="topic"),
    path("search/", views.search, name="search"),
    path("feed/", require_safe(feeds.News()), name="feed"),
    path("opinions/<path:token>", expert_views.opinion, name="opinion"),
]
