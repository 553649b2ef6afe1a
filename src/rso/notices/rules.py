"""Who may look after the outbox, how long a mail is tried, and where a notice may lead."""

from __future__ import annotations

from enum import StrEnum

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.jobs.rules import Retry

#: Half a minute at first, a quarter of an hour at most: all in all most of a day.
MAIL_RETRY = Retry(attempts=100, first_s=30, cap_s=900)


class NoticesPermission(StrEnum):
    SEE_OUTBOX = "notices:mail:see"
    RESEND = "notices:mail:resend"


class NoticesEvent(StrEnum):
    RESENT = "notices:mail:resent"
    DEAD = "notices:mail:dead"


def enter_own() -> None:
    for permission in NoticesPermission:
        enter(permission, {Role.OFFICE_ADMINISTRATOR, Role.NODE_ADMINISTRATOR, Role.RELAY_STAFF})


def check_path(path: str) -> str:
    """A path of this site and no other: raises ``RsoError`` for an address that leads elsewhere."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(c in path for c in "\r\n\t"):
        raise RsoError("path-leads-elsewhere", "A notice leads to a page of this site.")
    return path
