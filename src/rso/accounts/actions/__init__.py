"""Changes to people and seats. The audit stands above this floor and listens to ``account_changed``."""

from __future__ import annotations

from rso.accounts.actions.demonstration import make_sign_in_link, use_sign_in_link
from rso.accounts.actions.exports import note_export
from rso.accounts.actions.leave import answer_as_deputy, end_leave, mark_leave, name_deputy
from rso.accounts.actions.organisations import (
    add_agency,
    add_organisation,
    remove_organisation,
    rename_agency,
    rename_organisation,
)
from rso.accounts.actions.people import invite, invite_again, prefer, set_active, withdraw_invitation
from rso.accounts.actions.providers import admit, note_provider
from rso.accounts.actions.seats import cancel_seat, end_seat, give_seat
from rso.accounts.actions.sessions import end_session, end_sessions
from rso.accounts.signals import AccountsEvent

__all__ = [
    "AccountsEvent",
    "add_agency",
    "add_organisation",
    "admit",
    "answer_as_deputy",
    "cancel_seat",
    "end_leave",
    "end_seat",
    "end_session",
    "end_sessions",
    "give_seat",
    "invite",
    "invite_again",
    "make_sign_in_link",
    "mark_leave",
    "name_deputy",
    "note_export",
    "note_provider",
    "prefer",
    "remove_organisation",
    "rename_agency",
    "rename_organisation",
    "set_active",
    "use_sign_in_link",
    "withdraw_invitation",
]
