"""No combination lets a protected person reach a barred state, by any step, under any arrangement, by anybody.

The expectation is worked out here from the answers by a way of its own, not with the code that it tests.
"""

from __future__ import annotations

import inspect
from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.steps import AT, EVERYBODY, LEAVING, OFFICER, PLAIN, STATES, agreed, step, towards

from rso.policy.barring import CandidateFilter, candidate_allowed
from rso.policy.codes import Clause, Role, Side, Verdict
from rso.policy.decision import decide, decide_fields
from rso.policy.facts import Agreement, Facts
from rso.policy.protection import FLAGS, Knowledge, Origin, ProtectionState, Reply, barred_states
from rso.wire.identifiers import AgencyId
from rso.wire.questions import Outcome

CHINA = {"CHN", "HKG", "MAC"}
FRANCE = {"FRA", "NCL"}
MEMBERS = ("CHN", "HKG", "MAC", "FRA", "NCL", "XAV", "XCS")
AVARIA = AgencyId.parse("XAV/GOV/BORDER")
BORDUNA = AgencyId.parse("XBD/GOV/IMMIGRATION")
ALL_FLAGS = [dict(zip(FLAGS, replies, strict=True)) for replies in product(Reply, repeat=len(FLAGS))]


def _family(code: str) -> set[str]:
    return next((family for family in (CHINA, FRANCE) if code in family), {code})


def _expected_barred(state: ProtectionState) -> set[str]:
    """From the words of the rule."""
    flagged = any(getattr(state, flag) != "no" for flag in FLAGS)
    nationality_unknown = state.nationality.knowledge == "unknown" or (
        not state.nationality.countries and state.stateless != "yes"
    )
    fear = state.feared.knowledge == "unknown" or bool(state.feared.countries)
    if not (flagged or nationality_unknown or fear):
        return set()
    named = [*state.nationality.countries, *state.residence.countries, *state.feared.countries]
    return {member for code in named for member in _family(code)}


def _expected_open(state: ProtectionState) -> bool:
    """Whether something of the origin is unknown."""
    origins = (state.nationality, state.residence, state.feared)
    if any(origin.knowledge == "unknown" for origin in origins):
        return True
    return not state.residence.countries or (not state.nationality.countries and state.stateless != "yes")


def _protected(state: ProtectionState) -> bool:
    return (
        any(getattr(state, flag) != "no" for flag in FLAGS)
        or bool(state.feared.countries)
        or state.feared.knowledge == "unknown"
        or state.nationality.knowledge == "unknown"
        or (not state.nationality.countries and state.stateless != "yes")
    )


def _verdict(facts: Facts, state: ProtectionState, *, clause: bool) -> Verdict:
    checked = agreed(facts.acting, facts.recipient, open_to_unknown=clause)
    return decide(facts, checked, state, STATES).verdict


def _one_origin(knowledge: Knowledge) -> ProtectionState:
    return replace(PLAIN, nationality=Origin(knowledge, frozenset({"HKG"})), residence=Origin.known("XCS"))


@pytest.mark.parametrize("knowledge", Knowledge)
@pytest.mark.parametrize("clause", [False, True])
@pytest.mark.parametrize("facts", LEAVING, ids=lambda facts: f"{facts.side}-{facts.kind}")
def test_every_combination_of_the_five_answers(facts: Facts, clause: bool, knowledge: Knowledge) -> None:
    """All 243 sets of answers, towards the state itself, one responsible for it, and two others."""
    origin = _one_origin(knowledge)
    for flags in ALL_FLAGS:
        state = replace(origin, **flags)
        barred = _expected_barred(state)
        for member in ("HKG", "CHN", "XAV", "XCS"):
            outcome = _verdict(towards(facts, member), state, clause=clause)
            if member in barred or (_protected(state) and _expected_open(state) and not clause):
                assert outcome is Verdict.BARRED
            else:
                assert outcome is not Verdict.BARRED


def _origins(code: str) -> list[Origin]:
    named = frozenset({code})
    return [Origin(knowledge, countries) for knowledge in Knowledge for countries in (named, frozenset[str]())]


ORIGINS = list(product(_origins("MAC"), _origins("NCL"), _origins("XCS")))


@pytest.mark.parametrize("role", ["asylum_seeker", "stateless", "nobody"])
@pytest.mark.parametrize("facts", LEAVING, ids=lambda facts: f"{facts.side}-{facts.kind}")
def test_every_combination_of_the_three_origins(facts: Facts, role: str) -> None:
    """216 origins, each known, claimed, supposed, none or unknown, towards every member, both clauses."""
    for nationality, residence, feared in ORIGINS:
        state = replace(PLAIN, nationality=nationality, residence=residence, feared=feared)
        if role != "nobody":
            state = replace(state, **{role: Reply.YES})
        barred = _expected_barred(state)
        closed = _protected(state) and _expected_open(state)
        for member, clause in product(("CHN", "FRA", "XCS", "XAV"), (False, True)):
            outcome = _verdict(towards(facts, member), state, clause=clause)
            assert (outcome is Verdict.BARRED) == (member in barred or (closed and not clause))


@pytest.mark.parametrize("clause", [False, True])
def test_candidates_by_the_same_table(clause: bool) -> None:
    """The holder's filter over all 243 answers, 27 of the origins and seven askers."""
    for member in MEMBERS:
        asker = AgencyId(member, "GOV", "SOMEBODY")
        chosen = CandidateFilter(
            holder=BORDUNA,
            asker=asker,
            checked=agreed(asker, BORDUNA, open_to_unknown=clause),
            states=STATES,
            at=AT,
        )
        for flags, origins in product(ALL_FLAGS, ORIGINS[::8]):
            state = ProtectionState(**flags, nationality=origins[0], residence=origins[1], feared=origins[2])
            closed = _protected(state) and _expected_open(state) and not clause
            assert chosen.allows(state) == (member not in _expected_barred(state) and not closed)


# ---------------------------------------------------------------- anything at all

COUNTRIES = st.sampled_from([*MEMBERS, "XBD", "GBD", "D"])
PARTS = st.builds(Origin, st.sampled_from(Knowledge), st.frozensets(COUNTRIES, max_size=3))
PERSONS = st.builds(
    ProtectionState,
    **{flag: st.sampled_from(Reply) for flag in FLAGS},
    nationality=PARTS,
    residence=PARTS,
    feared=PARTS,
)
AGREEMENTS = st.lists(
    st.builds(Agreement, st.sampled_from(Role), st.sampled_from(["a", "b", "c", OFFICER]), st.booleans()), max_size=6
)


@settings(max_examples=500, deadline=None)
@given(st.data(), PERSONS, st.sampled_from(MEMBERS), AGREEMENTS)
def test_nothing_else_in_the_facts_opens_a_barred_state(
    data: st.DataObject, state: ProtectionState, member: str, agreements: list[Agreement]
) -> None:
    facts = towards(data.draw(st.sampled_from(LEAVING)), member)
    facts = replace(
        facts,
        purpose=data.draw(st.sampled_from(["identity-fraud", "curiosity"])),
        service=data.draw(st.sampled_from([facts.service, "another-service"])),
        fields=data.draw(st.sampled_from([(), ("sex",), ("sex", "secret")])),
        hit_confirmed=data.draw(st.booleans()),
        image_quality=data.draw(st.sampled_from([None, 0, 100])),
        asked_today=data.draw(st.sampled_from([0, 8, 9, 10**6])),
        originator_consents=data.draw(st.booleans()),
        requester=data.draw(st.sampled_from([OFFICER, "a"])),
        agreements=tuple(agreements),
    )
    clause = data.draw(st.booleans())
    arrangement = data.draw(
        st.sampled_from([None, agreed(), agreed(facts.acting, facts.recipient, open_to_unknown=clause)])
    )
    barred = member in _expected_barred(state)
    decision = decide(facts, arrangement, state, STATES)
    if barred:
        assert (decision.verdict, decision.clause) == (Verdict.BARRED, Clause.BARRED_STATE)
        assert not decision.waiting_for
    assert (member in barred_states(state, STATES, AT)) == barred
    named = {name: one.verdict for name, one in decide_fields(facts, arrangement, state, STATES).items()}
    assert not barred or all(verdict is Verdict.BARRED for verdict in named.values())
    asker = facts.recipient if facts.recipient != BORDUNA else AVARIA
    seen = candidate_allowed(state, holder=BORDUNA, asker=asker, checked=arrangement, states=STATES, at=AT)
    assert not (seen and asker.member in _expected_barred(state))


@pytest.mark.parametrize("facts", LEAVING, ids=lambda facts: f"{facts.side}-{facts.kind}")
def test_where_nothing_was_answered_everything_counts_as_yes(facts: Facts) -> None:
    for state in (None, ProtectionState()):
        everybody = replace(facts, agreements=EVERYBODY)
        assert decide(everybody, agreed(), state, STATES).clause is Clause.UNKNOWN_ORIGIN


# ---------------------------------------------------------------- there is no override


def test_there_is_no_parameter_by_which_a_rule_could_be_set_aside() -> None:
    for function in (decide, decide_fields):
        assert list(inspect.signature(function).parameters) == ["facts", "checked", "protection", "states"]
    assert list(inspect.signature(candidate_allowed).parameters) == [
        "record", "holder", "asker", "checked", "states", "at",
    ]  # fmt: skip
    assert {field.name for field in fields(Facts)} == {
        "side", "kind", "asker", "holder", "at", "purpose", "service", "modality", "outcome", "fields",
        "hit_confirmed", "image_quality", "asked_today", "third_party", "originator_consents",
        "concerns_person", "requester", "agreements",
    }  # fmt: skip
    assert {field.name for field in fields(Agreement)} == {"role", "person", "reasoned"}
    assert set(Role) == {Role.PROTECTION_OFFICER, Role.EXAMINER, Role.APPROVER}


@pytest.mark.parametrize("facts", LEAVING, ids=lambda facts: f"{facts.side}-{facts.kind}")
def test_a_person_may_be_denied_only_in_a_letter(facts: Facts) -> None:
    """ "This is about nobody" is believed of a written request, and of nothing else."""
    denied = replace(towards(facts, "XCS"), concerns_person=False, agreements=EVERYBODY)
    state = replace(PLAIN, refugee=Reply.YES, nationality=Origin.known("XCS"))
    decision = decide(denied, agreed(denied.acting, denied.recipient), state, STATES)
    assert (decision.verdict is Verdict.BARRED) == (facts.kind.value != "written-request")


def test_passing_on_is_decided_on_both_sides_for_the_third_party() -> None:
    """What the asker does not know of the person, the originator's own answers still bar."""
    state = replace(PLAIN, child=Reply.YES, nationality=Origin.known("HKG"), residence=Origin.known("XAV"))
    for side in (Side.ONWARD, Side.CONSENTING):
        facts = replace(towards(step(side), "CHN"), agreements=EVERYBODY)
        rule = next(rule for rule in decide(facts, agreed(), state, STATES).rules if rule.clause is Clause.BARRED_STATE)
        assert (rule.passed, rule.detail) == (False, "responsible-state")


def test_a_refusal_is_always_free() -> None:
    facts = step(Side.ANSWERING, outcome=Outcome.REFUSED)
    assert decide(facts, None, None, STATES).allowed
