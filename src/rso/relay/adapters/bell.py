"""How a request waits for mail without wasting a thread or the processor.

A waiting request holds one thread of the server. Within this process it is woken at once when mail for its agency is
committed; mail that another process accepted is found by a look into the database every few seconds. Only so many
requests wait at a time, and only one for each agency, so that there are always threads for everything else.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings


class Bell:
    """Counts what was rung for each name, and lets threads wait for the next ring."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings: Counter[str] = Counter()

    def heard(self, name: str) -> int:
        """How often it was rung; read it before looking for mail, and hand it to :meth:`wait`."""
        with self._changed:
            return self._rings[name]

    def ring(self, name: str) -> None:
        with self._changed:
            self._rings[name] += 1
            self._changed.notify_all()

    def wait(self, name: str, heard: int, seconds: float) -> None:
        """Returns at the next ring after ``heard``, or when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings[name] != heard, timeout=seconds)


class Places:
    """The places for waiting requests."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    @contextmanager
    def take(self, name: str) -> Iterator[bool]:
        """Whether there was a place for ``name``; it is free again afterwards."""
        with self._lock:
            free = len(self._taken) < self._count and name not in self._taken
            if free:
                self._taken.add(name)
        try:
            yield free
        finally:
            if free:
                with self._lock:
                    self._taken.discard(name)


BELL = Bell()


@lru_cache(maxsize=1)
def places() -> Places:
    """This process's places, as many as the setting ``RSO_RELAY_WAITERS`` says."""
    return Places(settings.RSO_RELAY_WAITERS)
