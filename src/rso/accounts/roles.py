"""The roles in words, for pages, and which of them mean something where."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.holding import LANGUAGE_ROLES, SUBJECT_ROLES
from rso.accounts.rules import Role
from rso.ui.context import deployment_of_settings

__all__ = ["LANGUAGE_ROLES", "ROLES_AT", "ROLE_WORDS", "SUBJECT_ROLES", "roles_here"]

ROLE_WORDS: dict[Role, str | Promise] = {
    Role.CO_MANAGER: _("Co-Manager"),
    Role.STEERING_GROUP: _("Steering Group member"),
    Role.RSO_STAFF: _("RSO staff"),
    Role.OFFICE_ADMINISTRATOR: _("Office administrator"),
    Role.MEMBER_OFFICIAL: _("Official of a member"),
    Role.MEMBER_ADMINISTRATOR: _("Administrator of a member"),
    Role.INTERESTED_PARTY: _("Interested party"),
    Role.PARTY_ADMINISTRATOR: _("Administrator of an interested party"),
    Role.CO_CHAIR: _("Co-Chair of the Bali Process"),
    Role.ADVISORY_GROUP: _("Advisory Group member"),
    Role.GROUP_CO_CHAIR: _("Co-chair of a working group"),
    Role.FOCAL_POINT: _("Focal point"),
    Role.NATIONAL_TRAINING_DIRECTOR: _("National Training Director"),
    Role.SECONDEE: _("Secondee"),
    Role.EDITOR: _("Editor"),
    Role.PUBLISHER: _("Publisher"),
    Role.TRANSLATOR: _("Translator of a language"),
    Role.NATIONAL_REVIEWER: _("National reviewer of a language"),
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
        Role.MEMBER_ADMINISTRATOR,
        Role.FOCAL_POINT,
        Role.NATIONAL_TRAINING_DIRECTOR,
        Role.INTERESTED_PARTY,
        Role.PARTY_ADMINISTRATOR,
        Role.CO_CHAIR,
        Role.STEERING_GROUP,
        Role.ADVISORY_GROUP,
        Role.GROUP_CO_CHAIR,
        Role.CO_MANAGER,
        Role.RSO_STAFF,
        Role.SECONDEE,
        Role.EDITOR,
        Role.PUBLISHER,
        Role.TRANSLATOR,
        Role.NATIONAL_REVIEWER,
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
