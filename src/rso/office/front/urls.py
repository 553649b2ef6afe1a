from __future__ import annotations

from django.urls import path

from rso.office.front.views import finding, pages

app_name = "front"
urlpatterns = [
    path("", pages.home, name="home"),
    path("about/", pages.about, name="about"),
    path("members/", pages.members, name="members"),
    path("resources/", pages.resources, name="resources"),
    path("search/", finding.search, name="search"),
]
