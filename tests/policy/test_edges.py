"""Each condition of a rule from its other side: where it must not apply, and what goes with a decision and what not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.policy.steps import (
    AT,
    EVERYBODY,
    OFFICER,
    OTHER,
    PLAIN,
    REFUGEE,
    STATES,
    THIRD,
    agreed,
    checked,
    step,
)
from tests.wire.parties import CESTRIA

from rso.policy.barring import CandidateFilter
from rso.policy.codes import Clause, Duty, Kind, OutwardReason, Role, Side, Verdict
from rso.policy.decision import Decision, decide
from rso.policy.facts import Agreement, Facts
from rso.policy.protection import Origin, PolicyError, ProtectionState, Reply
from rso.wire.in_force import CheckedArrangement
from rso.wire.questions import Outcome

BARRED = replace(REFUGEE, nationality=Origin.known("XAV"))
"""A refugee from the asker's own state."""
UNKNOWN = replace(PLAIN, nationality=Origin.unknown(), residence=Origin.known("XDE"))
"""Nobody knows the nationality."""


def run(facts: Facts, state: ProtectionState | None = PLAIN, under: CheckedArrangement | None = None) -> Decision:
    return decide(replace(facts, agreements=EVERYBODY), under or agreed(), state, STATES)


def duties(decision: Decision) -> set[Duty]:
    return {obligation.duty for obligation in decision.obligations}


# ---------------------------------------------------------------- where a rule does not apply


def test_candidates_need_the_holder_in_the_arrangement_too() -> None:
    """An arrangement between the asker and a third state says nothing about us."""
    asker, holder = step(Side.ANSWERING).asker, step(Side.ANSWERING).holder
    chosen = CandidateFilter(holder=holder, asker=asker, checked=agreed(asker, CESTRIA), states=STATES, at=AT)
    assert not chosen.allows(PLAIN)


@pytest.mark.parametrize("side", [Side.ONWARD, Side.CONSENTING])
def test_to_pass_on_needs_no_hit_of_one_s_own(side: Side) -> None:
    assert run(step(side, hit_confirmed=False)).allowed


def test_a_request_that_arrives_is_taken_on_whatever_it_names() -> None:
    """Its fields are decided one by one, by persons, when it is answered."""
    for fields in ((), ("secret",), ("family-name", "secret")):
        assert run(step(Side.ANSWERING, Kind.DISCLOSURE_REQUEST, fields=fields), None).allowed


@pytest.mark.parametrize(
    "facts",
    [
        step(Side.DISCLOSING, Kind.WRITTEN_REQUEST),
        step(Side.DISCLOSING),
        step(Side.ANSWERING, outcome=Outcome.NO_HIT),
        step(Side.ANSWERING, outcome=Outcome.HIT),
        step(Side.ANSWERING, Kind.DISCLOSURE_REQUEST),
        step(Side.ONWARD),
    ],
    ids=lambda facts: f"{facts.side}-{facts.kind}-{facts.outcome}",
)
def test_an_answer_is_no_question_and_is_not_counted(facts: Facts) -> None:
    assert run(replace(facts, asked_today=10**6)).allowed


@pytest.mark.parametrize("kind", [Kind.PROBE, Kind.WRITTEN_REQUEST])
@pytest.mark.parametrize("side", [Side.ASKING, Side.ANSWERING])
def test_a_question_is_counted_on_both_sides(kind: Kind, side: Side) -> None:
    assert run(step(side, kind, asked_today=10**6)).clause is Clause.QUOTA


# ---------------------------------------------------------------- what goes with a decision


def test_only_a_barred_hit_is_answered_as_no_hit() -> None:
    assert duties(run(step(Side.ANSWERING, outcome=Outcome.HIT), BARRED)) == {
        Duty.ANSWER_AS_NO_HIT,
        Duty.ANSWER_ON_TICK,
    }
    assert duties(run(step(Side.DISCLOSING), BARRED)) == {Duty.ANSWER_ON_TICK}
    towards_them = replace(PLAIN, refugee=Reply.YES)  # of the holder's own nationality
    assert run(step(Side.ASKING), towards_them).verdict is Verdict.BARRED
    assert duties(run(step(Side.ASKING), towards_them)) == set()


def test_what_is_refused_obliges_to_nothing_but_the_tick() -> None:
    assert duties(run(step(Side.DISCLOSING, purpose="curiosity"))) == {Duty.ANSWER_ON_TICK}
    assert duties(run(step(Side.ANSWERING, purpose="curiosity"), None)) == {Duty.ANSWER_ON_TICK}
    assert duties(run(step(Side.ASKING, purpose="curiosity"))) == set()
    assert duties(run(step(Side.ONWARD, originator_consents=False))) == set()


@pytest.mark.parametrize("side", [Side.DISCLOSING, Side.ONWARD, Side.CONSENTING])
def test_whatever_is_told_of_a_person_is_not_passed_on(side: Side) -> None:
    assert Duty.NOT_ONWARD in duties(run(step(side)))


def test_a_hit_is_told_and_not_passed_on_and_no_hit_says_nothing() -> None:
    assert duties(run(step(Side.ANSWERING, outcome=Outcome.HIT))) == {
        Duty.EXAMINER,
        Duty.NOT_ONWARD,
        Duty.ANSWER_ON_TICK,
    }
    for outcome in (Outcome.NO_HIT, Outcome.INSUFFICIENT_QUALITY):
        assert duties(run(step(Side.ANSWERING, outcome=outcome))) == {Duty.ANSWER_ON_TICK}


def test_each_side_keeps_what_it_has_for_the_days_agreed_and_the_tick_is_the_holders() -> None:
    assert duties(run(step(Side.ASKING))) == {Duty.DESTROY_AT}
    assert duties(run(step(Side.ASKING, Kind.WRITTEN_REQUEST))) == set()
    disclosing = run(step(Side.DISCLOSING, at=AT + timedelta(seconds=7)))
    assert duties(disclosing) == {Duty.NOT_ONWARD, Duty.DESTROY_AT, Duty.ANSWER_ON_TICK}
    tick = disclosing.duty(Duty.ANSWER_ON_TICK)
    assert tick is not None
    assert tick.at == AT.replace(second=0) + timedelta(minutes=1)


def test_the_protection_officer_is_a_second_person() -> None:
    opened = agreed(open_to_unknown=True)
    assert Duty.SECOND_PERSON in duties(run(step(Side.ASKING), UNKNOWN, opened))
    assert Duty.SECOND_PERSON not in duties(run(step(Side.ASKING), PLAIN, opened))


# ---------------------------------------------------------------- what is said, and to whom


def test_the_first_reason_of_the_arrangement_is_the_one_that_travels() -> None:
    several = step(Side.ANSWERING, purpose="curiosity", service="iris-search", modality="face", asked_today=10**6)
    assert run(several, None).outward_reason is OutwardReason.SERVICE
    without = replace(several, service="fingerprint-search")
    assert run(without, None).outward_reason is OutwardReason.PURPOSE
    assert run(replace(without, purpose="identity-fraud"), None).outward_reason is OutwardReason.MODALITY


def test_nobody_is_waited_for_where_persons_cannot_mend_it() -> None:
    """A refusal, or a bar, of a step that would need persons besides."""
    alone = step(Side.DISCLOSING, purpose="curiosity")
    decision = decide(alone, agreed(), PLAIN, STATES)
    assert (decision.verdict, decision.waiting_for) == (Verdict.REFUSED, frozenset())
    assert {Clause.PURPOSE, Clause.APPROVAL} <= set(decision.reasons)
    hit = step(Side.ANSWERING, outcome=Outcome.HIT)
    barred = decide(hit, agreed(), BARRED, STATES)
    assert (barred.verdict, barred.waiting_for) == (Verdict.BARRED, frozenset())
    assert decide(hit, agreed(), PLAIN, STATES).waiting_for == {Role.EXAMINER}


# ---------------------------------------------------------------- facts and persons


@pytest.mark.parametrize("kind", [Kind.DISCLOSURE_REQUEST, Kind.WRITTEN_REQUEST])
def test_only_a_probe_has_a_modality(kind: Kind) -> None:
    with pytest.raises(PolicyError):
        step(Side.ASKING, kind, modality="fingerprint")


@pytest.mark.parametrize("side", [Side.ONWARD, Side.CONSENTING])
def test_passing_on_is_to_somebody(side: Side) -> None:
    with pytest.raises(PolicyError):
        step(side, third_party=None)


def test_an_examiner_who_looked_does_not_approve_it_too() -> None:
    by_hand = checked(replace(agreed().arrangement, automatic_no_hit=False))
    one = tuple(Agreement(role, OTHER, reasoned=True) for role in (Role.EXAMINER, Role.PROTECTION_OFFICER))
    hit = step(Side.ANSWERING, outcome=Outcome.HIT, agreements=one)
    opened = agreed(open_to_unknown=True)
    decision = decide(hit, opened, UNKNOWN, STATES)
    assert (decision.verdict, decision.clause) == (Verdict.NEEDS_EXAMINER, Clause.EXAMINER)
    assert decide(step(Side.ANSWERING, outcome=Outcome.NO_HIT), by_hand, PLAIN, STATES).clause is Clause.APPROVAL


def test_an_approver_writes_no_reason_and_must_have_a_name() -> None:
    facts = step(Side.DISCLOSING)
    assert decide(replace(facts, agreements=(Agreement(Role.APPROVER, OTHER),)), agreed(), PLAIN, STATES).allowed
    nameless = replace(facts, requester="", agreements=(Agreement(Role.APPROVER, ""),))
    assert decide(nameless, agreed(), PLAIN, STATES).verdict is Verdict.NEEDS_APPROVAL
    own = replace(facts, agreements=(Agreement(Role.APPROVER, OFFICER),))
    assert decide(own, agreed(), PLAIN, STATES).clause is Clause.OWN_REQUEST


def test_without_an_arrangement_the_strictest_number_of_persons_is_reported() -> None:
    facts = step(Side.DISCLOSING)
    one, two = ((Agreement(Role.APPROVER, OTHER),), (Agreement(Role.APPROVER, OTHER), Agreement(Role.APPROVER, THIRD)))
    assert Clause.APPROVAL in decide(replace(facts, agreements=one), None, PLAIN, STATES).reasons
    assert Clause.APPROVAL not in decide(replace(facts, agreements=two), None, PLAIN, STATES).reasons


def test_without_an_arrangement_a_hit_still_needs_its_examiner() -> None:
    facts = replace(step(Side.ANSWERING), outcome=Outcome.HIT, agreements=())
    decision = decide(facts, None, PLAIN, STATES)
    assert decision.verdict is Verdict.REFUSED
    assert Clause.EXAMINER in decision.reasons


def test_no_more_countries_than_anybody_has() -> None:
    with pytest.raises(PolicyError) as caught:
        Origin.known(*(f"X{first}{second}" for first in "ABC" for second in "ABCDEFGHIJK"))
    assert caught.value.code == "too-many-countries"
