from __future__ import annotations

from django.urls import path

from rso.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.living_page, name="living"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
]
