"""Where a role can be held, who may give it, and whether a deputy may act in it. Tables only: no Django, no query.

Nothing here asks for a nationality: an organisation's kind and a role are all that a seat hangs on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from rso.accounts.rules import ADMINISTRATORS, Actor, Role

#: Kinds of ``Organisation.Kind`` by what they are to the office.
MEMBERS = frozenset({"state", "member-organisation"})
PARTIES = frozenset({"observer", "ngo", "academy", "company", "provider"})
OFFICE = frozenset({"office"})

#: Roles that are held for one language, and for one subject (a body, or what a focal point is for).
LANGUAGE_ROLES = frozenset({Role.TRANSLATOR, Role.NATIONAL_REVIEWER})
SUBJECT_ROLES = frozenset({Role.GROUP_CO_CHAIR, Role.FOCAL_POINT})

#: The kinds of organisation at which a role can be held. A role without a line could be held nowhere: a test counts.
KINDS_OF_ROLE: dict[Role, frozenset[str]] = {
    Role.MEMBER_OFFICIAL: MEMBERS,
    Role.MEMBER_ADMINISTRATOR: MEMBERS,
    Role.FOCAL_POINT: MEMBERS,
    Role.NATIONAL_TRAINING_DIRECTOR: MEMBERS,
    Role.CO_CHAIR: MEMBERS,
    Role.STEERING_GROUP: MEMBERS,
    Role.ADVISORY_GROUP: MEMBERS,
    Role.GROUP_CO_CHAIR: MEMBERS,
    Role.CO_MANAGER: MEMBERS,
    Role.NATIONAL_REVIEWER: MEMBERS,
    Role.INTERESTED_PARTY: PARTIES,
    Role.PARTY_ADMINISTRATOR: PARTIES,
    Role.RSO_STAFF: OFFICE,
    Role.OFFICE_ADMINISTRATOR: OFFICE,
    Role.EDITOR: OFFICE,
    Role.PUBLISHER: OFFICE,
    Role.SECONDEE: OFFICE | MEMBERS,
    Role.TRANSLATOR: OFFICE | MEMBERS | PARTIES,
    Role.AUDITOR: OFFICE | MEMBERS,
    Role.OFFICER: MEMBERS,
    Role.PROTECTION_OFFICER: MEMBERS,
    Role.EXAMINER: MEMBERS,
    Role.APPROVER: MEMBERS,
    Role.NODE_ADMINISTRATOR: MEMBERS,
    Role.RELAY_STAFF: OFFICE | MEMBERS,
}

#: What an administrator of one organisation may give there: never an administrator's seat, never the office's.
GIVEN_BY: dict[Role, frozenset[Role]] = {
    Role.MEMBER_ADMINISTRATOR: frozenset(
        {Role.MEMBER_OFFICIAL, Role.FOCAL_POINT, Role.NATIONAL_TRAINING_DIRECTOR, Role.NATIONAL_REVIEWER}
    ),
    Role.PARTY_ADMINISTRATOR: frozenset({Role.INTERESTED_PARTY}),
}

#: Roles in which a deputy may act while the holder is on leave. Administrators, auditors and every role of a node (two
#: persons of different roles act there) are named by person; a publisher's word is their own.
DELEGABLE = frozenset(
    {
        Role.MEMBER_OFFICIAL,
        Role.FOCAL_POINT,
        Role.NATIONAL_TRAINING_DIRECTOR,
        Role.CO_CHAIR,
        Role.STEERING_GROUP,
        Role.ADVISORY_GROUP,
        Role.GROUP_CO_CHAIR,
        Role.CO_MANAGER,
        Role.RSO_STAFF,
        Role.SECONDEE,
        Role.EDITOR,
        Role.INTERESTED_PARTY,
    }
)


_KEPT: list[Callable[[], Collection[str]]] = []


def keep_subjects(told: Callable[[], Collection[str]]) -> None:
    """Enters subjects that no organisation's administrator gives, as codes: a seat for a working group opens what is
    for that group alone, whoever's it is. Called from ``AppConfig.ready`` of the app that keeps such subjects."""
    _KEPT.append(told)


def kept_subjects() -> frozenset[str]:
    """All of them now."""
    return frozenset(code for told in _KEPT for code in told())


def can_be_held_at(role: Role, kind: str) -> bool:
    """True if ``role`` means something at an organisation of this kind."""
    return kind in KINDS_OF_ROLE[role]


def may_give_somewhere(actor: Actor) -> frozenset[Role]:
    """The roles that ``actor`` may give at one organisation or another, for what a form offers."""
    if actor.system or actor.holds(*ADMINISTRATORS):
        return frozenset(Role)
    return frozenset(role for own in actor.roles for role in GIVEN_BY.get(own, frozenset()))
