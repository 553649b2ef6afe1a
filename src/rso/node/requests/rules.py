"""Who may do what with a written request."""

from __future__ import annotations

from enum import StrEnum

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError

SERVICE = "written-request"


class LetterError(RsoError):
    """Something that cannot be done with a written request now; the message says what to do."""


class RequestsPermission(StrEnum):
    SEE = "node:request:see"
    ASK = "node:request:ask"
    REPLY = "node:request:reply"


class RequestsEvent(StrEnum):
    ASKED = "node:request:asked"
    CAME = "node:request:came"
    REFUSED_BY_RULE = "node:request:refused-by-rule"
    VIEWED = "node:request:viewed"
    DRAFTED = "node:request:reply-drafted"
    RETURNED = "node:request:reply-returned"
    REPLIED = "node:request:replied"
    REFUSED = "node:request:refused"
    REPLY_CAME = "node:request:reply-came"
    DESTROYED = "node:request:destroyed"
    DESTRUCTION_CAME = "node:request:destruction-came"


def enter_own() -> None:
    readers = {Role.OFFICER, Role.APPROVER}
    enter(RequestsPermission.SEE, readers)
    enter(RequestsPermission.ASK, {Role.OFFICER})
    enter(RequestsPermission.REPLY, readers)
