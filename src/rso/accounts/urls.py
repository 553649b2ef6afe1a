from __future__ import annotations

from django.urls import path

from rso.accounts.views import demonstration, people

app_name = "accounts"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:opaque>/", people.person, name="person"),
    path("people/<uuid:opaque>/invite-again/", people.invite_again, name="invite-again"),
    path("people/<uuid:opaque>/active/", people.set_active, name="set-active"),
    path("people/seats/new/", people.give_seat, name="give-seat"),
    path("people/seats/<int:pk>/end/", people.end_seat, name="end-seat"),
    path("permissions/", people.permissions, name="permissions"),
    path("demonstration/sign-in/<str:token>/", demonstration.sign_in, name="demonstration-sign-in"),
]
