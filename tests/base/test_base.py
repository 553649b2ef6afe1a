from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.base import env, ids
from rso.base.clock import SteppedClock, from_unix_seconds, next_tick, unix_seconds
from rso.base.errors import SettingError

NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_uuid7_carries_version_variant_and_milliseconds() -> None:
    made = ids.uuid7(NOON)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == unix_seconds(NOON) * 1000 + 250


def test_uuid7_sorts_by_time() -> None:
    assert ids.uuid7(NOON) < ids.uuid7(NOON + timedelta(milliseconds=1))


@given(st.integers(0, 4_000_000_000), st.integers(1, 86_400))
def test_a_tick_is_a_multiple_and_strictly_later(seconds: int, period: int) -> None:
    tick = next_tick(from_unix_seconds(seconds), period)
    assert unix_seconds(tick) % period == 0
    assert 0 < unix_seconds(tick) - seconds <= period


def test_a_stepped_clock_moves_only_when_told() -> None:
    clock = SteppedClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.step(days=-1) == NOON - timedelta(days=1)
    with pytest.raises(ValueError, match="zone"):
        SteppedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive instant is the subject


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda e: env.text("RSO_X", environ=e), "not set"),
        (lambda e: env.number("RSO_N", environ=e), "whole number"),
        (lambda e: env.number("RSO_5", least=6, environ=e), "at least 6"),
        (lambda e: env.number("RSO_5", most=4, environ=e), "at most 4"),
        (lambda e: env.flag("RSO_N", False, environ=e), "yes or no"),
        (lambda e: env.choice("RSO_N", ("a", "b"), environ=e), "one of a, b"),
        (lambda e: env.address("RSO_N", environ=e), "must be an address"),
    ],
)
def test_a_wrong_setting_is_named_and_stops(call, told: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SettingError, match=told) as raised:
        call({"RSO_N": "many", "RSO_5": "5"})
    assert raised.value.name in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    ["office.example", "ftp://a.example", "https://", "https://a.example/path", "https://a.example?x", "http://a:0",
     "http://a:x", "http://[::1", "https://user@a.example", "https://a.example#x", "//a.example"],
)  # fmt: skip
def test_what_is_no_address_of_a_site(wrong: str) -> None:
    with pytest.raises(SettingError, match=r"RSO_X: .*must be an address"):
        env.address("RSO_X", "http://localhost:8000", environ={"RSO_X": wrong})


@pytest.mark.parametrize(
    "right", ["https://office.example", "http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:8"]
)
def test_an_address_of_a_site(right: str) -> None:
    assert env.address("RSO_X", environ={"RSO_X": right + "/"}) == right
    assert env.address("RSO_X", "", environ={}) == ""


def test_settings_are_read_with_their_defaults() -> None:
    given_ = {"RSO_FLAG": "On", "RSO_WORDS": "a, b,,c "}
    assert env.flag("RSO_FLAG", False, environ=given_) is True
    assert env.words("RSO_WORDS", environ=given_) == ("a", "b", "c")
    assert env.number("RSO_NONE", 7, environ=given_) == 7
