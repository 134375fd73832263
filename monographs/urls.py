from django.urls import path

from . import views

app_name = "monographs"

urlpatterns = [
    path("", views.home, name="home"),
    path("monographs/", views.index, name="index"),
    path("monographs/<slug:slug>/", views.detail, name="detail"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
]
