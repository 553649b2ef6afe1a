"""The way of a proposal over every state and move, and the two keys."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.base.errors import RsoError
from rso.office.projects.likeness import Text, alike, likeness
from rso.office.projects.rules import (
    FINAL,
    MOVES,
    KeyRefused,
    Move,
    Outcome,
    SignedKey,
    State,
    WrongMove,
    after,
    attempt,
    check_key,
    consultation_closes,
    signer_is_partial,
    turn,
)

#: The whole table, written down a second time: what each state takes, and where it leads.
WAY: dict[State, dict[Move, State]] = {
    State.DRAFT: {Move.SUBMIT: State.ASSESSMENT, Move.WITHDRAW: State.WITHDRAWN},
    State.RETURNED: {Move.SUBMIT: State.ASSESSMENT, Move.WITHDRAW: State.WITHDRAWN},
    State.ASSESSMENT: {Move.CONSULT: State.CONSULTATION, Move.WITHDRAW: State.WITHDRAWN},
    State.CONSULTATION: {Move.CLOSE_CONSULTATION: State.DECISION, Move.WITHDRAW: State.WITHDRAWN},
    State.DECISION: {
        Move.APPROVE: State.APPROVED,
        Move.DECLINE: State.DECLINED,
        Move.RETURN: State.RETURNED,
        Move.DISAGREE: State.DISAGREEMENT,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.DISAGREEMENT: {
        Move.RECONSIDER: State.DECISION,
        Move.CONSULT_AGAIN: State.CONSULTATION,
        Move.WITHDRAW: State.WITHDRAWN,
    },
    State.APPROVED: {},
    State.DECLINED: {},
    State.WITHDRAWN: {},
}


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
def test_every_state_and_move(state: State, move: Move) -> None:
    if move in WAY[state]:
        assert after(state, move) == WAY[state][move]
    else:
        with pytest.raises(WrongMove):
            after(state, move)


def test_a_final_state_is_final_and_every_other_one_has_a_way_on() -> None:
    begins = {state for state, _move in MOVES}
    assert set(FINAL) == set(State) - begins


def test_every_outcome_is_reached_from_a_draft() -> None:
    reached = {State.DRAFT}
    for _round in State:
        reached |= {to for (state, _move), to in MOVES.items() if state in reached}
    assert reached == set(State)


def _key(person: str, organisation: str, outcome: Outcome = Outcome.APPROVE, reason: str = "r") -> SignedKey:
    return SignedKey(person, organisation, outcome, reason)


class TestTwoKeys:
    def test_one_key_decides_nothing(self) -> None:
        assert turn([]).missing == 2
        assert turn([_key("a", "XAV")]) == turn([_key("b", "XBD", Outcome.DECLINE)])
        assert turn([_key("a", "XAV")]).move is None

    @pytest.mark.parametrize("outcome", Outcome)
    def test_two_on_one_outcome_and_reason_decide(self, outcome: Outcome) -> None:
        assert turn([_key("a", "XAV", outcome), _key("b", "XBD", outcome)]).move == Move(outcome.value)

    def test_other_words_are_a_disagreement_too(self) -> None:
        assert turn([_key("a", "XAV"), _key("b", "XBD", reason="other")]).move == Move.DISAGREE

    @pytest.mark.parametrize(("one", "other"), [(a, b) for a in Outcome for b in Outcome if a != b])
    def test_other_outcomes_disagree(self, one: Outcome, other: Outcome) -> None:
        assert turn([_key("a", "XAV", one), _key("b", "XBD", other)]).move == Move.DISAGREE

    def test_the_same_person_has_one_key(self) -> None:
        with pytest.raises(KeyRefused) as refused:
            check_key([_key("a", "XAV")], _key("a", "XBD"))
        assert refused.value.code == "signed-already"

    def test_the_same_member_has_one_key(self) -> None:
        with pytest.raises(KeyRefused) as refused:
            check_key([_key("a", "XAV")], _key("b", "XAV"))
        assert refused.value.code == "same-organisation"

    def test_that_a_signer_is_the_proposing_members_is_known(self) -> None:
        assert signer_is_partial("XAV", "XAV")
        assert not signer_is_partial("XBD", "XAV")


@pytest.mark.parametrize(
    ("signatures", "state", "number"),
    [
        (0, State.DECISION, 1),
        (1, State.DECISION, 1),
        (2, State.DISAGREEMENT, 1),
        (2, State.APPROVED, 1),
        (2, State.DECISION, 2),
        (2, State.CONSULTATION, 2),
        (3, State.DECISION, 2),
        (4, State.DISAGREEMENT, 2),
        (4, State.RETURNED, 2),
        (3, State.WITHDRAWN, 2),
        (0, State.WITHDRAWN, 1),
    ],
)
def test_attempts(signatures: int, state: State, number: int) -> None:
    assert attempt(signatures, state) == number


def test_a_window_has_a_last_day_and_a_shortest_length() -> None:
    assert consultation_closes(date(2026, 11, 23), 3) == date(2026, 11, 26)
    with pytest.raises(RsoError, match="at least 3 days"):
        consultation_closes(date(2026, 11, 23), 2)


class TestLikeness:
    COURSE = Text("1", "A shared course for shift leaders", "Three academies write one course together.")
    SAME = Text("2", "Shared course for leaders of shifts", "One course is written by three academies, together.")
    OTHER = Text("3", "Translation of pocket guides", "Posts at the coast get guides in their own tongue.")

    def test_the_likest_stands_first_and_the_unlike_not_at_all(self) -> None:
        assert [text.key for text, _score in alike(self.COURSE, [self.OTHER, self.SAME, self.COURSE])] == ["2"]

    @given(st.text(), st.text(), st.text(), st.text())
    def test_a_likeness_lies_between_nothing_and_one_and_is_the_same_both_ways(
        self, title: str, body: str, other_title: str, other_body: str
    ) -> None:
        one, other = Text("1", title, body), Text("2", other_title, other_body)
        assert 0 <= likeness(one, other) <= 1
        assert likeness(one, other) == pytest.approx(likeness(other, one))
