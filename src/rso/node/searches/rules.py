"""Who may do what with questions and answers, and how they go from state to state. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from rso.accounts.rules import Actor, Role, enter
from rso.base.errors import RsoError
from rso.wire.messages import Outcome

SERVICE: Final = "fingerprint-search"
MODALITY: Final = "fingerprint"


class SearchesPermission(StrEnum):
    CREATE = "node:search:create"
    SEE = "node:search:see"
    SEND = "node:search:send"
    AGREE = "node:search:agree"
    ANSWER = "node:probe:answer"
    EXAMINE = "node:candidate:examine"
    REQUEST = "node:disclosure:request"
    SEE_DISCLOSED = "node:disclosure:see"
    DECIDE = "node:disclosure:decide"
    DESTROY = "node:exchange:destroy"


class SearchesEvent(StrEnum):
    CREATED = "node:search:created"
    CHANGED = "node:search:changed"
    CANCELLED = "node:search:cancelled"
    DESTROYED = "node:search:destroyed"
    AGREEMENT_ASKED = "node:search:agreement-asked"
    AGREED = "node:search:agreed"
    DECLINED = "node:search:declined"
    ASKED = "node:search:asked"
    ANSWER_CAME = "node:search:answer-came"
    PROBE_TAKEN = "node:probe:taken"
    PROBE_SEARCHED = "node:probe:searched"
    ANSWERED = "node:probe:answered"
    PROBE_CLOSED = "node:probe:closed"
    PROBE_DESTROYED = "node:probe:destroyed"
    COMPARED = "node:candidate:viewed"
    EXAMINED = "node:candidate:examined"
    REQUESTED = "node:disclosure:requested"
    REQUEST_TAKEN = "node:disclosure:taken"
    REQUEST_VIEWED = "node:disclosure:request-viewed"
    RULED = "node:disclosure:ruled"
    DISCLOSED = "node:disclosure:given"
    DISCLOSURE_CAME = "node:disclosure:came"
    DISCLOSURE_VIEWED = "node:disclosure:viewed"
    DISCLOSURE_DESTROYED = "node:disclosure:destroyed"
    RECEIPT_CAME = "node:receipt:came"


class SearchError(RsoError):
    """Something that cannot be done with a question now; the message says what to do."""


def _own(actor: Actor, owner: Any) -> str | None:
    """A question is worked on by the officer who asked it."""
    return None if owner == actor.user_id else "not-your-question"


def _not_own(actor: Actor, owner: Any) -> str | None:
    return "own-request" if owner == actor.user_id else None


def enter_own() -> None:
    officer, approver = {Role.OFFICER}, {Role.APPROVER}
    enter(SearchesPermission.CREATE, officer)
    enter(SearchesPermission.SEE, {Role.OFFICER, Role.PROTECTION_OFFICER})
    enter(SearchesPermission.SEND, officer, _own)
    enter(SearchesPermission.AGREE, {Role.PROTECTION_OFFICER}, _not_own)
    enter(SearchesPermission.ANSWER, (), system=True)
    enter(SearchesPermission.EXAMINE, {Role.EXAMINER})
    enter(SearchesPermission.REQUEST, officer, _own)
    enter(SearchesPermission.SEE_DISCLOSED, officer, _own)
    enter(SearchesPermission.DECIDE, approver)
    enter(SearchesPermission.DESTROY, (), system=True)


# ---------------------------------------------------------------- the asker's question


class SearchState(StrEnum):
    """Where a question stands before and after it leaves; each member's answer has a state of its own."""

    DRAFT = "draft"
    WAITING = "waiting"
    """For the protection officer."""
    SENT = "sent"
    CANCELLED = "cancelled"


_MOVES: Final[Mapping[SearchState, frozenset[SearchState]]] = {
    SearchState.DRAFT: frozenset({SearchState.WAITING, SearchState.SENT, SearchState.CANCELLED}),
    SearchState.WAITING: frozenset({SearchState.DRAFT, SearchState.CANCELLED}),
    SearchState.SENT: frozenset({SearchState.SENT, SearchState.WAITING}),
    SearchState.CANCELLED: frozenset(),
}


def move(before: str, after: SearchState) -> SearchState:
    """``after``, where that may follow ``before``; raises ``SearchError`` (``wrong-state``)."""
    if after not in _MOVES[SearchState(before)]:
        raise SearchError("wrong-state", f"A question that is {before} does not become {after}. Load the page again.")
    return after


# ---------------------------------------------------------------- the holder's answer


class ProbeState(StrEnum):
    """Where a received probe stands."""

    RECEIVED = "received"
    EXAMINE = "examine"
    ANSWERED = "answered"


class Verdict(StrEnum):
    """What an examiner finds when comparing two prints."""

    SAME = "same"
    NOT_SAME = "not-same"
    CANNOT_TELL = "cannot-tell"


def verdict_of(findings: Sequence[Verdict]) -> Verdict | None:
    """The verdict on one candidate, or ``None`` while an examiner must (again) look at it.

    "Cannot tell" goes to a second examiner; twice, and it stays so.
    """
    told = [finding for finding in findings if finding is not Verdict.CANNOT_TELL]
    if told:
        return told[0]
    return Verdict.CANNOT_TELL if len(findings) >= 2 else None


def outcome_of(candidates: Sequence[Sequence[Verdict]]) -> Outcome | None:
    """The answer that the findings on all candidates make, or ``None`` while something is to be examined.

    One "same" is a hit at once. Where no candidate is the same and one could not be told twice, nobody may say
    "no hit": the quality was insufficient.
    """
    verdicts = [verdict_of(findings) for findings in candidates]
    if Verdict.SAME in verdicts:
        return Outcome.HIT
    if None in verdicts:
        return None
    return Outcome.INSUFFICIENT_QUALITY if Verdict.CANNOT_TELL in verdicts else Outcome.NO_HIT


def may_examine(findings: Mapping[UUID, Verdict], examiner: UUID) -> bool:
    """Whether ``examiner`` may still find on a candidate: nobody finds twice on one."""
    return examiner not in findings and verdict_of(list(findings.values())) is None


# ---------------------------------------------------------------- disclosure

RELEASE: Final = "release"
WITHHOLDING: Final = ("declined", "not-necessary", "law-forbids", "not-held")
"""Codes with which a field may be withheld; ``declined`` gives no reason."""


def check_rulings(rulings: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
    """A ruling on every field, and on none besides: ``release``, or a code of :data:`WITHHOLDING`."""
    if set(rulings) != set(fields):
        raise SearchError("rule-on-each", "Release or withhold each of the fields that are asked for.")
    if any(ruling not in (RELEASE, *WITHHOLDING) for ruling in rulings.values()):
        raise SearchError("unknown-ruling", "A field is released, or withheld with one of the known reasons.")
    return dict(rulings)


def combined(rulings: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What several approvers make together: a field is released only if every one of them releases it."""
    fields = sorted({field for ruling in rulings for field in ruling})
    return {field: next((ruling[field] for ruling in rulings if ruling[field] != RELEASE), RELEASE) for field in fields}
