"""One question and its one answer, as a state machine on either side. Pure: every change returns a new value.

A conversation is a question (a probe, a request for disclosure, a written request) under a reference,
between an asker and a holder. Both sides keep one; the second stage is a conversation of its own under the
same reference. What has no place raises ``ConversationError`` with one of the codes of :class:`Fault`, and
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from rso.wire.errors import ConversationError
from rso.wire.identifiers import AgencyId
from rso.wire.messages import (
    Answer,
    Deferred,
    Disclosure,
    DisclosureRequest,
    Message,
    Outcome,
    Probe,
    Refusal,
    WrittenReply,
    WrittenRequest,
)


class Side(StrEnum):
    """Whose view it is."""

    ASKER = "asker"
    HOLDER = "holder"


class State(StrEnum):
    """Where a conversation stands. The holder's begins at FETCHED."""

    DRAFT = "draft"
    QUEUED = "queued"
    AT_RELAY = "at-relay"
    FETCHED = "fetched"
    DEFERRED = "deferred"
    ANSWERED = "answered"
    REFUSED = "refused"
    EXPIRED = "expired"
    NO_ANSWER = "no-answer"

    @property
    def final(self) -> bool:
        """Whether nothing can follow."""
        return self in _FINAL


class Fault(StrEnum):
    """Why a message or a change has no place; the ``code`` of the error."""

    NOT_A_QUESTION = "not-a-question"
    NEVER_ASKED = "never-asked"
    WRONG_CONVERSATION = "wrong-conversation"
    WRONG_SENDER = "wrong-sender"
    WRONG_PURPOSE = "wrong-purpose"
    WRONG_KIND = "wrong-kind"
    SECOND_ANSWER = "second-answer"
    OUT_OF_ORDER = "out-of-order"
    TOO_LATE = "too-late"
    NO_HIT = "no-hit"
    HIT_USED = "hit-used"


_FINAL: Final = frozenset({State.ANSWERED, State.REFUSED, State.EXPIRED, State.NO_ANSWER})
_ANSWERED: Final = frozenset({State.ANSWERED, State.REFUSED})
_OPEN: Final = frozenset({State.AT_RELAY, State.FETCHED, State.DEFERRED})
"""States of the asker in which an answer can come: at the relay too, since a receipt of fetching may be
lost."""

ANSWERS: Final[dict[type[Message], tuple[type[Message], ...]]] = {
    Probe: (Answer,),
    DisclosureRequest: (Disclosure, Refusal),
    WrittenRequest: (WrittenReply, Refusal),
}
"""Which kinds answer which question, finally."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One side's view. ``expires`` is when the question expires (Unix seconds); ``until`` is a deferral's
    time.

    ``hit_reference`` is known after a hit, and ``hit_used`` once the one request for disclosure was made.
    """

    side: Side
    asker: AgencyId
    holder: AgencyId
    question: type[Message]
    reference: bytes
    purpose: str | None
    expires: int
    state: State
    until: int | None = None
    hit_reference: bytes | None = None
    hit_used: bool = False

    # ------------------------------------------------------------ the asker's message on its way
    def queue(self) -> Conversation:
        """The question is sealed and stands in the outbox."""
        return self._move({State.DRAFT}, State.QUEUED)

    def at_relay(self) -> Conversation:
        """The relay has accepted it; a repeated acceptance, or one that comes late, changes nothing."""
        if self.side is Side.ASKER and (self.state in _OPEN or self.state.final):
            return self
        return self._move({State.QUEUED}, State.AT_RELAY)

    def fetched(self) -> Conversation:
        """The holder has it; repeated or late news changes nothing."""
        if self.side is Side.ASKER and (self.state in {State.FETCHED, State.DEFERRED} or self.state.final):
            return self
        return self._move({State.QUEUED, State.AT_RELAY}, State.FETCHED)

    def _move(self, before: set[State], after: State) -> Conversation:
        if self.side is not Side.ASKER or self.state not in before:
            raise _error(Fault.OUT_OF_ORDER, f"a conversation that is {self.state} does not become {after}")
        return replace(self, state=after)

    # ------------------------------------------------------------ answers
    def receive(self, message: Message, *, sender: AgencyId, now: int) -> Conversation:
        """The asker takes a notice or the answer that came from ``sender``; after ``expires`` it is too
        late."""
        if self.side is not Side.ASKER:
            raise _error(Fault.NEVER_ASKED, "this side asked nothing")
        if sender != self.holder:
            raise _error(Fault.WRONG_SENDER, "the answer is from an agency that was not asked")
        if self.state in {State.DRAFT, State.QUEUED}:
            raise _error(Fault.NEVER_ASKED, "an answer came to a question that has not left")
        return self.lapse(now=now)._take(message)

    def send(self, message: Message, *, now: int) -> Conversation:
        """The holder gives a notice or the answer."""
        if self.side is not Side.HOLDER:
            raise _error(Fault.WRONG_SENDER, "the asker does not answer its own question")
        return self.lapse(now=now)._take(message)

    def _take(self, message: Message) -> Conversation:
        self._check_place(message)
        if isinstance(message, Deferred):
            if self.state.final:
                raise _error(Fault.OUT_OF_ORDER, "a notice came after the end of the conversation")
            return replace(self, state=State.DEFERRED, until=message.until)
        if not isinstance(message, ANSWERS[self.question]):
            raise _error(Fault.WRONG_KIND, "a message of this kind does not answer this question")
        if self.state in _ANSWERED:
            raise _error(Fault.SECOND_ANSWER, "a second final answer: the first one stands")
        if self.state.final:
            raise _error(Fault.TOO_LATE, "an answer came after the question had expired")
        return self._answered(message)

    def _check_place(self, message: Message) -> None:
        if message.meta.reference != self.reference:
            raise _error(Fault.WRONG_CONVERSATION, "the message belongs to another conversation")
        if message.meta.purpose != self.purpose:
            raise _error(Fault.WRONG_PURPOSE, "an answer keeps the purpose of its question")

    def _answered(self, message: Message) -> Conversation:
        if isinstance(message, Answer):
            state = State.REFUSED if message.outcome is Outcome.REFUSED else State.ANSWERED
            return replace(self, state=state, hit_reference=message.hit_reference)
        return replace(self, state=State.REFUSED if isinstance(message, Refusal) else State.ANSWERED)

    # ------------------------------------------------------------ time
    def lapse(self, *, now: int) -> Conversation:
        """After ``expires``: EXPIRED if the holder never had it, NO_ANSWER if it had; before, and after an
        answer, nothing changes."""
        if self.state.final or now < self.expires:
            return self
        had_it = self.state in {State.FETCHED, State.DEFERRED}
        return replace(self, state=State.NO_ANSWER if had_it else State.EXPIRED)

    # ------------------------------------------------------------ the second stage
    def request_disclosure(self, request: DisclosureRequest, *, expires: int) -> tuple[Conversation, Conversation]:
        """On either side: this conversation with its hit used up, and the second stage that begins."""
        self._check_place(request)
        if self.hit_reference is None or request.hit_reference != self.hit_reference:
            raise _error(Fault.NO_HIT, "a disclosure is requested after a hit, with its reference")
        if self.hit_used:
            raise _error(Fault.HIT_USED, "the reference of a hit is good for one request")
        begin = ask if self.side is Side.ASKER else receive_question
        second = begin(request, asker=self.asker, holder=self.holder, expires=expires)
        return replace(self, hit_used=True), second


def ask(question: Message, *, asker: AgencyId, holder: AgencyId, expires: int) -> Conversation:
    """The asker's view of a new question: a draft. ``expires`` is Unix seconds."""
    return _begin(question, Side.ASKER, State.DRAFT, asker, holder, expires)


def receive_question(question: Message, *, asker: AgencyId, holder: AgencyId, expires: int) -> Conversation:
    """The holder's view of a question that has come in."""
    return _begin(question, Side.HOLDER, State.FETCHED, asker, holder, expires)


def _begin(
    question: Message, side: Side, state: State, asker: AgencyId, holder: AgencyId, expires: int
) -> Conversation:
    if type(question) not in ANSWERS:
        raise _error(Fault.NOT_A_QUESTION, "a message of this kind asks nothing")
    meta = question.meta
    return Conversation(side, asker, holder, type(question), meta.reference, meta.purpose, expires, state)


def _error(fault: Fault, message: str) -> ConversationError:
    return ConversationError(fault.value, message)
