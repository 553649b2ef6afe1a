"""Whose a text is, and which of these somebody is. The keys are an agreement between the apps.

======================== ==================================================================================
``public``               everybody
``signed-in``            anybody with an account
``members``              whoever holds a seat at a member (state, territory or organisation), or at the office
``staff``                whoever works at the office: RSO staff, secondees, Co-Managers, office administrators
``org:CODE``             whoever holds a seat at that organisation, and nobody else
``group:CODE``           whoever holds a seat for that subject: a working group, what a focal point is for
``seat:ROLE:CODE``       whoever holds that role at that organisation
``may:PERMISSION``       whoever the one table gives that permission, for what it shows to all of these alike
======================== ==================================================================================
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, Role, decide, table
from rso.search.entries import PUBLIC

SIGNED_IN: Final = "signed-in"
MEMBERS: Final = "members"
STAFF: Final = "staff"
STAFF_ROLES: Final = frozenset({Role.RSO_STAFF, Role.SECONDEE, Role.CO_MANAGER, Role.OFFICE_ADMINISTRATOR})
_MEMBER_KINDS: Final = (
    Organisation.Kind.STATE.value,
    Organisation.Kind.MEMBER_ORGANISATION.value,
    Organisation.Kind.OFFICE.value,
)


def of_organisation(code: str) -> str:
    """Those with a seat at an organisation."""
    return f"org:{code}"


def of_group(code: str) -> str:
    """Those with a seat for a subject, as a working group."""
    return f"group:{code}"


def of_seat(role: Role, code: str) -> str:
    """Those with one role at one organisation."""
    return f"seat:{role.value}:{code}"


def of_permission(permission: str) -> str:
    """Those to whom the table gives ``permission``: for what it shows to all of them alike, whatever the subject."""
    return f"may:{permission}"


def audiences_of(actor: Actor) -> frozenset[str]:
    """Every audience that ``actor`` is of now. A seat that ended is no seat of theirs, from the next request on.

    It asks the database nothing: a page may ask as often as it has to.
    """
    at_members = any(seat.kind in _MEMBER_KINDS for seat in actor.seats)
    allowed = [permission for permission in table() if actor.signed_in and decide(actor, permission).allowed]
    return audiences(actor, at_members=at_members, allowed=allowed)


def audiences(actor: Actor, *, at_members: bool, allowed: Collection[str]) -> frozenset[str]:
    """The same, pure: ``at_members`` tells of a seat at a member or the office, ``allowed`` what the table gives."""
    if not actor.signed_in:
        return frozenset({PUBLIC})
    found = {PUBLIC, SIGNED_IN} | {of_permission(permission) for permission in allowed}
    if at_members:
        found.add(MEMBERS)
    if actor.holds(*STAFF_ROLES):
        found.add(STAFF)
    for seat in actor.seats:
        found |= {of_organisation(seat.organisation), of_seat(seat.role, seat.organisation)}
        if seat.subject:
            found.add(of_group(seat.subject))
    return frozenset(found)
