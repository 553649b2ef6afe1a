"""The decision: one pure function over the facts, the arrangement and the protection state.

Every rule that matters to the step is looked at and reported, so that a page can show which member may be asked,
which may not, and why. The gravest failing rule decides, the first of them gives the clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from rso.base.clock import next_tick
from rso.policy.barring import officer_needed, protection_rules
from rso.policy.codes import Clause, Duty, Kind, OutwardReason, Role, Side, Verdict
from rso.policy.coverage import arrangement_rules, quota_rules
from rso.policy.facts import Facts
from rso.policy.persons import needed, officer_rules, person_rules
from rso.policy.protection import UNANSWERED, ProtectionState
from rso.policy.rules import RuleResult
from rso.wire.arrangement import Arrangement
from rso.wire.in_force import CheckedArrangement
from rso.wire.questions import Outcome
from rso.wire.responsibility import ResponsibilityTable

_OUTWARD: Final[Mapping[Clause, OutwardReason]] = MappingProxyType(
    {
        Clause.ABSENT: OutwardReason.ARRANGEMENT,
        Clause.NOT_IN_FORCE: OutwardReason.ARRANGEMENT,
        Clause.PARTY: OutwardReason.ARRANGEMENT,
        Clause.SERVICE: OutwardReason.SERVICE,
        Clause.PURPOSE: OutwardReason.PURPOSE,
        Clause.MODALITY: OutwardReason.MODALITY,
        Clause.FIELD: OutwardReason.FIELD,
        Clause.QUOTA: OutwardReason.QUOTA,
        Clause.ONWARD_NEVER: OutwardReason.ONWARD,
    }
)
_ROLES: Final[Mapping[Verdict, Role]] = MappingProxyType(
    {
        Verdict.NEEDS_PROTECTION_OFFICER: Role.PROTECTION_OFFICER,
        Verdict.NEEDS_EXAMINER: Role.EXAMINER,
        Verdict.NEEDS_APPROVAL: Role.APPROVER,
    }
)


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that goes with the decision, and the instant that it names, if it names one."""

    duty: Duty
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by which clause, with which obligations, and how every rule came out."""

    verdict: Verdict
    clause: Clause | None
    """The rule that decided; None if everything passed."""
    obligations: tuple[Obligation, ...]
    rules: tuple[RuleResult, ...]

    @property
    def allowed(self) -> bool:
        """Whether the step may be taken now."""
        return self.verdict is Verdict.ALLOWED

    @property
    def reasons(self) -> tuple[Clause, ...]:
        """All rules that failed, in order. For the acting side's own people."""
        return tuple(rule.clause for rule in self.rules if not rule.passed)

    @property
    def waiting_for(self) -> frozenset[Role]:
        """The roles whose agreement is missing; empty if persons cannot mend it or nobody is missing."""
        if self.verdict in {Verdict.ALLOWED, Verdict.REFUSED, Verdict.BARRED}:
            return frozenset()
        return frozenset(_ROLES[rule.otherwise] for rule in self.rules if not rule.passed)

    @property
    def outward_reason(self) -> OutwardReason:
        """The reason that may be sent to the other side.

        It is that of the first failing rule of the arrangement, and otherwise none: with and without a protected
        record it is the same.
        """
        failed = (rule.clause for rule in self.rules if not rule.passed)
        return next((_OUTWARD[clause] for clause in failed if clause in _OUTWARD), OutwardReason.DECLINED)

    def duty(self, duty: Duty) -> Obligation | None:
        """The obligation of that kind, or None."""
        return next((obligation for obligation in self.obligations if obligation.duty is duty), None)


def decide(
    facts: Facts,
    checked: CheckedArrangement | None,
    protection: ProtectionState | None,
    states: ResponsibilityTable,
) -> Decision:
    """Whether the step that ``facts`` describes may be taken.

    ``checked`` is the arrangement under which it would be, None if there is none. ``protection`` is what the
    acting side knows of the person: the asker's answers when asking or passing on, the holder's record's when
    answering with a hit, disclosing or consenting; None counts as nothing answered. ``states`` is the
    directory's table.

    A refusal is always allowed: nobody has to answer.
    """
    if facts.outcome is Outcome.REFUSED:
        return Decision(Verdict.ALLOWED, None, _tick(facts, checked), ())
    rules = tuple(_rules(facts, checked, protection or UNANSWERED, states))
    failed = [rule for rule in rules if not rule.passed]
    gravest = max((rule.otherwise.gravity for rule in failed), default=0)
    deciding = next((rule for rule in failed if rule.otherwise.gravity == gravest), None)
    verdict = Verdict.ALLOWED if deciding is None else deciding.otherwise
    return Decision(
        verdict=verdict,
        clause=None if deciding is None else deciding.clause,
        obligations=_obligations(facts, checked, verdict, protection or UNANSWERED),
        rules=rules,
    )


def decide_fields(
    facts: Facts,
    checked: CheckedArrangement | None,
    protection: ProtectionState | None,
    states: ResponsibilityTable,
) -> dict[str, Decision]:
    """A decision for each of ``facts.fields`` by itself: what one field may not, another may."""
    return {name: decide(replace(facts, fields=(name,)), checked, protection, states) for name in facts.fields}


def _rules(
    facts: Facts,
    checked: CheckedArrangement | None,
    protection: ProtectionState,
    states: ResponsibilityTable,
) -> Iterator[RuleResult]:
    arrangement = checked.arrangement if checked else None
    need = needed(facts, arrangement, officer=officer_needed(facts, protection))
    yield from arrangement_rules(facts, checked)
    yield from protection_rules(facts, arrangement, protection, states)
    yield from officer_rules(facts, need)
    yield from quota_rules(facts, checked)
    yield from person_rules(facts, need)


def _obligations(
    facts: Facts, checked: CheckedArrangement | None, verdict: Verdict, protection: ProtectionState
) -> tuple[Obligation, ...]:
    if facts.outcome is Outcome.HIT and verdict is Verdict.BARRED:
        return (Obligation(Duty.ANSWER_AS_NO_HIT), *_tick(facts, checked))
    if checked is None or verdict in {Verdict.REFUSED, Verdict.BARRED}:
        return _tick(facts, checked)
    arrangement = checked.arrangement
    duties = [*_search_duties(facts), *_person_duties(facts, arrangement, protection)]
    if facts.side in {Side.DISCLOSING, Side.ONWARD, Side.CONSENTING} or facts.outcome is Outcome.HIT:
        duties.append(Obligation(Duty.NOT_ONWARD))
    days = _keep_days(facts, arrangement)
    if days:
        duties.append(Obligation(Duty.DESTROY_AT, facts.at + timedelta(days=days)))
    return (*duties, *_tick(facts, checked))


def _search_duties(facts: Facts) -> Iterator[Obligation]:
    if facts.arriving and facts.kind is Kind.PROBE:
        yield Obligation(Duty.EXCLUDE_FROM_CANDIDATES)
        yield Obligation(Duty.EXAMINER)


def _person_duties(facts: Facts, arrangement: Arrangement, protection: ProtectionState) -> Iterator[Obligation]:
    need = needed(facts, arrangement, officer=officer_needed(facts, protection))
    if need.examiner:
        yield Obligation(Duty.EXAMINER)
    if need.officer or need.approvers > 1:
        yield Obligation(Duty.SECOND_PERSON)


def _keep_days(facts: Facts, arrangement: Arrangement) -> int:
    if facts.kind is Kind.PROBE and (facts.side is Side.ASKING or facts.arriving):
        return arrangement.probe_days
    return arrangement.disclosure_days if facts.side is Side.DISCLOSING else 0


def _tick(facts: Facts, checked: CheckedArrangement | None) -> tuple[Obligation, ...]:
    """Every answer leaves on the tick, whatever it says, also where a refusal leaves by itself."""
    if facts.side not in {Side.ANSWERING, Side.DISCLOSING} or checked is None:
        return ()
    return (Obligation(Duty.ANSWER_ON_TICK, next_tick(facts.at, checked.arrangement.answer_tick_s)),)
