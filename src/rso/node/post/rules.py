"""Who may do what with the post, when a message is tried again, and what a machine may say by itself."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.jobs.rules import Random
from rso.wire.arrangement import Arrangement
from rso.wire.messages import (
    Answer,
    Deferred,
    DestructionReceipt,
    Message,
    Outcome,
    Receipt,
    Refusal,
)
from rso.wire.terms import PER_DAY

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)
CLOCK_WARNING: Final = timedelta(minutes=2)
"""How far the node's clock may be off the relay's before the administrator is told."""


class PostError(RsoError):
    """Something that the post cannot do now; the message says what to do."""


class PostPermission(StrEnum):
    SEND = "node:message:send"
    SEE_POST = "node:post:see"
    EXCHANGE = "node:post:exchange"
    SEE_ARRANGEMENT = "node:arrangement:see"
    DRAFT_ARRANGEMENT = "node:arrangement:draft"
    SIGN_ARRANGEMENT = "node:arrangement:sign"
    END_ARRANGEMENT = "node:arrangement:end"


class PostEvent(StrEnum):
    SENT = "node:message:sent"
    NOTARISED = "node:message:notarised"
    EXPIRED = "node:message:expired"
    STOPPED = "node:message:stopped"
    CARRIED = "node:message:carried"
    RECEIVED = "node:message:received"
    REFUSED = "node:message:refused"
    CONTENT_DESTROYED = "node:conversation:destroyed"
    DIRECTORY_ACCEPTED = "node:directory:accepted"
    KEY_MADE = "node:encryption-key:made"
    DRAFTED = "node:arrangement:drafted"
    DISCARDED = "node:arrangement:discarded"
    PROPOSED = "node:arrangement:proposed"
    PROPOSAL_CAME = "node:arrangement:proposal-came"
    SIGNED = "node:arrangement:signed"
    SIGNATURE_CAME = "node:arrangement:signature-came"
    SIGNATURE_REFUSED = "node:arrangement:signature-refused"
    REGISTERED = "node:arrangement:registered"
    ENDED = "node:arrangement:ended"


def enter_own() -> None:
    administrator = {Role.NODE_ADMINISTRATOR}
    senders = {Role.OFFICER, Role.PROTECTION_OFFICER, Role.EXAMINER, Role.APPROVER, *administrator}
    enter(PostPermission.SEND, senders, system=True)
    enter(PostPermission.SEE_POST, administrator)
    enter(PostPermission.EXCHANGE, administrator, system=True)
    enter(PostPermission.SEE_ARRANGEMENT, {*senders, Role.AUDITOR})
    enter(PostPermission.DRAFT_ARRANGEMENT, {Role.OFFICER, *administrator})
    enter(PostPermission.SIGN_ARRANGEMENT, {Role.APPROVER, *administrator})
    enter(PostPermission.END_ARRANGEMENT, {Role.APPROVER, *administrator})


def wait_after(attempts: int, random: Random) -> timedelta:
    """How long to wait after so many failures in a row: doubling from five seconds, never over 15 minutes.

    A fifth is random, so that nodes that lost one relay together do not come back together.
    """
    doubled = FIRST_WAIT.total_seconds() * 2 ** min(max(attempts - 1, 0), 12)
    return timedelta(seconds=min(doubled, LONGEST_WAIT.total_seconds()) * (1 - 0.2 * random()))


def not_without_person(message: Message, terms: Arrangement | None) -> str | None:
    """Why no machine may send ``message``: a code, or ``None`` if it may (exchange.md, "A hit is itself...").

    A hit and a disclosure always have a person behind them; "no hit" and "insufficient quality" only where the
    arrangement does not leave them to the machine. Refusals, notices and receipts disclose nothing.
    """
    if isinstance(message, Deferred | Receipt | DestructionReceipt | Refusal):
        return None
    if not isinstance(message, Answer):
        return "needs-a-person"
    if message.outcome is Outcome.HIT:
        return "hit-needs-a-person"
    if message.outcome is Outcome.REFUSED:
        return None
    left = terms is not None and (
        terms.automatic_no_hit if message.outcome is Outcome.NO_HIT else terms.automatic_low_quality
    )
    return None if left else "not-left-to-the-machine"


def conversation_id(reference: bytes, peer: str, side: str, question: str) -> UUID:
    """The id of a conversation, the same however often its first message is applied."""
    text = f"rso/conversation/1\x00{peer}\x00{side}\x00{question}\x00".encode()
    return UUID(bytes=hashlib.sha256(text + reference).digest()[:16], version=5)


def seat_of(arrangement: bytes, person: UUID) -> bytes:
    """Sixteen opaque bytes for a person who signs one arrangement; another arrangement gives others."""
    return hashlib.sha256(b"rso/arrangement-seat/1\x00" + arrangement + person.bytes).digest()[:16]


def clock_is_off(ours: datetime, theirs: datetime) -> bool:
    """Whether the two clocks are further apart than messages bear."""
    return abs(ours - theirs) > CLOCK_WARNING


_WAITING: Final = frozenset(
    {
        "unknown-arrangement",
        "arrangement-waiting",
        "arrangement-not-begun",
        "unknown-recipient",
        "not-taking-part",
        "from-the-future",
        "quota-used",
        "credit-used",
        "unknown-key",
    }
)
"""What the relay says of a message that may change by itself, as when the other party registers."""


_OUT_OF_REACH: Final = frozenset({"relay-away", "answer-malformed", "answer-too-large", "answer-too-slow", "not-ready"})
"""No answer, one that is none of the relay's, or that it can do nothing now. Whatever else it says, it is there."""


def is_out_of_reach(code: str) -> bool:
    """Whether ``code``, of a request to the relay, says that nothing goes through it at present."""
    return code in _OUT_OF_REACH


def is_worth_repeating(code: str) -> bool:
    """Whether the same bytes may be accepted later, after the relay said ``code``."""
    return code in _WAITING


def messages_per_day(terms: Arrangement) -> dict[str, int]:
    """How many messages each party may send to each other one a day, as the relay is told.

    Every party computes the same from the terms: a question can take four messages of either side (question,
    request for disclosure, receipts; notice, answer, disclosure, receipt); cover and a margin for repairs go on top.
    """
    asks = {str(party.agency): party.asks_per_day for party in terms.parties}
    return {agency: min(PER_DAY, _messages(terms, agency, own, asks)) for agency, own in asks.items()}


def _messages(terms: Arrangement, agency: str, own: int, asks: dict[str, int]) -> int:
    return 4 * (own + max(other for name, other in asks.items() if name != agency)) + terms.cover_per_day + 40
