from __future__ import annotations

from django.urls import path

from rso.notices.views import pages

app_name = "notices"
urlpatterns = [
    path("", pages.notices, name="notices"),
    path("read/", pages.read_all, name="read-all"),
    path("<int:pk>/open/", pages.open_notice, name="open"),
    path("<int:pk>/read/", pages.read_one, name="read-one"),
    path("wishes/", pages.wishes, name="wishes"),
    path("digest/<str:token>/end/", pages.end_digest, name="end-digest"),
    path("outbox/", pages.outbox, name="outbox"),
    path("outbox/<uuid:pk>/resend/", pages.resend, name="resend"),
]
