"""The roles in words, for pages, and which of them mean something where."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Role
from rso.ui.context import deployment_of_settings

ROLE_WORDS: dict[Role, str | Promise] = {
    Role.CO_MANAGER: _("Co-Manager"),
    Role.STEERING_GROUP: _("Steering Group member"),
    Role.RSO_STAFF: _("RSO staff"),
    Role.OFFICE_ADMINISTRATOR: _("Office administrator"),
    Role.MEMBER_OFFICIAL: _("Official of a member"),
    Role.INTERESTED_PARTY: _("Interested party"),
    Role.OFFICER: _("Officer"),
    Role.PROTECTION_OFFICER: _("Protection officer"),
    Role.EXAMINER: _("Examiner"),
    Role.APPROVER: _("Approver"),
    Role.AUDITOR: _("Auditor"),
    Role.NODE_ADMINISTRATOR: _("Node administrator"),
    Role.RELAY_STAFF: _("Relay staff"),
}

#: An office has no examiner and a node no Co-Manager; each may have an auditor.
ROLES_AT: dict[str, tuple[Role, ...]] = {
    "office": (
        Role.MEMBER_OFFICIAL,
        Role.INTERESTED_PARTY,
        Role.STEERING_GROUP,
        Role.CO_MANAGER,
        Role.RSO_STAFF,
        Role.OFFICE_ADMINISTRATOR,
        Role.AUDITOR,
    ),
    "node": (
        Role.OFFICER,
        Role.PROTECTION_OFFICER,
        Role.EXAMINER,
        Role.APPROVER,
        Role.AUDITOR,
        Role.NODE_ADMINISTRATOR,
    ),
    "relay": (Role.RELAY_STAFF, Role.AUDITOR),
}


def roles_here() -> dict[Role, str | Promise]:
    """The roles that this deployment knows, in words: the others would open nothing here."""
    return {role: ROLE_WORDS[role] for role in ROLES_AT[deployment_of_settings()]}
