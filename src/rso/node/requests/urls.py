from __future__ import annotations

from django.urls import path

from rso.node.requests import views

app_name = "requests"
urlpatterns = [
    path("", views.letters, name="letters"),
    path("new/", views.new, name="new"),
    path("<uuid:pk>/", views.letter, name="letter"),
    path("<uuid:pk>/reply/", views.reply, name="reply"),
    path("<uuid:pk>/refuse/", views.refuse, name="refuse"),
    path("<uuid:pk>/agree/", views.agree, name="agree"),
    path("<uuid:pk>/return/", views.return_draft, name="return"),
]
