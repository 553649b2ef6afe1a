"""The rules of protection. They come before every power: no role, agreement or arrangement opens a barred state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rso.base.clock import unix_seconds
from rso.policy.codes import Clause, Verdict
from rso.policy.facts import Facts
from rso.policy.protection import ORIGINS, ProtectionState, barred_because
from rso.policy.rules import RuleResult
from rso.wire.arrangement import Arrangement
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.responsibility import ResponsibilityTable


def protection_rules(
    facts: Facts,
    arrangement: Arrangement | None,
    protection: ProtectionState,
    states: ResponsibilityTable,
) -> Iterator[RuleResult]:
    """Barred states, and persons of unknown origin."""
    if not facts.about_person:
        return
    barred = barred_because(protection, facts.recipient.member, states, facts.at)
    yield RuleResult(Clause.BARRED_STATE, barred is None, barred or "", Verdict.BARRED)
    opened = _unknown_origin_open(arrangement, facts.acting, facts.recipient)
    passed = opened or not protection.origin_unknown
    yield RuleResult(Clause.UNKNOWN_ORIGIN, passed, _open_parts(protection), Verdict.BARRED)


def officer_needed(facts: Facts, protection: ProtectionState) -> bool:
    """Whether the protection officer must agree: a protected person of unknown origin is concerned."""
    return facts.about_person and protection.origin_unknown


def _unknown_origin_open(arrangement: Arrangement | None, acting: AgencyId, recipient: AgencyId) -> bool:
    """The acting side's own clause, towards another party of the same arrangement."""
    if arrangement is None or arrangement.party(recipient) is None:
        return False
    party = arrangement.party(acting)
    return party is not None and party.unknown_origin


def _open_parts(protection: ProtectionState) -> str:
    if not protection.origin_unknown:
        return ""
    opened = (protection.nationality_open, protection.residence_open, protection.fear_open)
    return ",".join(name for name, is_open in zip(ORIGINS, opened, strict=True) if is_open)


class CandidateFilter:
    """Which of the holder's records may be candidates for one asker. Made once a search, asked once a record.

    A record that is not allowed must be gone before the search, the examiner's queue, the counts and every log
    that the asker could see: the answer is then that of a gallery without it, in bytes and in time.
    """

    def __init__(
        self,
        *,
        holder: AgencyId,
        asker: AgencyId,
        checked: CheckedArrangement | None,
        states: ResponsibilityTable,
        at: datetime,
    ) -> None:
        self._member = asker.member
        self._states = ResponsibilityTable(row for row in states.rows if row.holds(unix_seconds(at)))
        self._at = at
        arrangement = checked.arrangement if checked else None
        parties = frozenset[AgencyId]() if arrangement is None else arrangement.agencies()
        self._answers_at_all = {holder, asker} <= parties
        self._unknown_origin = _unknown_origin_open(arrangement, holder, asker)

    def allows(self, record: ProtectionState) -> bool:
        """Whether the record may be looked at for this asker."""
        if not self._answers_at_all:
            return False
        if barred_because(record, self._member, self._states, self._at) is not None:
            return False
        return self._unknown_origin or not record.origin_unknown


def candidate_allowed(
    record: ProtectionState,
    *,
    holder: AgencyId,
    asker: AgencyId,
    checked: CheckedArrangement | None,
    states: ResponsibilityTable,
    at: datetime,
) -> bool:
    """Whether one record of the holder may be a candidate for a question of ``asker``."""
    chosen = CandidateFilter(holder=holder, asker=asker, checked=checked, states=states, at=at)
    return chosen.allows(record)
