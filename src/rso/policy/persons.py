"""The rules that ask for persons: who must agree, and that nobody agrees twice or to a request of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rso.policy.codes import Clause, Role, Side, Verdict
from rso.policy.facts import Facts
from rso.policy.rules import RuleResult
from rso.wire.arrangement import Arrangement
from rso.wire.questions import Outcome

_REASON_NEEDED = {Role.PROTECTION_OFFICER, Role.EXAMINER}


def may_approve(requester: str, approver: str) -> bool:
    """Whether ``approver`` may agree to what ``requester`` wants: nobody approves their own request."""
    return bool(approver) and approver != requester


@dataclass(frozen=True, slots=True)
class Needed:
    """The agreements that one step needs."""

    officer: bool = False
    examiner: bool = False
    approvers: int = 0


def needed(facts: Facts, arrangement: Arrangement | None, *, officer: bool) -> Needed:
    """Which persons this step needs. Without an arrangement, the strictest."""
    hit = facts.outcome is Outcome.HIT
    return Needed(officer=officer, examiner=hit, approvers=_approvers(facts, arrangement))


def _approvers(facts: Facts, arrangement: Arrangement | None) -> int:
    if facts.side is Side.ASKING or facts.arriving:
        return 0
    if facts.side is Side.ANSWERING:
        return 0 if _automatic(facts, arrangement) else 1
    return 2 if arrangement is None else arrangement.disclosure_approval.persons


def _automatic(facts: Facts, arrangement: Arrangement | None) -> bool:
    """Whether a term lets this answer go by itself; a hit is the examiner's, and has no such term."""
    if facts.outcome is Outcome.NO_HIT:
        return arrangement is not None and arrangement.automatic_no_hit
    if facts.outcome is Outcome.INSUFFICIENT_QUALITY:
        return arrangement is not None and arrangement.automatic_low_quality
    return facts.outcome in {Outcome.HIT, Outcome.REFUSED}


def officer_rules(facts: Facts, need: Needed) -> Iterator[RuleResult]:
    """The protection officer's agreement, where the origin is unknown."""
    if need.officer:
        passed = bool(_persons(facts, Role.PROTECTION_OFFICER))
        yield RuleResult(Clause.PROTECTION_OFFICER, passed, "", Verdict.NEEDS_PROTECTION_OFFICER)


def person_rules(facts: Facts, need: Needed) -> Iterator[RuleResult]:
    """Examiner, no own request, approvers: every one a different person."""
    groups = [_persons(facts, Role.PROTECTION_OFFICER)] if need.officer else []
    groups = [group for group in groups if group]
    if need.examiner:
        examiners = _persons(facts, Role.EXAMINER)
        yield _rule(Clause.EXAMINER, [*groups, examiners], Verdict.NEEDS_EXAMINER)
        groups += [examiners] if examiners else []
    own = any(not may_approve(facts.requester, given.person) for given in facts.agreements)
    yield RuleResult(Clause.OWN_REQUEST, not own, "", Verdict.NEEDS_APPROVAL)
    if need.approvers:
        approvers = _persons(facts, Role.APPROVER)
        yield _rule(Clause.APPROVAL, [*groups, *[approvers] * need.approvers], Verdict.NEEDS_APPROVAL)


def _persons(facts: Facts, role: Role) -> frozenset[str]:
    return frozenset(
        given.person
        for given in facts.agreements
        if given.role is role
        and may_approve(facts.requester, given.person)
        and (given.reasoned or role not in _REASON_NEEDED)
    )


def _rule(clause: Clause, groups: Sequence[frozenset[str]], otherwise: Verdict) -> RuleResult:
    passed = _distinct(groups, frozenset())
    same = not passed and all(groups)
    return RuleResult(clause, passed, "another-person" if same else "", otherwise)


def _distinct(groups: Sequence[frozenset[str]], taken: frozenset[str]) -> bool:
    """Whether one different person can be taken from every group."""
    if not groups:
        return True
    return any(_distinct(groups[1:], taken | {person}) for person in groups[0] - taken)
