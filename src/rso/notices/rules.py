"""Who may look after the outbox, how long a mail is tried, and where a notice may lead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.jobs.rules import Retry

#: Half a minute at first, a quarter of an hour at most: all in all most of a day.
MAIL_RETRY = Retry(attempts=100, first_s=30, cap_s=900)


class NoticesPermission(StrEnum):
    SEE_OUTBOX = "notices:mail:see"
    RESEND = "notices:mail:resend"
    DIGEST = "notices:digest:send"


class NoticesEvent(StrEnum):
    RESENT = "notices:mail:resent"
    DEAD = "notices:mail:dead"
    WISHED = "notices:wish:changed"
    ENDED = "notices:digest:ended"


def enter_own() -> None:
    enter(NoticesPermission.DIGEST, (), system=True)
    for permission in (NoticesPermission.SEE_OUTBOX, NoticesPermission.RESEND):
        enter(permission, {Role.OFFICE_ADMINISTRATOR, Role.NODE_ADMINISTRATOR, Role.RELAY_STAFF})


def check_path(path: str) -> str:
    """A path of this site and no other: raises ``RsoError`` for an address that leads elsewhere."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(c in path for c in "\r\n\t"):
        raise RsoError("path-leads-elsewhere", "A notice leads to a page of this site.")
    return path


class Manner(StrEnum):
    """How somebody is told: by mail at once, in a digest, or on the site alone (which always tells)."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    SITE = "site"


DIGESTS = (Manner.DAILY, Manner.WEEKLY)


def slot(now: datetime, zone: tzinfo, manner: Manner, hour: int) -> datetime:
    """The latest moment until ``now`` at which a digest was due, in UTC: ``hour`` o'clock where the reader is, each
    day, or each Monday.

    By the clock on the wall: over a change of summer time two slots lie 23 or 25 hours apart. An hour that a change
    leaves out is the moment after the change; one that comes twice is the first of the two.
    """
    day = now.astimezone(zone).date()
    step = 7 if manner is Manner.WEEKLY else 1
    day -= timedelta(days=day.weekday() if manner is Manner.WEEKLY else 0)
    due = _at(day, hour, zone)
    return due if due <= now else _at(day - timedelta(days=step), hour, zone)


def _at(day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
