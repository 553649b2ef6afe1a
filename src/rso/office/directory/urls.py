from __future__ import annotations

from django.urls import path

from rso.office.directory.views import keeping, posts, sheets

app_name = "directory"
urlpatterns = [
    path("posts/", posts.posts, name="posts"),
    path("directory/", keeping.start, name="start"),
    path("directory/shipped/", keeping.shipped, name="shipped"),
    path("directory/shipped/load/", keeping.load_shipped, name="load"),
    path("directory/groups/<int:pk>/merge/", keeping.merge, name="merge"),
    path("directory/<slug:kind>/", keeping.rows, name="rows"),
    path("directory/<slug:kind>/new/", keeping.enter, name="enter"),
    path("directory/<slug:kind>/export.<str:ending>", sheets.export, name="export"),
    path("directory/<slug:kind>/import/", sheets.take_in, name="import"),
    path("directory/<slug:kind>/<int:pk>/", keeping.row, name="row"),
    path("directory/<slug:kind>/<int:pk>/correct/", keeping.correct, name="correct"),
    path("directory/<slug:kind>/<int:pk>/follow/", keeping.follow, name="follow"),
    path("directory/<slug:kind>/<int:pk>/<slug:move>/", keeping.move, name="move"),
]
