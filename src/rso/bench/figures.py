"""From what was counted to the figures that are shown. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rso.bench.machine import Spent

_NODES = ("asker", "holder")


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that ``share`` (0 to 1) of all do not exceed; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


@dataclass(frozen=True)
class Meters:
    """CPU seconds that one node's calls have used, by step, and how often each was called."""

    seconds: Mapping[str, float]
    calls: Mapping[str, int]

    @property
    def total(self) -> float:
        return sum(self.seconds.values())

    def since(self, before: Meters) -> Meters:
        """What was used after ``before``."""
        return Meters(
            {step: spent - before.seconds.get(step, 0.0) for step, spent in self.seconds.items()},
            {step: count - before.calls.get(step, 0) for step, count in self.calls.items()},
        )

    def each_ms(self) -> dict[str, float]:
        """Milliseconds a call, by step."""
        return {step: round(1000 * spent / self.calls[step], 3) for step, spent in self.seconds.items()}


@dataclass(frozen=True)
class Counted:
    """What a run of ``exchanges`` used, by who used it (``asker``, ``holder``, ``relay``).

    ``left_out_s`` is what the holder's meters have counted within the run, ``meters`` what they have counted in all,
    ``reading_s`` what its limited process used for each image. ``officer_s`` is what the asker's officers used to
    send. A relay's children are the server's own workers; a node's read images.
    """

    exchanges: int
    spent: Mapping[str, Spent]
    left_out_s: float
    meters: Meters
    reading_s: float = 0.0
    tick_waits_s: Sequence[float] = ()
    officer_s: float = 0.0

    def per_exchange(self, seconds: float) -> float:
        """Milliseconds an exchange."""
        return round(1000 * seconds / self.exchanges, 3)

    def cpu_ms(self) -> float:
        """CPU of all processes an exchange, without decoding, extraction and search."""
        whole = sum(spent.total for spent in self.spent.values())
        # A node's only children are the limited processes that read images.
        readers = sum(self.spent[name].children for name in _NODES)
        return self.per_exchange(whole - readers - self.left_out_s)

    def steps(self) -> dict[str, float]:
        """Milliseconds of CPU an exchange by process, and what was measured apart."""
        asker, holder = (self.spent[name].own for name in _NODES)
        shares = {
            "asker_cpu_ms": self.per_exchange(asker),
            "officer_of_asker_cpu_ms": self.per_exchange(self.officer_s),
            "holder_cpu_ms": self.per_exchange(holder - self.left_out_s),
            "relay_cpu_ms": self.per_exchange(self.spent["relay"].total),
        }
        apart = {f"{step}_cpu_ms": spent for step, spent in self.meters.each_ms().items()}
        apart["decode_cpu_ms"] = round(apart.get("decode_cpu_ms", 0.0) + 1000 * self.reading_s, 3)
        waits = self.tick_waits_s
        mean_wait = round(1000 * sum(waits) / len(waits), 1) if waits else 0.0
        return {**shares, **apart, "tick_wait_ms": mean_wait}
