from __future__ import annotations

from django.urls import path, re_path

from rso.office.intake.views import public, queue

app_name = "intake"
urlpatterns = [
    path("work-with-us/", public.ways, name="ways"),
    path("work-with-us/sent/", public.sent, name="sent"),
    path("work-with-us/confirm/<str:token>/", public.confirm, name="confirm"),
    path("work-with-us/<slug:way>/", public.write, name="write"),
    path("enquiries/", queue.queue, name="queue"),
    path("enquiries/<uuid:pk>/", queue.enquiry, name="enquiry"),
    re_path(r"^enquiries/(?P<pk>[0-9a-f-]{36})/(?P<move>take|release|answer|decline|reopen)/$", queue.act, name="act"),
]
