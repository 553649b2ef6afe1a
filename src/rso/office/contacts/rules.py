"""Who keeps focal points; office hours in a time zone; how fresh an entry is; whom a reminder goes to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from rso.accounts.rules import Actor, Role, enter
from rso.base.errors import RsoError
from rso.base.months import months_between
from rso.office.directory.rules import MEMBERS

STAFF: Final = frozenset({Role.RSO_STAFF, Role.OFFICE_ADMINISTRATOR})


#: What focal points are for, to begin with; the office changes the list on its own page.
SUBJECTS: Final = {
    "general": "General",
    "trafficking": "Trafficking in persons",
    "smuggling": "People smuggling",
    "sea": "Movements by sea and preparedness",
    "training": "Training",
    "exchange": "Exchange of biometric data (RBDES)",
}


class ContactsPermission(StrEnum):
    SEE = "contacts:focal-point:see"
    KEEP = "contacts:focal-point:keep"
    CONFIRM = "contacts:focal-point:confirm"
    TAKE_COPY = "contacts:copy:take"
    SEE_MEMBER = "contacts:member:see"
    CHANGE_SUBJECTS = "contacts:subject:change"
    REMIND = "contacts:reminder:send"


class ContactsEvent(StrEnum):
    CHANGED = "contacts:focal-point:changed"
    CONFIRMED = "contacts:focal-point:confirmed"
    ENDED = "contacts:focal-point:ended"
    EXPORTED = "contacts:focal-point:exported"
    COPY_TAKEN = "contacts:copy:taken"
    REMINDED = "contacts:reminder:sent"
    SUBJECT_CHANGED = "contacts:subject:changed"


@dataclass(frozen=True)
class Entry:
    """What a decision needs of a focal point: at which organisation, and for which subject (empty: for any)."""

    organisation: str
    subject: str = ""


def _own(actor: Actor, entry: Any) -> str | None:
    """A member's administrator keeps all of its organisation; a focal point, what it is for; nobody another's."""
    for seat in actor.seats:
        if seat.organisation != entry.organisation:
            continue
        if seat.role == Role.MEMBER_ADMINISTRATOR:
            return None
        if seat.role == Role.FOCAL_POINT and entry.subject and seat.subject in ("", entry.subject):
            return None
    return "another-organisation-or-subject"


def _own_or_staff(actor: Actor, entry: Any) -> str | None:
    return None if actor.holds(*STAFF) else _own(actor, entry)


def _at_home_or_staff(actor: Actor, organisation: Any) -> str | None:
    at_home = organisation in actor.organisations(*MEMBERS)
    return None if at_home or actor.holds(*STAFF) else "another-organisation"


def enter_own() -> None:
    keepers = {Role.MEMBER_ADMINISTRATOR, Role.FOCAL_POINT}
    enter(ContactsPermission.SEE, MEMBERS)
    enter(ContactsPermission.KEEP, keepers | STAFF, _own_or_staff)
    # Staff enter for a member; that it is so, the member says itself.
    enter(ContactsPermission.CONFIRM, keepers, _own)
    enter(ContactsPermission.TAKE_COPY, MEMBERS)
    enter(ContactsPermission.SEE_MEMBER, MEMBERS, _at_home_or_staff)
    enter(ContactsPermission.CHANGE_SUBJECTS, {Role.OFFICE_ADMINISTRATOR}, system=True)
    enter(ContactsPermission.REMIND, (), system=True)


# ---------------------------------------------------------------- hours
#: From and to on a weekday, in minutes after midnight; ``to`` may lie past midnight (up to 48 hours). None: closed.
Opening = tuple[int, int] | None
Week = Sequence[Opening]
DAY: Final = 24 * 60

_HOURS = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–—]\s*(\d{1,2})[:.](\d{2})")


def read_hours(text: str) -> Opening:
    """``09:00-17:00`` as minutes; ``22:00-06:00`` ends on the next day and ``00:00-24:00`` is the whole day. Empty:
    closed. Raises ``RsoError`` for anything else."""
    if not text.strip():
        return None
    match = _HOURS.fullmatch(text.strip())
    wrong = RsoError("hours-unreadable", "Write hours as 09:00-17:00.")
    if match is None:
        raise wrong
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in match.groups())
    begin, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_hour > 23 or end > DAY or max(start_minute, end_minute) > 59:
        raise wrong
    return (begin, end if end > begin else end + DAY)


def write_hours(opening: Opening) -> str:
    """The text that :func:`read_hours` reads."""
    if opening is None:
        return ""
    begin, end = opening
    end = end if end <= DAY else end - DAY
    return f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


@dataclass(frozen=True)
class There:
    """The clock at a place: what it shows, whether there are office hours, and when that changes (None: never)."""

    now: datetime
    is_open: bool
    until: datetime | None


def there(week: Week, zone: str, now: datetime) -> There:
    """How it is at a place at ``now`` (aware). Hours are those on the wall clock there, also when the clock changes."""
    place = ZoneInfo(zone)
    spans = _joined(sorted(_spans(week, place, now)))
    local = now.astimezone(place)
    for begin, end in spans:
        if begin <= now < end:
            never = end - now > timedelta(days=7)  # an office that never closes
            return There(local, True, None if never else end.astimezone(place))
    later = [begin for begin, _end in spans if begin > now]
    return There(local, False, min(later).astimezone(place) if later else None)


def _spans(week: Week, place: ZoneInfo, now: datetime) -> list[tuple[datetime, datetime]]:
    """Office hours from the day before ``now`` to eight days after it, as moments."""
    first = now.astimezone(place).date() - timedelta(days=2)
    found = []
    for ahead in range(11):
        day = first + timedelta(days=ahead)
        opening = week[day.weekday()]
        if opening is not None:
            found.append((_moment(day, opening[0], place), _moment(day, opening[1], place)))
    return [(begin, end) for begin, end in found if begin < end]


def _moment(day: date, minutes: int, place: ZoneInfo) -> datetime:
    days, rest = divmod(minutes, DAY)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), place)
    return wall.astimezone(ZoneInfo("UTC"))


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that touch are one: an office that never closes is not about to close at midnight."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


_REGIONS: Final = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zones() -> list[str]:
    """The time zones that can be chosen, by name."""
    return sorted(zone for zone in available_timezones() if zone.startswith(_REGIONS))


# ---------------------------------------------------------------- freshness
class Freshness(StrEnum):
    """Of one entry and never of a member: nothing here can be counted into a ranking."""

    CONFIRMED = "confirmed"
    DUE = "due"
    NEVER = "never"


def freshness(confirmed_on: date | None, today: date, months: int) -> Freshness:
    """How an entry stands that is to be confirmed every ``months``."""
    if confirmed_on is None:
        return Freshness.NEVER
    return Freshness.DUE if months_between(confirmed_on, today) >= months else Freshness.CONFIRMED


class Step(IntEnum):
    """Whom a reminder goes to: first those who keep the entry, then the member's administrators, then the staff."""

    KEEPERS = 0
    ADMINISTRATORS = 1
    STAFF = 2


def next_step(reminders: int) -> Step:
    """The step of the reminder after so many: two for each step, and from then on the staff."""
    return Step(min(reminders // 2, Step.STAFF))


def is_to_be_reminded(reminded_on: date | None, today: date, every_days: int) -> bool:
    """True if the last reminder lies ``every_days`` back, or there was none."""
    return reminded_on is None or (today - reminded_on).days >= every_days
