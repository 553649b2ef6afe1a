"""How many messages may go under an arrangement, at each of its edges."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.relay import region
from tests.relay.region import AVARIA, BORDUNA, CESTRIA, DAY

from rso.relay.rules import (
    ARRANGEMENT_CLASS_PER_DAY,
    CLOSING_DAYS,
    CLOSING_PER_DAY,
    Credit,
    RefusedError,
    Registered,
    allowance,
    until_tomorrow,
)
from rso.wire.header import Header, ServiceClass

STARTS, ENDS = 1_000 * DAY, 1_100 * DAY
CLOSED = ENDS + CLOSING_DAYS * DAY
CONTENT = region.registration(starts=STARTS, ends=ENDS, per_day={AVARIA: 50, BORDUNA: 3})
ALL = frozenset({AVARIA, BORDUNA})
AGREED = Registered(CONTENT, ALL, None)


@pytest.fixture(scope="module")
def header() -> Header:
    return region.sealed().header


def code(header: Header, registered: Registered | None, now: int) -> str | int:
    try:
        return allowance(header, registered, now)
    except RefusedError as error:
        return error.code


@pytest.mark.parametrize(
    ("now", "most"),
    [
        (STARTS - 1, "arrangement-not-begun"),
        (STARTS, 50),
        (ENDS - 1, 50),
        (ENDS, CLOSING_PER_DAY),
        (CLOSED - 1, CLOSING_PER_DAY),
        (CLOSED, "arrangement-over"),
    ],
)
def test_its_times(header: Header, now: int, most: str | int) -> None:
    assert code(header, AGREED, now) == most


def test_when_it_was_ended_before_its_time_or_after(header: Header) -> None:
    early, late = replace(AGREED, ended=STARTS + 10), replace(AGREED, ended=ENDS + 10)
    assert [code(header, early, STARTS + seconds) for seconds in (9, 10)] == [50, CLOSING_PER_DAY]
    assert code(header, early, STARTS + 10 + CLOSING_DAYS * DAY) == "arrangement-ended"
    assert [code(header, late, now) for now in (ENDS, CLOSED)] == [CLOSING_PER_DAY, "arrangement-ended"]


def test_what_closes_is_never_more_than_what_was_agreed(header: Header) -> None:
    back = replace(header, sender=BORDUNA, recipient=AVARIA)
    assert [code(back, AGREED, now) for now in (STARTS, ENDS)] == [3, 3]


def test_it_is_for_its_parties_alone_and_for_all_of_them(header: Header) -> None:
    assert code(replace(header, sender=CESTRIA), AGREED, STARTS) == "not-a-party"
    assert code(replace(header, recipient=CESTRIA), AGREED, STARTS) == "not-a-party"
    assert code(header, None, STARTS) == "unknown-arrangement"
    assert code(header, replace(AGREED, by=frozenset({AVARIA})), STARTS) == "arrangement-waiting"


def test_what_is_about_arrangements_needs_none(header: Header) -> None:
    about = replace(header, service_class=ServiceClass.ARRANGEMENT, arrangement=None)
    assert code(about, None, 0) == ARRANGEMENT_CLASS_PER_DAY


def test_the_day_ends_at_midnight() -> None:
    assert [until_tomorrow(moment) for moment in (0, 1, DAY - 1, DAY)] == [DAY, DAY - 1, 1, DAY]


@pytest.mark.parametrize(("messages", "octets", "is_left"), [(9, 90, True), (10, 90, False), (9, 91, False)])
def test_credit_reaches_to_its_edge(messages: int, octets: int, is_left: bool) -> None:
    credit = Credit(messages, octets, 10, 100)
    if is_left:
        credit.check(10)
        return
    with pytest.raises(RefusedError) as raised:
        credit.check(10)
    assert raised.value.code == "credit-used"
