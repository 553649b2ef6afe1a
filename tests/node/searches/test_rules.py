"""The rules of questions and answers: which state follows which, and what findings make together."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.node.searches.rules import (
    RELEASE,
    WITHHOLDING,
    SearchError,
    SearchState,
    Verdict,
    check_rulings,
    combined,
    may_examine,
    move,
    outcome_of,
    verdict_of,
)
from rso.wire.messages import Outcome

SAME, NOT, UNSURE = Verdict.SAME, Verdict.NOT_SAME, Verdict.CANNOT_TELL
ALLOWED = {
    ("draft", "waiting"), ("draft", "sent"), ("draft", "cancelled"), ("waiting", "draft"), ("waiting", "cancelled"),
    ("sent", "sent"), ("sent", "waiting"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(SearchState, SearchState)))
def test_only_the_listed_moves_are_moves(before: SearchState, after: SearchState) -> None:
    if (before.value, after.value) in ALLOWED:
        assert move(before, after) is after
    else:
        with pytest.raises(SearchError):
            move(before, after)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], None),
        ([SAME], SAME),
        ([NOT], NOT),
        ([UNSURE], None),
        ([UNSURE, UNSURE], UNSURE),
        ([UNSURE, SAME], SAME),
        ([UNSURE, NOT], NOT),
    ],
)
def test_a_candidate_is_decided_by_one_who_can_tell_or_two_who_cannot(
    findings: list[Verdict], verdict: Verdict | None
) -> None:
    assert verdict_of(findings) is verdict


@given(st.lists(st.lists(st.sampled_from(Verdict), max_size=2), max_size=4))
def test_findings_make_an_answer_only_when_they_are_complete(candidates: list[list[Verdict]]) -> None:
    outcome = outcome_of(candidates)
    verdicts = [verdict_of(findings) for findings in candidates]
    assert (outcome is Outcome.HIT) == (SAME in verdicts)
    if outcome is Outcome.NO_HIT:
        assert all(verdict is NOT for verdict in verdicts)
    if outcome is None:
        assert None in verdicts
    if outcome is Outcome.INSUFFICIENT_QUALITY:
        assert UNSURE in verdicts


def test_nobody_looks_twice_and_nobody_after_it_is_decided() -> None:
    first, second = uuid4(), uuid4()
    assert may_examine({}, first)
    assert not may_examine({first: UNSURE}, first)
    assert may_examine({first: UNSURE}, second)
    assert not may_examine({first: NOT}, second)
    assert not may_examine({first: UNSURE, second: UNSURE}, uuid4())


@given(
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from((RELEASE, *WITHHOLDING)) for name in ("a", "b")}),
        min_size=1,
        max_size=3,
    )
)
def test_a_field_goes_only_if_everybody_releases_it(rulings: list[dict[str, str]]) -> None:
    together = combined(rulings)
    for field in ("a", "b"):
        assert (together[field] == RELEASE) == all(ruling[field] == RELEASE for ruling in rulings)


@pytest.mark.parametrize(
    "rulings",
    [
        {},
        {"a": RELEASE},
        {"a": RELEASE, "b": "perhaps"},
        {"a": RELEASE, "c": RELEASE},
        {"a": RELEASE, "b": RELEASE, "c": RELEASE},
    ],
)
def test_a_ruling_names_each_field_with_a_known_word(rulings: dict[str, str]) -> None:
    with pytest.raises(SearchError):
        check_rulings(rulings, ["a", "b"])
