from __future__ import annotations

import pytest

from rso.bench.figures import Counted, Meters, percentile
from rso.bench.machine import Spent


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([], 0.5, 0.0), ([3.0], 0.95, 3.0), ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0), (list(range(1, 101)), 0.95, 95)],
)
def test_percentiles_are_values_that_occurred(values: list[float], share: float, found: float) -> None:
    assert percentile(values, share) == found


COUNTED = Counted(
    exchanges=10,
    spent={"asker": Spent(1.0, 0.2), "holder": Spent(9.0, 0.3), "relay": Spent(0.1, 0.6)},
    left_out_s=8.0,
    meters=Meters({"extract": 9.0, "search": 3.0, "decode": 1.0}, {"extract": 15, "search": 20, "decode": 20}),
    reading_s=0.05,
    tick_waits_s=[0.2, 0.6],
)


def test_what_is_not_the_exchange_is_left_out_and_a_relays_workers_are_not() -> None:
    # 11.2 s in all; 0.5 s in the readers of images; 8 s at the meters
    assert COUNTED.cpu_ms() == pytest.approx(270.0)


def test_the_steps_of_the_three_processes_make_the_figure() -> None:
    steps = COUNTED.steps()
    shares = [steps[f"{name}_cpu_ms"] for name in ("asker", "holder", "relay")]
    assert shares == pytest.approx([100.0, 100.0, 70.0])
    assert sum(shares) == pytest.approx(COUNTED.cpu_ms())
    assert (steps["extract_cpu_ms"], steps["search_cpu_ms"]) == (600.0, 150.0)  # of a call, however many there were
    assert steps["decode_cpu_ms"] == pytest.approx(100.0)  # the call, and the process that decodes
    assert steps["tick_wait_ms"] == pytest.approx(400.0)


def test_meters_tell_what_came_after_a_moment() -> None:
    later = Meters({"extract": 10.0, "search": 3.0}, {"extract": 16, "search": 20})
    since = later.since(Meters({"extract": 9.0, "search": 3.0}, {"extract": 15, "search": 20}))
    assert (since.seconds, since.calls) == ({"extract": 1.0, "search": 0.0}, {"extract": 1, "search": 0})
    assert since.total == 1.0
