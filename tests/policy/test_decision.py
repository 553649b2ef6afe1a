"""The decision, clause by clause: verdicts, obligations, persons, and what may be told to the other side."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.policy.steps import (
    AT,
    EVERYBODY,
    FOURTH,
    LEAVING,
    OFFICER,
    OTHER,
    PLAIN,
    REFUGEE,
    STATES,
    THIRD,
    agreed,
    checked,
    step,
    towards,
)
from tests.wire.parties import CESTRIA

from rso.policy.barring import candidate_allowed
from rso.policy.codes import Clause, Duty, Kind, OutwardReason, Role, Side, Verdict
from rso.policy.decision import Decision, decide, decide_fields
from rso.policy.facts import Agreement, Facts
from rso.policy.persons import may_approve
from rso.policy.protection import (
    UNANSWERED,
    Origin,
    ProtectionState,
    Reply,
    barred_because,
    barred_states,
)
from rso.wire.countries import country
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.questions import Outcome
from rso.wire.terms import ApprovalRule, OnwardRule

BORDUNA = AgencyId.parse("XBD/GOV/IMMIGRATION")
UNKNOWN = replace(PLAIN, nationality=Origin.unknown(), residence=Origin.known("XDE"))
"""Nobody knows the nationality; the residence is a third country, which bars nobody here."""


def run(facts: Facts, arrangement: CheckedArrangement | None = None, state: ProtectionState | None = PLAIN) -> Decision:
    return decide(facts, arrangement or agreed(), state, STATES)


def changed(**terms: object) -> CheckedArrangement:
    return checked(replace(agreed().arrangement, **terms))  # type: ignore[arg-type]


def agree(role: Role, *persons: str) -> tuple[Agreement, ...]:
    return tuple(Agreement(role, person, reasoned=True) for person in persons)


# ---------------------------------------------------------------- what is right passes


@pytest.mark.parametrize("facts", LEAVING, ids=lambda facts: f"{facts.side}-{facts.kind}")
def test_every_step_is_allowed_for_an_unprotected_person_with_all_agreements(facts: Facts) -> None:
    decision = run(replace(facts, agreements=EVERYBODY))
    assert (decision.verdict, decision.clause, decision.reasons) == (Verdict.ALLOWED, None, ())
    assert decision.allowed


@pytest.mark.parametrize("kind", Kind)
def test_a_question_that_arrives_is_taken_on_whoever_it_is_about(kind: Kind) -> None:
    assert run(step(Side.ANSWERING, kind), state=None).allowed


# ---------------------------------------------------------------- the arrangement


@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        (step(Side.ASKING, purpose="curiosity"), Clause.PURPOSE),
        (step(Side.ASKING, modality="face"), Clause.MODALITY),
        (step(Side.ASKING, service="iris-search"), Clause.SERVICE),
        (step(Side.ASKING, image_quality=19), Clause.QUALITY_FLOOR),
        (step(Side.ASKING, asked_today=9), Clause.QUOTA),
        (step(Side.ANSWERING, asked_today=9), Clause.QUOTA),
        (step(Side.ASKING, asked_today=-1), Clause.QUOTA),
        (step(Side.ASKING, holder=CESTRIA), Clause.PARTY),
        (step(Side.ANSWERING, asker=CESTRIA), Clause.PARTY),
        (step(Side.ANSWERING, asker=BORDUNA), Clause.PARTY),
        (step(Side.ASKING, at=AT - timedelta(days=20)), Clause.NOT_IN_FORCE),
        (step(Side.ASKING, Kind.DISCLOSURE_REQUEST, fields=("secret",)), Clause.FIELD),
        (step(Side.ASKING, Kind.DISCLOSURE_REQUEST, fields=()), Clause.FIELD),
        (step(Side.DISCLOSING, fields=("sex", "secret"), agreements=EVERYBODY), Clause.FIELD),
        (step(Side.ASKING, Kind.DISCLOSURE_REQUEST, hit_confirmed=False), Clause.NO_HIT),
        (step(Side.DISCLOSING, hit_confirmed=False, agreements=EVERYBODY), Clause.NO_HIT),
        (step(Side.ONWARD, originator_consents=False, agreements=EVERYBODY), Clause.ONWARD_NO_CONSENT),
    ],
)
def test_what_the_arrangement_does_not_cover_is_refused(facts: Facts, clause: Clause) -> None:
    decision = run(facts)
    assert (decision.verdict, decision.clause) == (Verdict.REFUSED, clause)
    assert decision.reasons == (clause,)


def test_the_edges_of_quality_and_quota() -> None:
    assert run(step(Side.ASKING, image_quality=20, asked_today=8)).allowed
    assert run(step(Side.ASKING, Kind.DISCLOSURE_REQUEST, asked_today=100)).allowed


def test_the_quota_is_the_askers_own() -> None:
    first, second = agreed().arrangement.parties
    arrangement = changed(parties=(replace(first, asks_per_day=1), replace(second, asks_per_day=5)))
    for side in (Side.ASKING, Side.ANSWERING):
        assert run(step(side, asked_today=0), arrangement).allowed
        assert run(step(side, asked_today=1), arrangement).clause is Clause.QUOTA


def test_without_an_arrangement_nothing_but_a_refusal() -> None:
    for facts in LEAVING:
        decision = decide(replace(facts, agreements=EVERYBODY), None, PLAIN, STATES)
        assert (decision.verdict, decision.clause) == (Verdict.REFUSED, Clause.ABSENT)


def test_not_in_force_says_why() -> None:
    arrangement = replace(agreed(), unsigned=frozenset({BORDUNA}))
    rules = run(step(Side.ASKING), arrangement).rules
    assert [rule.detail for rule in rules if not rule.passed] == ["not-signed"]


def test_onward_use_may_be_excluded_altogether() -> None:
    never = changed(onward=OnwardRule.NEVER)
    for side in (Side.ONWARD, Side.CONSENTING):
        assert run(step(side, agreements=EVERYBODY), never).clause is Clause.ONWARD_NEVER


def test_every_rule_is_reported_not_only_the_first() -> None:
    decision = run(step(Side.ASKING, purpose="curiosity", modality="face", asked_today=9), state=REFUGEE)
    assert decision.reasons == (Clause.PURPOSE, Clause.MODALITY, Clause.QUOTA)
    assert {Clause.NOT_IN_FORCE, Clause.BARRED_STATE} <= {rule.clause for rule in decision.rules if rule.passed}


def test_fields_are_decided_one_by_one() -> None:
    facts = step(Side.DISCLOSING, fields=("sex", "secret"), agreements=EVERYBODY)
    decisions = decide_fields(facts, agreed(), PLAIN, STATES)
    assert {name: one.verdict for name, one in decisions.items()} == {
        "sex": Verdict.ALLOWED,
        "secret": Verdict.REFUSED,
    }


# ---------------------------------------------------------------- protection


def test_a_barred_state_outweighs_all_else() -> None:
    facts = towards(step(Side.ASKING, purpose="curiosity"), "XCS")
    decision = run(facts, state=REFUGEE)
    assert (decision.verdict, decision.clause) == (Verdict.BARRED, Clause.BARRED_STATE)
    assert Clause.PURPOSE in decision.reasons


@pytest.mark.parametrize(
    ("member", "state", "reason"),
    [
        ("XCS", REFUGEE, "nationality"),
        ("HKG", replace(REFUGEE, residence=Origin.claimed("HKG")), "residence"),
        ("NCL", replace(REFUGEE, feared=Origin.unknown("NCL")), "feared"),
        ("CHN", replace(REFUGEE, nationality=Origin.known("HKG")), "responsible-state"),
        ("CHN", replace(REFUGEE, nationality=Origin.known("MAC")), "responsible-state"),
        ("HKG", replace(REFUGEE, nationality=Origin.known("CHN")), "responsible-state"),
        ("MAC", replace(REFUGEE, nationality=Origin.known("HKG")), "responsible-state"),
        ("FRA", replace(REFUGEE, nationality=Origin.known("NCL")), "responsible-state"),
        ("NCL", replace(REFUGEE, nationality=Origin.known("FRA")), "responsible-state"),
        ("GBR", replace(REFUGEE, nationality=Origin.known("GBN")), "nationality"),
        ("GBD", replace(REFUGEE, nationality=Origin.known("GBR")), "nationality"),
        ("NCL", replace(REFUGEE, nationality=Origin.known("CHN")), None),
        ("XCS", replace(REFUGEE, refugee=Reply.NO), None),
    ],
)
def test_why_a_state_is_barred(member: str, state: ProtectionState, reason: str | None) -> None:
    assert barred_because(state, member, STATES, AT) == reason
    assert (country(member) in barred_states(state, STATES, AT)) == (reason is not None)


def test_a_fear_is_a_claim_to_protection_by_itself() -> None:
    state = replace(PLAIN, feared=Origin.claimed("XCS"))
    assert barred_states(state, STATES, AT) == {"XBD", "XCS"}


def test_nobody_of_unknown_nationality_is_known_not_to_be_stateless() -> None:
    assert UNKNOWN.may_be_protected
    assert UNKNOWN.origin_unknown
    without = replace(PLAIN, nationality=Origin.known())
    assert without.origin_unknown
    stateless = replace(without, stateless=Reply.YES)
    assert not stateless.origin_unknown
    assert stateless.may_be_protected


def test_unknown_origin_needs_the_clause_of_the_acting_side() -> None:
    decision = run(step(Side.ASKING), state=UNKNOWN)
    assert (decision.verdict, decision.clause) == (Verdict.BARRED, Clause.UNKNOWN_ORIGIN)
    assert next(rule for rule in decision.rules if rule.clause is Clause.UNKNOWN_ORIGIN).detail == "nationality"
    plain = agreed().arrangement
    for place, opened in ((0, True), (1, False)):
        parties = list(plain.parties)
        parties[place] = replace(parties[place], unknown_origin=True)
        one_sided = changed(parties=tuple(parties))
        assert (run(step(Side.ASKING), one_sided, UNKNOWN).verdict is not Verdict.BARRED) == opened
        holder = step(Side.ANSWERING, outcome=Outcome.HIT)
        assert (run(holder, one_sided, UNKNOWN).verdict is Verdict.BARRED) == opened
        seen = candidate_allowed(
            UNKNOWN, holder=holder.holder, asker=holder.asker, checked=one_sided, states=STATES, at=AT
        )
        assert seen != opened


def test_unknown_origin_then_needs_the_protection_officer_who_is_somebody_else() -> None:
    opened = agreed(open_to_unknown=True)
    facts = step(Side.ASKING)
    waiting = run(facts, opened, UNKNOWN)
    assert (waiting.verdict, waiting.clause) == (Verdict.NEEDS_PROTECTION_OFFICER, Clause.PROTECTION_OFFICER)
    assert waiting.waiting_for == {Role.PROTECTION_OFFICER}
    assert waiting.duty(Duty.SECOND_PERSON)
    own = run(replace(facts, agreements=agree(Role.PROTECTION_OFFICER, OFFICER)), opened, UNKNOWN)
    assert own.verdict is Verdict.NEEDS_PROTECTION_OFFICER
    silent = replace(facts, agreements=(Agreement(Role.PROTECTION_OFFICER, OTHER),))
    assert run(silent, opened, UNKNOWN).verdict is Verdict.NEEDS_PROTECTION_OFFICER
    other_role = replace(facts, agreements=agree(Role.APPROVER, OTHER) + agree(Role.EXAMINER, OTHER))
    assert run(other_role, opened, UNKNOWN).verdict is Verdict.NEEDS_PROTECTION_OFFICER
    assert run(replace(facts, agreements=agree(Role.PROTECTION_OFFICER, OTHER)), opened, UNKNOWN).allowed


def test_unknown_origin_is_never_passed_on_to_one_who_is_no_party() -> None:
    opened = agreed(open_to_unknown=True)
    for side in (Side.ONWARD, Side.CONSENTING):
        decision = run(step(side, agreements=EVERYBODY), opened, UNKNOWN)
        assert (decision.verdict, decision.clause) == (Verdict.BARRED, Clause.UNKNOWN_ORIGIN)


def test_a_barred_hit_becomes_no_hit_and_looks_like_one() -> None:
    record = replace(REFUGEE, nationality=Origin.known("XAV"))
    facts = step(Side.ANSWERING, outcome=Outcome.HIT, agreements=EVERYBODY)
    decision = run(facts, state=record)
    assert decision.verdict is Verdict.BARRED
    assert decision.duty(Duty.ANSWER_AS_NO_HIT)
    as_no_hit = replace(facts, outcome=Outcome.NO_HIT, agreements=())
    for state in (record, PLAIN, UNANSWERED, None):
        assert run(as_no_hit, state=state) == run(as_no_hit)


def test_what_is_told_outward_is_the_same_with_and_without_protection() -> None:
    protected = replace(REFUGEE, nationality=Origin.known("XAV"))
    for facts in (
        step(Side.DISCLOSING),
        step(Side.DISCLOSING, purpose="curiosity"),
        step(Side.DISCLOSING, fields=("secret",)),
        step(Side.CONSENTING),
        step(Side.DISCLOSING, at=AT + timedelta(days=10_000)),
    ):
        assert run(facts, state=protected).outward_reason is run(facts).outward_reason
    assert run(step(Side.DISCLOSING), state=protected).outward_reason is OutwardReason.DECLINED
    assert not any("protect" in reason for reason in OutwardReason)


def test_candidates_need_an_arrangement_between_these_two() -> None:
    facts = step(Side.ANSWERING)
    for arrangement, asker in ((None, facts.asker), (agreed(), CESTRIA)):
        assert not candidate_allowed(PLAIN, holder=facts.holder, asker=asker, checked=arrangement, states=STATES, at=AT)
    assert candidate_allowed(PLAIN, holder=facts.holder, asker=facts.asker, checked=agreed(), states=STATES, at=AT)


# ---------------------------------------------------------------- persons


def test_nobody_approves_their_own_request() -> None:
    assert may_approve(OFFICER, OTHER)
    assert may_approve("", OTHER)
    assert not may_approve(OFFICER, OFFICER)
    assert not may_approve(OFFICER, "")
    facts = step(Side.DISCLOSING, agreements=agree(Role.APPROVER, OFFICER))
    decision = run(facts)
    assert (decision.verdict, decision.clause) == (Verdict.NEEDS_APPROVAL, Clause.OWN_REQUEST)
    assert decision.reasons == (Clause.OWN_REQUEST, Clause.APPROVAL)


def test_a_hit_is_never_automatic() -> None:
    for low, none in ((True, True), (False, False)):
        arrangement = changed(automatic_no_hit=none, automatic_low_quality=low)
        decision = run(step(Side.ANSWERING, outcome=Outcome.HIT), arrangement)
        assert (decision.verdict, decision.clause) == (Verdict.NEEDS_EXAMINER, Clause.EXAMINER)
        assert decision.duty(Duty.EXAMINER)
    given = step(Side.ANSWERING, outcome=Outcome.HIT, agreements=agree(Role.EXAMINER, OTHER))
    assert run(given).allowed
    unreasoned = replace(given, agreements=(Agreement(Role.EXAMINER, OTHER),))
    assert run(unreasoned).verdict is Verdict.NEEDS_EXAMINER


@pytest.mark.parametrize(
    ("outcome", "term"),
    [(Outcome.NO_HIT, "automatic_no_hit"), (Outcome.INSUFFICIENT_QUALITY, "automatic_low_quality")],
)
def test_the_other_answers_are_automatic_only_by_a_term(outcome: Outcome, term: str) -> None:
    facts = step(Side.ANSWERING, outcome=outcome)
    assert run(facts, changed(**{term: True})).allowed
    by_hand = changed(**{term: False})
    assert run(facts, by_hand).verdict is Verdict.NEEDS_APPROVAL
    assert run(replace(facts, agreements=agree(Role.APPROVER, OTHER)), by_hand).allowed


@pytest.mark.parametrize("facts", [step(Side.DISCLOSING), step(Side.DISCLOSING, Kind.WRITTEN_REQUEST)])
def test_two_persons_are_two(facts: Facts) -> None:
    two = changed(disclosure_approval=ApprovalRule.TWO_PERSONS)
    assert run(facts, two).duty(Duty.SECOND_PERSON)
    for persons, allowed in (((), False), ((OTHER,), False), ((OTHER, OTHER), False), ((OTHER, THIRD), True)):
        assert run(replace(facts, agreements=agree(Role.APPROVER, *persons)), two).allowed == allowed
    assert run(replace(facts, agreements=agree(Role.APPROVER, OTHER))).allowed


def test_who_agrees_for_protection_does_not_approve_too() -> None:
    opened = agreed(open_to_unknown=True)
    facts = step(Side.DISCLOSING, agreements=agree(Role.PROTECTION_OFFICER, OTHER) + agree(Role.APPROVER, OTHER))
    decision = run(facts, opened, UNKNOWN)
    assert (decision.verdict, decision.clause) == (Verdict.NEEDS_APPROVAL, Clause.APPROVAL)
    assert decision.rules[-1].detail == "another-person"
    more = replace(facts, agreements=facts.agreements + agree(Role.APPROVER, FOURTH))
    assert run(more, opened, UNKNOWN).allowed


# ---------------------------------------------------------------- obligations


def when(decision: Decision, duty: Duty) -> datetime | None:
    found = decision.duty(duty)
    return found.at if found else None


def test_what_is_sent_and_received_has_an_end() -> None:
    assert when(run(step(Side.ASKING)), Duty.DESTROY_AT) == AT + timedelta(days=30)
    assert when(run(step(Side.ANSWERING)), Duty.DESTROY_AT) == AT + timedelta(days=30)
    disclosed = run(step(Side.DISCLOSING, agreements=EVERYBODY))
    assert when(disclosed, Duty.DESTROY_AT) == AT + timedelta(days=90)
    assert disclosed.duty(Duty.NOT_ONWARD)


def test_a_probe_that_arrives_obliges_to_take_barred_records_out_first() -> None:
    decision = run(step(Side.ANSWERING), state=None)
    assert decision.duty(Duty.EXCLUDE_FROM_CANDIDATES)
    assert decision.duty(Duty.EXAMINER)


def test_every_answer_leaves_on_the_same_tick() -> None:
    record = replace(REFUGEE, nationality=Origin.known("XAV"))
    late = AT + timedelta(seconds=7)
    ticks = {
        when(run(step(Side.ANSWERING, outcome=outcome, at=late, agreements=EVERYBODY), state=state), duty)
        for outcome in Outcome
        for state in (PLAIN, record)
        for duty in [Duty.ANSWER_ON_TICK]
    }
    assert ticks == {AT.replace(second=0) + timedelta(minutes=1)}


# ---------------------------------------------------------------- the page that explains


def test_every_code_is_explained_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "policy.md").read_text()
    for words in (Verdict, Side, Clause, Duty, Role, OutwardReason):
        missing = [word.value for word in words if f"`{word.value}`" not in page]
        assert not missing, f"{words.__name__}: {missing}"
