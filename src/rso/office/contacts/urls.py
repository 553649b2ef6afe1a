from __future__ import annotations

from django.urls import path

from rso.office.contacts.views import copies, focal_points, keeping, members, subjects

app_name = "contacts"
urlpatterns = [
    path("focal-points/", focal_points.focal_points, name="focal-points"),
    path("focal-points/cards.vcf", focal_points.cards, name="cards"),
    path("focal-points/copy/", copies.copy, name="copy"),
    path("focal-points/copy/file/", copies.file, name="copy-file"),
    path("focal-points/subjects/", subjects.subjects, name="subjects"),
    path("focal-points/subjects/new/", subjects.enter, name="enter-subject"),
    path("focal-points/subjects/<int:pk>/", subjects.change, name="change-subject"),
    path("focal-points/new/", keeping.enter, name="enter"),
    path("focal-points/<int:pk>/", focal_points.focal_point, name="focal-point"),
    path("focal-points/<int:pk>/card.vcf", focal_points.card, name="card"),
    path("focal-points/<int:pk>/change/", keeping.change, name="change"),
    path("focal-points/<int:pk>/<slug:move>/", keeping.move, name="move"),
    path("my-member/", members.member, name="member"),
    path("my-member/confirm/", members.confirm, name="confirm-all"),
]
