"""Time as something that is handed in, so that no rule and no test depends on the machine's own."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a process reads the time."""

    def now(self) -> datetime:
        """The present instant, always with the zone UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SteppedClock:
    """A clock for tests and simulators: it moves only when told to."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an instant with a zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def step(self, **parts: float) -> datetime:
        """Moves by ``timedelta(**parts)``, backwards too, and returns the new instant."""
        self._now += timedelta(**parts)
        return self._now


def unix_seconds(instant: datetime) -> int:
    """Whole seconds since 1970-01-01T00:00:00Z, rounded down; raises ``ValueError`` without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone has no place in time")
    return int(instant.timestamp() // 1)


def from_unix_seconds(seconds: int) -> datetime:
    """The instant that :func:`unix_seconds` came from, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def next_tick(instant: datetime, period_s: int) -> datetime:
    """The first whole multiple of ``period_s`` seconds (since 1970) that is strictly after ``instant``.

    Answers leave a node on such ticks, so that their delay says nothing about the search behind them.
    """
    if period_s < 1:
        raise ValueError("a tick lasts at least a second")
    return from_unix_seconds((unix_seconds(instant) // period_s + 1) * period_s)


def cpu_seconds() -> float:
    """CPU seconds that this process has used, for benchmarks; wall time is never compared."""
    return time.process_time()
