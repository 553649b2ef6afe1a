from __future__ import annotations

from django.urls import path

from rso.node.gallery.views import subjects

app_name = "gallery"
urlpatterns = [
    path("", subjects.subjects, name="subjects"),
    path("enrol/", subjects.enrol, name="enrol"),
    path("<uuid:pk>/", subjects.subject, name="subject"),
    path("<uuid:pk>/fingers/", subjects.add_fingers, name="add-fingers"),
    path("<uuid:pk>/fingers/<uuid:finger_pk>.png", subjects.finger, name="finger"),
    path("<uuid:pk>/identity/", subjects.identity, name="identity"),
    path("<uuid:pk>/protection/", subjects.protection, name="protection"),
    path("<uuid:pk>/erase/", subjects.erase, name="erase"),
]
