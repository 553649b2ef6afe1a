from __future__ import annotations

from django.urls import path

from rso.office.intake.views import following, making, public, queue

app_name = "intake"
urlpatterns = [
    path("work-with-us/", public.ways, name="ways"),
    path("work-with-us/sent/", public.sent, name="sent"),
    path("work-with-us/confirm/<str:token>/", public.confirm, name="confirm"),
    path("work-with-us/<slug:way>/", public.write, name="write"),
    path("enquiries/", queue.queue, name="queue"),
    path("enquiries/table.csv", queue.table, name="table"),
    path("enquiries/erased/", queue.retention, name="retention"),
    path("enquiries/<uuid:pk>/", queue.enquiry, name="enquiry"),
    path("enquiries/<uuid:pk>/<slug:move>/", queue.act, name="act"),
    path("enquiries/<uuid:pk>/make/organisation/", making.organisation, name="make-organisation"),
    path("enquiries/<uuid:pk>/make/secondment/", making.secondment, name="make-secondment"),
    path("enquiries/<uuid:pk>/make/listing/", making.listing, name="make-listing"),
    path("enquiries/<uuid:pk>/became/<int:outcome>/undo/", making.undo, name="undo"),
    path("secondments/", following.secondments, name="secondments"),
    path("secondments/table.csv", following.secondments_table, name="secondments-table"),
    path("secondments/<uuid:pk>/", following.secondment, name="secondment"),
    path("secondments/<uuid:pk>/edit/", following.edit_secondment, name="edit-secondment"),
    path("secondments/<uuid:pk>/move/", following.move_secondment, name="move-secondment"),
    path("listings/", following.listings, name="listings"),
    path("listings/table.csv", following.listings_table, name="listings-table"),
    path("listings/<uuid:pk>/", following.listing, name="listing"),
    path("listings/<uuid:pk>/edit/", following.edit_listing, name="edit-listing"),
    path("listings/<uuid:pk>/<slug:move>/", following.act_on_listing, name="act-on-listing"),
    path("my-enquiries/", public.mine, name="mine"),
    path("my-enquiries/<uuid:pk>/", public.mine_one, name="mine-one"),
]
