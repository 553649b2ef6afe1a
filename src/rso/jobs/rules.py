"""How often and how long: the numbers of retries and periods, decided from their arguments alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Returns a number from 0 (included) to 1 (excluded), as ``random.random`` does.
Random = Callable[[], float]


class GiveUp(Exception):
    """Raised by a task to say that another attempt is useless: it fails for good at once."""


@dataclass(frozen=True)
class Retry:
    """How often a task is tried, and how long the waits between are.

    The n-th failure is followed by a wait between a half and the whole of ``first_s * 2 ** (n - 1)`` seconds,
    never more than ``cap_s``. The random part keeps tasks that failed together from coming back together.
    """

    attempts: int = 8
    first_s: float = 2.0
    cap_s: float = 900.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first_s < 0 or self.cap_s < self.first_s:
            raise ValueError("a retry needs one attempt or more, and a cap not under its first wait")

    def wait(self, attempt: int, random: Random) -> timedelta:
        """The wait after the failure of attempt number ``attempt`` (from 1)."""
        doubled = self.first_s * 2.0 ** min(attempt - 1, 60)
        return timedelta(seconds=min(self.cap_s, doubled) * (0.5 + random() / 2))

    def is_spent(self, attempt: int) -> bool:
        """Was attempt number ``attempt`` the last?"""
        return attempt >= self.attempts


def tick_of(now: datetime, period_s: int) -> datetime:
    """The start of the period that ``now`` lies in: a whole multiple of ``period_s`` seconds since 1970."""
    return datetime.fromtimestamp(int(now.timestamp()) // period_s * period_s, UTC)
