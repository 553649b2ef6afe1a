"""Facts and answers that cannot be, and answers stored and read back: nothing damaged is taken for "no"."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.policy.steps import PLAIN, REFUGEE, step
from tests.wire.parties import CESTRIA

from rso.policy.codes import Side
from rso.policy.protection import UNANSWERED, Origin, PolicyError, ProtectionState
from rso.wire.countries import UnknownCountryError
from rso.wire.questions import Outcome

UNKNOWN = replace(PLAIN, nationality=Origin.unknown())


@pytest.mark.parametrize(
    "changes",
    [
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001 - the missing zone is what is tested
        {"third_party": CESTRIA},
        {"outcome": Outcome.HIT},
        {"modality": None},
        {"requester": ""},
    ],
)
def test_facts_that_do_not_fit_together_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PolicyError) as caught:
        step(Side.ASKING, **changes)
    assert caught.value.code == "bad-facts"


def test_a_probe_is_not_disclosed() -> None:
    with pytest.raises(PolicyError):
        replace(step(Side.ASKING), side=Side.DISCLOSING)


def test_a_mistyped_country_is_refused_and_bars_no_less() -> None:
    for code in ("GER", "XXA", "", "HK"):
        with pytest.raises(UnknownCountryError):
            Origin.known(code)


def test_the_answers_are_stored_and_read_back() -> None:
    for state in (PLAIN, REFUGEE, UNKNOWN, UNANSWERED, replace(PLAIN, feared=Origin.unknown("HKG", "NCL"))):
        assert ProtectionState.from_plain(state.as_plain()) == state


@pytest.mark.parametrize(
    "damage",
    [
        {"child": "perhaps"},
        {"child": None},
        {"child": ["no"]},
        {"nationality": {}},
        {"nationality": {"knowledge": "known", "countries": "XAV"}},
        {"nationality": {"knowledge": "known", "countries": ["GER"]}},
        {"nationality": {"knowledge": "known", "countries": [["XAV"]]}},
        {"override": "yes"},
    ],
)
def test_damaged_answers_are_never_read_as_no(damage: dict[str, object]) -> None:
    for broken in (PLAIN.as_plain() | damage, {}, None, [PLAIN.as_plain()]):
        with pytest.raises(PolicyError):
            ProtectionState.from_plain(broken)
