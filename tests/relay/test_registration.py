"""What the relay is told of an arrangement, read from bytes that anybody may have made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.relay import region
from tests.relay.region import AVARIA, BORDUNA

from rso.relay.rules import SMALL_BODY, Registration
from rso.wire import cbor, limits, terms
from rso.wire.errors import MalformedError, WireError
from rso.wire.identifiers import AgencyId

VALID = region.registration()
AGENCIES = st.builds(
    AgencyId,
    st.from_regex(rf"[A-Z][A-Z0-9]{{1,{limits.MEMBER - 1}}}", fullmatch=True),
    st.from_regex(rf"[A-Z]{{2,{limits.CLASS}}}", fullmatch=True),
    st.from_regex(rf"[A-Z][A-Z0-9-]{{1,{limits.AGENCY - 1}}}", fullmatch=True),
)
LONGEST = AgencyId("M" * limits.MEMBER, "C" * limits.CLASS, "A" * limits.AGENCY)
NUMBERS = st.integers(0, terms.PER_DAY)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=20) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


def reads_its_own_bytes_alone(data: bytes) -> None:
    """Either our error, or a registration that is written as exactly the same bytes: parties compare them."""
    try:
        read = Registration.decode(data)
    except WireError:
        return
    assert read.encode() == data


@given(
    parties=st.sets(AGENCIES, min_size=2, max_size=terms.PARTIES),
    starts=st.integers(0, limits.UNIX_SECONDS - 1),
    numbers=st.lists(NUMBERS, min_size=terms.PARTIES, max_size=terms.PARTIES),
)
@example({AVARIA, LONGEST}, limits.UNIX_SECONDS - 1, [terms.PER_DAY] * terms.PARTIES)
def test_every_registration_is_read_back(parties: set[AgencyId], starts: int, numbers: list[int]) -> None:
    ordered = tuple(sorted(parties))
    made = Registration(ordered, starts, limits.UNIX_SECONDS, dict(zip(ordered, numbers, strict=False)))
    assert len(made.encode()) <= SMALL_BODY
    assert Registration.decode(made.encode()) == made


@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    reads_its_own_bytes_alone(data)


@given(data=st.data())
def test_changed_bytes(data: st.DataObject) -> None:
    valid = VALID.encode()
    at, removed = data.draw(st.integers(0, len(valid))), data.draw(st.integers(0, 8))
    reads_its_own_bytes_alone(valid[:at] + data.draw(st.binary(max_size=8)) + valid[at + removed :])


@given(st.sampled_from(["ends", "parties", "per_day", "starts"]), PLAIN)
def test_a_field_of_another_kind(name: str, value: object) -> None:
    content = cbor.decode(VALID.encode(), limit=SMALL_BODY)
    assert isinstance(content, dict)
    reads_its_own_bytes_alone(cbor.encode(content | {name: value}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parties": (AVARIA,), "per_day": {AVARIA: 1}}, "parties"),
        ({"parties": (BORDUNA, AVARIA)}, "parties"),
        ({"parties": (AVARIA, AVARIA, BORDUNA)}, "parties"),
        ({"ends": VALID.starts}, "after its start"),
        ({"per_day": {AVARIA: 1}}, "every party"),
        ({"per_day": {AVARIA: 1, BORDUNA: 1, region.CESTRIA: 1}}, "every party"),
    ],
)
def test_what_does_not_fit_together(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        region.registration(**changes)


def test_the_shortest_arrangement() -> None:
    assert region.registration(ends=VALID.starts + 1).ends == VALID.starts + 1
