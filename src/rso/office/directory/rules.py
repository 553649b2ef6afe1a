"""What the directory guards, and how dated facts fit together. Reading needs no permission, but for persons' names."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from rso.accounts.rules import Role, enter


class DirectoryPermission(StrEnum):
    LOAD = "directory:facts:load"
    CHANGE = "directory:facts:change"
    SEE_HISTORY = "directory:history:see"
    SEE_PERSONS = "directory:person:see"


class DirectoryEvent(StrEnum):
    LOADED = "directory:facts:loaded"
    CHANGED = "directory:facts:changed"
    EXPORTED = "directory:facts:exported"


#: Officials of the members, and the office: those who may read names and ways to reach a person.
MEMBERS = frozenset({
    Role.MEMBER_OFFICIAL, Role.MEMBER_ADMINISTRATOR, Role.FOCAL_POINT, Role.NATIONAL_TRAINING_DIRECTOR, Role.CO_CHAIR,
    Role.STEERING_GROUP, Role.ADVISORY_GROUP, Role.GROUP_CO_CHAIR, Role.CO_MANAGER, Role.RSO_STAFF,
    Role.OFFICE_ADMINISTRATOR,
})  # fmt: skip
STAFF = frozenset({Role.RSO_STAFF, Role.CO_MANAGER, Role.OFFICE_ADMINISTRATOR})


def enter_own() -> None:
    enter(DirectoryPermission.LOAD, {Role.OFFICE_ADMINISTRATOR}, system=True)
    enter(DirectoryPermission.CHANGE, {Role.OFFICE_ADMINISTRATOR})
    enter(DirectoryPermission.SEE_HISTORY, STAFF)
    enter(DirectoryPermission.SEE_PERSONS, MEMBERS)


Span = tuple[date | None, date | None]
"""From (in it; none: not known, or always) and until (no longer in it; none: still so)."""


def runs_forward(span: Span) -> bool:
    """True unless it ends on or before the day on which it begins."""
    since, until = span
    return since is None or until is None or until > since


def holds(span: Span, day: date) -> bool:
    """True if ``day`` lies in the span."""
    since, until = span
    return (since is None or since <= day) and (until is None or day < until)


def meet(one: Span, other: Span) -> bool:
    """True if the two spans share a day. A span that begins when the other ends shares none with it."""
    begins_before = one[0] is None or other[1] is None or one[0] < other[1]
    ends_after = one[1] is None or other[0] is None or other[0] < one[1]
    return begins_before and ends_after
