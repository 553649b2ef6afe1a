from __future__ import annotations

from collections.abc import Iterator

import pytest

from rso.bench import meters


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    meters.remember(False)
    yield
    meters.remember(False)
    for kept in (meters.SECONDS, meters.CALLS, meters.REMEMBERED):
        kept.clear()


def test_what_was_made_before_is_handed_out_again_only_when_it_is_to_be_remembered() -> None:
    made: list[int] = []

    def double(number: int) -> list[int]:
        made.append(number)
        return [2 * number]

    call = meters.metered("double", double, lambda number: number)
    first = call(1)
    assert call(1) is not first
    meters.remember(True)
    again = call(1)
    assert again == [2]
    assert call(1) is again
    assert call(3) == [6]  # what was never made is made, and metered
    meters.remember(False)
    call(1)
    assert made == [1, 1, 3, 1]
    assert (meters.CALLS["double"], meters.REMEMBERED["double"]) == (4, 2)


def test_a_call_that_fails_is_metered_and_not_remembered() -> None:
    def fails(_number: int) -> None:
        raise ValueError

    call = meters.metered("fails", fails, lambda number: number)
    meters.remember(True)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            call(1)
    assert (meters.CALLS["fails"], meters.REMEMBERED["fails"]) == (2, 0)
