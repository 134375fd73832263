from django.urls import path

from . import views

app_name = "consent"

urlpatterns = [
    path("consent/", views.choose, name="choose"),
    path("consent/state.css", views.state, name="state"),
    path("consent/declared.json", views.declared, name="declared"),
    path("consent/receipt.json", views.receipt, name="receipt"),
    path("cookies/", views.preferences, name="preferences"),
    path("cookies/rates/", views.public_rates, name="rates"),
    path("cookies/v/<int:number>/", views.policy, name="policy"),
    path("cookies/v/<int:number>.json", views.snapshot, name="snapshot"),
    path(".well-known/gpc.json", views.gpc, name="gpc"),
]
