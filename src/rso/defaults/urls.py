from __future__ import annotations

from django.urls import path

from rso.defaults import views

app_name = "defaults"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("<str:name>/", views.setting, name="setting"),
    path("<str:name>/restore/", views.restore, name="restore"),
]
