"""Who may do what: one decision function over one table of ``scope:resource:action``.

Permissions hang on seat (role at an organisation or agency, with a term), never on nationality. Each app
enters its permissions here from its ``AppConfig.ready``; pages, API, search, feeds, mail, export and command
line all ask :func:`decide`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from rso.base.errors import RsoError


class Role(StrEnum):
    """What a seat lets its holder do. The names are the RSO's and the exchange's own."""

    # the office
    CO_MANAGER = "co-manager"
    STEERING_GROUP = "steering-group"
    RSO_STAFF = "rso-staff"
    OFFICE_ADMINISTRATOR = "office-administrator"
    MEMBER_OFFICIAL = "member-official"
    MEMBER_ADMINISTRATOR = "member-administrator"
    INTERESTED_PARTY = "interested-party"
    PARTY_ADMINISTRATOR = "party-administrator"
    CO_CHAIR = "co-chair"
    ADVISORY_GROUP = "advisory-group"
    GROUP_CO_CHAIR = "group-co-chair"
    FOCAL_POINT = "focal-point"
    NATIONAL_TRAINING_DIRECTOR = "national-training-director"
    SECONDEE = "secondee"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    TRANSLATOR = "translator"
    NATIONAL_REVIEWER = "national-reviewer"
    # a member's node
    OFFICER = "officer"
    PROTECTION_OFFICER = "protection-officer"
    EXAMINER = "examiner"
    APPROVER = "approver"
    AUDITOR = "auditor"
    NODE_ADMINISTRATOR = "node-administrator"
    # the relay
    RELAY_STAFF = "relay-staff"


@dataclass(frozen=True)
class SeatFacts:
    """A seat as a decision needs it: a role at an organisation (its code), perhaps at an agency of it, perhaps for one
    language (BCP 47) or one subject (the code of a body, or of what a focal point is for)."""

    role: Role
    organisation: str
    agency: str = ""
    language: str = ""
    subject: str = ""
    #: The kind of the organisation, where it is known; two seats do not differ by it.
    kind: str = field(default="", compare=False)


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a person with the seats held at this moment, or a named part of the system itself.

    ``opaque`` stands for the person in the chained audit, which holds no names. ``stands_in_for`` are the persons
    whose seats are among ``seats`` because this actor is their deputy today: the audit names them in every row.
    """

    opaque: UUID
    user_id: int | None = None
    seats: frozenset[SeatFacts] = frozenset()
    system: str = ""
    stands_in_for: frozenset[UUID] = frozenset()

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def person(self) -> int:
        """The key of the account, for a row that a person leaves; raises :class:`NotAllowed` for anybody else."""
        if self.user_id is None:
            raise NotAllowed("accounts:person:be", "not-signed-in")
        return self.user_id

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(seat.role for seat in self.seats)

    def holds(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def only_at(self, organisation: str) -> Actor:
        """The same actor with the seats at one organisation alone."""
        return replace(self, seats=frozenset(seat for seat in self.seats if seat.organisation == organisation))

    def organisations(self, *roles: Role) -> frozenset[str]:
        """Codes of the organisations at which any of ``roles`` (all roles where none is named) is held."""
        return frozenset(seat.organisation for seat in self.seats if not roles or seat.role in roles)

    def languages(self, *roles: Role) -> frozenset[str]:
        """The languages for which any of ``roles`` is held."""
        return frozenset(seat.language for seat in self.seats if seat.language and seat.role in roles)

    def subjects(self, *roles: Role) -> frozenset[str]:
        """The subjects (bodies, or what a focal point is for) in which any of ``roles`` is held."""
        return frozenset(seat.subject for seat in self.seats if seat.subject and seat.role in roles)


ANONYMOUS = Actor(opaque=UUID(int=0))


def system_actor(name: str) -> Actor:
    """The actor of work that no person asked for at that moment, as a sweep or an inbound message."""
    return Actor(opaque=UUID(int=1), system=name)


@dataclass(frozen=True)
class Decision:
    """Yes or no, and the code of the reason."""

    allowed: bool
    reason: str


class NotAllowed(RsoError):
    """The actor may not do this; ``reason`` is a code of the table."""

    def __init__(self, permission: str, reason: str) -> None:
        super().__init__("not-allowed", f"This needs the permission {permission} ({reason}).")
        self.permission = permission
        self.reason = reason


#: A finer rule over the subject: ``None`` allows, a code refuses and says why.
Rule = Callable[[Actor, Any], str | None]


@dataclass(frozen=True)
class Entry:
    """A row of the table."""

    permission: str
    roles: frozenset[Role]
    rule: Rule | None
    system: bool


_SHAPE = re.compile(r"[a-z]+(-[a-z]+)*(:[a-z]+(-[a-z]+)*){2}")
_TABLE: dict[str, Entry] = {}


def enter(permission: str, roles: Iterable[Role], rule: Rule | None = None, *, system: bool = False) -> None:
    """Enters a permission: the roles that open it, and a finer ``rule`` over the subject, asked after them.

    ``system`` lets the system's own actors through. Entering the same name twice is a defect.
    """
    if not _SHAPE.fullmatch(permission):
        raise ValueError(f"{permission!r} is not of the form scope:resource:action")
    if permission in _TABLE:
        raise ValueError(f"{permission} is entered twice")
    _TABLE[str(permission)] = Entry(str(permission), frozenset(roles), rule, system)


def table() -> dict[str, Entry]:
    """A copy of the whole table, for the page that shows it and for the tests that walk it."""
    return dict(_TABLE)


def decide(actor: Actor, permission: str, subject: Any = None) -> Decision:
    """May ``actor`` do this to ``subject``? An unknown permission is a defect and raises ``KeyError``."""
    entry = _TABLE[str(permission)]
    if actor.system:
        return Decision(entry.system, "system" if entry.system else "not-for-the-system")
    if not actor.signed_in:
        return Decision(False, "not-signed-in")
    if not actor.holds(*entry.roles):
        return Decision(False, "no-seat-with-this-role")
    refusal = entry.rule(actor, subject) if entry.rule is not None and subject is not None else None
    return Decision(refusal is None, refusal or "seat")


def require(actor: Actor, permission: str, subject: Any = None) -> None:
    """Raises :class:`NotAllowed` unless :func:`decide` allows."""
    decision = decide(actor, permission, subject)
    if not decision.allowed:
        raise NotAllowed(str(permission), decision.reason)


class AccountsPermission(StrEnum):
    """What this app itself guards."""

    SEE_PEOPLE = "accounts:person:see"
    INVITE = "accounts:person:invite"
    CLOSE = "accounts:person:close"
    END_SESSIONS = "accounts:session:end"
    SEE_SEATS = "accounts:seat:see"
    CHANGE_SEATS = "accounts:seat:change"
    SEE_ORGANISATIONS = "accounts:organisation:see"
    CHANGE_ORGANISATIONS = "accounts:organisation:change"
    CHANGE_AGENCIES = "accounts:agency:change"


#: Whoever runs a deployment, and whoever runs one organisation's part of the office.
ADMINISTRATORS = frozenset({Role.OFFICE_ADMINISTRATOR, Role.NODE_ADMINISTRATOR, Role.RELAY_STAFF})
LOCAL_ADMINISTRATORS = frozenset({Role.MEMBER_ADMINISTRATOR, Role.PARTY_ADMINISTRATOR})
