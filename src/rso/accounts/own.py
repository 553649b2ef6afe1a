"""The permissions of this app itself, with the rules over their subjects. Entered once, from ``AppConfig.ready``."""

from __future__ import annotations

from rso.accounts.holding import GIVEN_BY
from rso.accounts.rules import (
    ADMINISTRATORS,
    LOCAL_ADMINISTRATORS,
    AccountsPermission,
    Actor,
    Role,
    SeatFacts,
    enter,
)

#: Whoever works with the office sees which seats are held on a day; names are shown by a further question.
_SEE_SEATS = frozenset(Role) - {Role.INTERESTED_PARTY} - {Role.OFFICER, Role.EXAMINER, Role.APPROVER}


def _at_own_organisation(actor: Actor, organisation: str) -> str | None:
    """``organisation`` is a code."""
    if actor.holds(*ADMINISTRATORS) or organisation in actor.organisations(*LOCAL_ADMINISTRATORS):
        return None
    return "another-organisation"


def _may_give(actor: Actor, seat: SeatFacts) -> str | None:
    """An organisation's administrator gives and ends a small set of roles, and only there."""
    if actor.holds(*ADMINISTRATORS):
        return None
    own = {held.role for held in actor.seats if held.organisation == seat.organisation} & LOCAL_ADMINISTRATORS
    if not own:
        return "another-organisation"
    return None if any(seat.role in GIVEN_BY[role] for role in own) else "role-not-theirs-to-give"


def enter_own() -> None:
    """The command line makes the first administrator, so the system may do most of it; it looks at nobody."""
    both = ADMINISTRATORS | LOCAL_ADMINISTRATORS
    enter(AccountsPermission.SEE_PEOPLE, both, _at_own_organisation, system=True)
    enter(AccountsPermission.INVITE, both, _at_own_organisation, system=True)
    enter(AccountsPermission.CLOSE, ADMINISTRATORS, system=True)
    enter(AccountsPermission.END_SESSIONS, ADMINISTRATORS, system=True)
    enter(AccountsPermission.SEE_SEATS, _SEE_SEATS, system=True)
    enter(AccountsPermission.CHANGE_SEATS, both, _may_give, system=True)
    enter(AccountsPermission.SEE_ORGANISATIONS, both, _at_own_organisation, system=True)
    enter(AccountsPermission.CHANGE_ORGANISATIONS, ADMINISTRATORS, system=True)
    enter(AccountsPermission.CHANGE_AGENCIES, both, _at_own_organisation, system=True)
