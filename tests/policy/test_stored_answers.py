"""The stored answers to the protection questions, damaged in every way: read back as they were, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.steps import REFUGEE

from rso.policy.protection import COUNTRIES, FLAGS, ORIGINS, Knowledge, Origin, PolicyError, ProtectionState, Reply
from rso.wire.countries import ISO_3166_1, country

CODES = st.sampled_from(sorted(ISO_3166_1))
STATES = st.builds(
    ProtectionState,
    **{flag: st.sampled_from(Reply) for flag in FLAGS},
    **{
        name: st.builds(Origin, st.sampled_from(Knowledge), st.frozensets(CODES, max_size=COUNTRIES))
        for name in ORIGINS
    },
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=10)
    | st.sampled_from(["yes", "no", "unknown", "known", "NO", " no", "XAV", "GER", "knowledge", "countries"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def read(plain: object) -> ProtectionState | None:
    """The answers, or None where they are refused with our error, and that one alone."""
    try:
        return ProtectionState.from_plain(plain)
    except PolicyError as error:
        return None if error.code in ("bad-protection-state", "too-many-countries") else pytest.fail(error.code)


@given(STATES)
def test_every_state_is_read_back_as_it_was_stored(state: ProtectionState) -> None:
    stored = json.loads(json.dumps(state.as_plain()))
    assert ProtectionState.from_plain(stored) == state


@given(PLAIN)
def test_what_was_never_stored_is_refused(plain: object) -> None:
    assert read(plain) is None


@given(STATES, st.data())
def test_one_change_is_refused_or_is_exactly_what_stands_there(state: ProtectionState, data: st.DataObject) -> None:
    """Nothing is taken for another answer: whatever is read is stored again as the same."""
    plain: dict[str, Any] = state.as_plain()
    name = data.draw(st.sampled_from([*FLAGS, *ORIGINS]))
    if name in ORIGINS and data.draw(st.booleans()):
        inner = data.draw(st.sampled_from(["knowledge", "countries", "more"]))
        changed = plain | {name: plain[name] | {inner: data.draw(PLAIN)}}
    else:
        changed = plain | {name: data.draw(PLAIN)}
    found = read(changed)
    if found is not None:
        again = found.as_plain()
        assert {other: again[other] for other in plain if other != name} == {
            other: plain[other] for other in plain if other != name
        }
        assert _as_one(again[name]) == _as_one(changed[name])


def _as_one(value: Any) -> Any:
    """An answer without what does not count: order, repetitions, how travel documents write a country."""
    return value | {"countries": set(map(country, value["countries"]))} if isinstance(value, dict) else value


def _many(count: int) -> dict[str, object]:
    return {"knowledge": "known", "countries": sorted(ISO_3166_1)[:count]}


@pytest.mark.parametrize(
    "damage",
    [
        lambda plain: {name: value for name, value in plain.items() if name != "child"},
        lambda plain: plain | {"": "no"},
        lambda plain: list(plain.items()),
        lambda plain: plain | {"child": "NO"},
        lambda plain: plain | {"child": "no "},
        lambda plain: plain | {"child": False},
        lambda plain: plain | {"child": {"no": "no"}},
        lambda plain: plain | {"feared": "known"},
        lambda plain: plain | {"feared": []},
        lambda plain: plain | {"feared": {"knowledge": "known"}},
        lambda plain: plain | {"feared": {"knowledge": "known", "countries": [], "more": 1}},
        lambda plain: plain | {"feared": {"knowledge": "sure", "countries": []}},
        lambda plain: plain | {"feared": {"knowledge": ["known"], "countries": []}},
        lambda plain: plain | {"feared": {"knowledge": "known", "countries": {"XAV": 1}}},
        lambda plain: plain | {"feared": {"knowledge": "known", "countries": [7]}},
        lambda plain: plain | {"feared": {"knowledge": "known", "countries": [None]}},
        lambda plain: plain | {"feared": {"knowledge": "known", "countries": [{}]}},
        lambda plain: plain | {"feared": _many(COUNTRIES + 1)},
    ],
)
def test_each_kind_of_damage(damage: Callable[[dict[str, object]], object]) -> None:
    assert read(REFUGEE.as_plain()) == REFUGEE
    assert read(damage(REFUGEE.as_plain())) is None


def test_as_many_countries_as_may_be_named() -> None:
    found = read(REFUGEE.as_plain() | {"feared": _many(COUNTRIES)})
    assert found is not None
    assert len(found.feared.countries) == COUNTRIES
