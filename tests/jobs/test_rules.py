from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.jobs.rules import Retry, tick_of

_UNIT = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10_000), _UNIT, st.floats(0.01, 60), st.floats(60, 86_400))
def test_a_wait_lies_between_half_and_whole_of_the_doubled_one_and_under_the_cap(
    attempt: int, luck: float, first: float, cap: float
) -> None:
    wait = Retry(attempts=3, first_s=first, cap_s=cap).wait(attempt, lambda: luck)
    whole = min(cap, first * 2.0 ** min(attempt - 1, 60))
    assert timedelta(seconds=whole / 2) - timedelta(microseconds=1) <= wait <= timedelta(seconds=whole)


def test_waits_double_until_the_cap() -> None:
    retry = Retry(attempts=6, first_s=2, cap_s=20)
    assert [retry.wait(n, lambda: 0.0).total_seconds() for n in range(1, 7)] == [1, 2, 4, 8, 10, 10]
    assert [retry.is_spent(n) for n in (5, 6, 7)] == [False, True, True]


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first_s": -1}, {"first_s": 10, "cap_s": 5}])
def test_a_senseless_retry_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="retry"):
        Retry(**wrong)


@given(st.integers(0, 4_000_000_000), st.integers(1, 7 * 86_400))
def test_a_tick_is_the_start_of_the_period_that_an_instant_lies_in(seconds: int, period: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=900)
    tick = tick_of(now, period)
    assert int(tick.timestamp()) % period == 0
    assert timedelta(0) <= now - tick < timedelta(seconds=period)
