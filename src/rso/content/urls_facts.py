"""Facts of countries: for everybody to read, for members to keep."""

from __future__ import annotations

from django.urls import path

from rso.content.views import facts

app_name = "facts"
urlpatterns = [
    path("", facts.countries, name="countries"),
    path("keep/", facts.keep, name="keep"),
    path("keep/<str:organisation>/add/", facts.add, name="add"),
    path("all/", facts.overseen, name="all"),
    path("one/<int:pk>/", facts.one, name="one"),
    path("one/<int:pk>/change/", facts.change, name="change"),
    path("one/<int:pk>/confirm/", facts.confirm, name="confirm"),
    path("one/<int:pk>/retire/", facts.retire, name="retire"),
    path("<str:organisation>/", facts.country, name="country"),
]
