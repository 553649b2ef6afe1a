from __future__ import annotations

from django.urls import path

from rso.accounts.views import (
    account,
    bringing,
    demonstration,
    leave,
    organisations,
    people,
    permissions,
    provider,
    seats,
)

app_name = "accounts"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/export/", bringing.export_people, name="export-people"),
    path("people/import/", bringing.bring, name="bring"),
    path("people/import/template/", bringing.template, name="bring-template"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/", people.invitations, name="invitations"),
    path("people/seats/", seats.on_a_day, name="seats"),
    path("people/seats/export/", seats.export, name="export-seats"),
    path("people/seats/new/", seats.give_seat, name="give-seat"),
    path("people/seats/<int:pk>/end/", seats.end_seat, name="end-seat"),
    path("people/seats/<int:pk>/cancel/", seats.cancel_seat, name="cancel-seat"),
    path("people/<uuid:opaque>/", people.person, name="person"),
    path("people/<uuid:opaque>/invite-again/", people.invite_again, name="invite-again"),
    path("people/<uuid:opaque>/withdraw/", people.withdraw, name="withdraw"),
    path("people/<uuid:opaque>/active/", people.set_active, name="set-active"),
    path("people/<uuid:opaque>/end-sessions/", people.end_sessions, name="end-sessions-of"),
    path("people/<uuid:opaque>/leave/", leave.mark_for, name="mark-leave-for"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.add, name="add-organisation"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/name/", organisations.rename, name="rename-organisation"),
    path("organisations/<int:pk>/agencies/new/", organisations.add_agency, name="add-agency"),
    path("organisations/<int:pk>/agencies/<int:agency>/name/", organisations.rename_agency, name="rename-agency"),
    path("permissions/", permissions.permissions, name="permissions"),
    path("you/", account.you, name="you"),
    path("you/leave/", leave.mark, name="mark-leave"),
    path("leave/<int:pk>/end/", leave.end, name="end-leave"),
    path("leave/<int:pk>/deputy/<int:seat>/", leave.name_deputy, name="name-deputy"),
    path("leave/deputy/<int:pk>/answer/", leave.answer, name="answer-as-deputy"),
    # The way back from a provider stands here before allauth's own route of the same address.
    path("sign-in/sessions/", account.sessions, name="sessions"),
    path("sign-in/sessions/end/", account.end_sessions, name="end-sessions"),
    path("sign-in/oidc/<slug:provider_id>/login/callback/", provider.callback, name="provider-callback"),
    path("sign-in/shown/", account.shown, name="shown"),
    path("demonstration/sign-in/<str:token>/", demonstration.sign_in, name="demonstration-sign-in"),
]
