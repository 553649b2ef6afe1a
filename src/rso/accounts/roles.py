"""The roles in words, for pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Role

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
