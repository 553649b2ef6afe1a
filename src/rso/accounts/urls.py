from __future__ import annotations

from django.urls import path

from rso.accounts.views import demonstration, organisations, people

app_name = "accounts"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:opaque>/", people.person, name="person"),
    path("people/<uuid:opaque>/invite-again/", people.invite_again, name="invite-again"),
    path("people/<uuid:opaque>/active/", people.set_active, name="set-active"),
    path("people/seats/new/", people.give_seat, name="give-seat"),
    path("people/seats/<int:pk>/end/", people.end_seat, name="end-seat"),
    path("people/seats/<int:pk>/cancel/", people.cancel_seat, name="cancel-seat"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.add, name="add-organisation"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/name/", organisations.rename, name="rename-organisation"),
    path("organisations/<int:pk>/agencies/new/", organisations.add_agency, name="add-agency"),
    path("organisations/<int:pk>/agencies/<int:agency>/name/", organisations.rename_agency, name="rename-agency"),
    path("permissions/", people.permissions, name="permissions"),
    path("demonstration/sign-in/<str:token>/", demonstration.sign_in, name="demonstration-sign-in"),
]
