from __future__ import annotations

from django.urls import path

from rso.office.intake.views import public, queue

app_name = "intake"
urlpatterns = [
    path("work-with-us/", public.ways, name="ways"),
    path("work-with-us/sent/", public.sent, name="sent"),
    path("work-with-us/confirm/<str:token>/", public.confirm, name="confirm"),
    path("work-with-us/<slug:way>/", public.write, name="write"),
    path("enquiries/", queue.queue, name="queue"),
    path("enquiries/<uuid:pk>/", queue.enquiry, name="enquiry"),
    path("enquiries/<uuid:pk>/<slug:move>/", queue.act, name="act"),
    path("my-enquiries/", public.mine, name="mine"),
    path("my-enquiries/<uuid:pk>/", public.mine_one, name="mine-one"),
]
