"""Key epochs: ISO weeks in UTC, counted since the Monday on or before 1970-01-01."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rso.base.clock import unix_seconds
from rso.wire.errors import MalformedError
from rso.wire.limits import DAY, WEEK

_FIRST_MONDAY = date(1969, 12, 29)
_TEXT = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Epoch:
    """One week, as a number of two bytes; its text is the ISO week, such as ``2026-W48``."""

    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number < 1 << 16:
            raise MalformedError("an epoch is a week of two bytes")

    @classmethod
    def of(cls, instant: datetime) -> Epoch:
        """The week in which ``instant`` lies."""
        return cls((unix_seconds(instant) + 3 * DAY) // WEEK)

    @classmethod
    def parse(cls, value: object) -> Epoch:
        """Reads ``2026-W48``; raises ``MalformedError``."""
        match = _TEXT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise MalformedError("an epoch is an ISO week such as 2026-W48")
        try:
            monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            raise MalformedError("there is no such ISO week") from None
        return cls((monday - _FIRST_MONDAY).days // 7)

    @property
    def starts(self) -> int:
        """Unix seconds of Monday, 00:00 UTC."""
        return self.number * WEEK - 3 * DAY

    @property
    def ends(self) -> int:
        """Unix seconds of the next Monday, 00:00 UTC."""
        return self.starts + WEEK

    def next(self) -> Epoch:
        """The week after."""
        return Epoch(self.number + 1)

    def __str__(self) -> str:
        year, week, _ = (_FIRST_MONDAY + timedelta(weeks=self.number)).isocalendar()
        return f"{year:04}-W{week:02}"
