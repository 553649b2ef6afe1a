"""The rules that read the arrangement: is it there, in force, and does it cover this step?"""

from __future__ import annotations

from collections.abc import Iterator

from rso.base.clock import unix_seconds
from rso.policy.codes import Clause, Kind, Side
from rso.policy.facts import Facts
from rso.policy.rules import RuleResult
from rso.wire.arrangement import Arrangement
from rso.wire.in_force import CheckedArrangement
from rso.wire.terms import OnwardRule

_QUESTIONS = {Kind.PROBE, Kind.WRITTEN_REQUEST}


def arrangement_rules(facts: Facts, checked: CheckedArrangement | None) -> Iterator[RuleResult]:
    """Presence, force, parties, service, purpose and, where they matter, modality, fields, quality, onward use."""
    yield RuleResult(Clause.ABSENT, checked is not None)
    if checked is None:
        return
    reason = checked.reason_not_in_force(unix_seconds(facts.at))
    yield RuleResult(Clause.NOT_IN_FORCE, reason is None, reason or "")
    arrangement = checked.arrangement
    yield _parties(facts, arrangement)
    yield RuleResult(Clause.SERVICE, arrangement.allows_service(facts.service))
    yield RuleResult(Clause.PURPOSE, arrangement.allows_purpose(facts.purpose))
    if facts.modality is not None:
        yield RuleResult(Clause.MODALITY, arrangement.allows_modality(facts.modality))
    yield from _fields(facts, arrangement)
    yield from _quality(facts, arrangement)
    if facts.kind is Kind.DISCLOSURE_REQUEST and facts.third_party is None:
        yield RuleResult(Clause.NO_HIT, facts.hit_confirmed)
    yield from _onward(facts, arrangement)


def quota_rules(facts: Facts, checked: CheckedArrangement | None) -> Iterator[RuleResult]:
    """Questions are counted when they leave and when they arrive; a disclosure after a hit is not counted."""
    counted = facts.kind in _QUESTIONS and (facts.side is Side.ASKING or facts.arriving)
    party = checked.arrangement.party(facts.asker) if checked else None
    if counted and party is not None:
        within = 0 <= facts.asked_today < party.asks_per_day
        yield RuleResult(Clause.QUOTA, within, f"per-day-{party.asks_per_day}")


def _parties(facts: Facts, arrangement: Arrangement) -> RuleResult:
    if facts.asker == facts.holder:
        return RuleResult(Clause.PARTY, False, "same-agency")
    if arrangement.party(facts.asker) is None:
        return RuleResult(Clause.PARTY, False, "asker")
    return RuleResult(Clause.PARTY, arrangement.party(facts.holder) is not None, "holder")


def _fields(facts: Facts, arrangement: Arrangement) -> Iterator[RuleResult]:
    if facts.kind is not Kind.DISCLOSURE_REQUEST or facts.arriving:
        return
    allowed = arrangement.fields_for(facts.purpose)
    missing = [name for name in facts.fields if name not in allowed]
    if not facts.fields:
        yield RuleResult(Clause.FIELD, False, "none-named")
    else:
        yield RuleResult(Clause.FIELD, not missing, ",".join(missing))


def _quality(facts: Facts, arrangement: Arrangement) -> Iterator[RuleResult]:
    if facts.side is Side.ASKING and facts.image_quality is not None:
        enough = facts.image_quality >= arrangement.quality_floor
        yield RuleResult(Clause.QUALITY_FLOOR, enough, f"at-least-{arrangement.quality_floor}")


def _onward(facts: Facts, arrangement: Arrangement) -> Iterator[RuleResult]:
    if facts.third_party is None:
        return
    yield RuleResult(Clause.ONWARD_NEVER, arrangement.onward is not OnwardRule.NEVER)
    if facts.side is Side.ONWARD:
        yield RuleResult(Clause.ONWARD_NO_CONSENT, facts.originator_consents)
