"""The conversation's state machine: every step from every state, and any sequence at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.samples import ALL_MESSAGES, ANSWERS, BACK, HIT, META, NOW, QUESTIONS
from tests.wire.simulator import AVARIA, BORDUNA, CESTRIA

from rso.wire.conversation import (
    ANSWERS as ANSWERED_BY,
)
from rso.wire.conversation import (
    Conversation,
    Fault,
    Side,
    State,
    ask,
    receive_question,
)
from rso.wire.errors import ConversationError
from rso.wire.messages import (
    Answer,
    Deferred,
    Disclosure,
    DisclosureRequest,
    Message,
    Outcome,
    Refusal,
    WrittenReply,
)

EXPIRES = NOW + 1000
PROBE, REQUEST, LETTER = QUESTIONS
ASKED = ask(PROBE, asker=AVARIA, holder=BORDUNA, expires=EXPIRES)
OPEN = ASKED.queue().at_relay()
HELD = receive_question(PROBE, asker=AVARIA, holder=BORDUNA, expires=EXPIRES)
NOTICE = Deferred(BACK, NOW + 60)
NO_HIT = Answer(BACK, Outcome.NO_HIT)
FOUND = Answer(BACK, Outcome.HIT, hit_reference=HIT)
NO = Answer(BACK, Outcome.REFUSED)


def faulty(fault: Fault, act: Callable[[], object]) -> None:
    with pytest.raises(ConversationError) as caught:
        act()
    assert caught.value.code == fault.value


def take(conversation: Conversation, message: Message, now: int = NOW) -> Conversation:
    return conversation.receive(message, sender=BORDUNA, now=now)


def test_the_way_of_a_question() -> None:
    states = [ASKED, ASKED.queue(), OPEN, OPEN.fetched(), take(OPEN.fetched(), NOTICE)]
    assert [one.state for one in states] == [
        State.DRAFT,
        State.QUEUED,
        State.AT_RELAY,
        State.FETCHED,
        State.DEFERRED,
    ]
    deferred = take(take(states[-1], NOTICE), replace(NOTICE, until=NOW + 90))
    assert deferred.until == NOW + 90
    assert take(deferred, NO_HIT).state is State.ANSWERED
    assert take(deferred, NO).state is State.REFUSED


def test_news_that_come_twice_or_late_change_nothing() -> None:
    answered = take(OPEN, NO_HIT)
    for conversation in (OPEN, OPEN.fetched(), take(OPEN, NOTICE), answered):
        assert conversation.at_relay() == conversation
    for conversation in (OPEN.fetched(), take(OPEN, NOTICE), answered):
        assert conversation.fetched() == conversation


@pytest.mark.parametrize("conversation", [OPEN, HELD], ids=["asker", "holder"])
@pytest.mark.parametrize("first", [NO_HIT, FOUND, NO])
@pytest.mark.parametrize("second", [NO_HIT, FOUND, NO])
def test_exactly_one_final_answer(conversation: Conversation, first: Answer, second: Answer) -> None:
    def give(to: Conversation, answer: Answer) -> Conversation:
        return take(to, answer) if to.side is Side.ASKER else to.send(answer, now=NOW)

    answered = give(conversation, first)
    faulty(Fault.SECOND_ANSWER, lambda: give(answered, second))
    assert answered.hit_reference == first.hit_reference


def test_a_notice_after_the_answer() -> None:
    faulty(Fault.OUT_OF_ORDER, lambda: take(take(OPEN, NO_HIT), NOTICE))
    faulty(Fault.OUT_OF_ORDER, lambda: HELD.send(NO_HIT, now=NOW).send(NOTICE, now=NOW))


def test_an_answer_to_what_has_not_left() -> None:
    faulty(Fault.NEVER_ASKED, lambda: take(ASKED, NO_HIT))
    faulty(Fault.NEVER_ASKED, lambda: take(ASKED.queue(), NO_HIT))
    faulty(Fault.NEVER_ASKED, lambda: take(HELD, NO_HIT))


def test_an_answer_of_another() -> None:
    faulty(Fault.WRONG_SENDER, lambda: OPEN.receive(NO_HIT, sender=CESTRIA, now=NOW))
    faulty(Fault.WRONG_SENDER, lambda: OPEN.send(NO_HIT, now=NOW))


def test_an_answer_under_another_reference_or_purpose() -> None:
    elsewhere = replace(BACK, reference=bytes(16))
    faulty(Fault.WRONG_CONVERSATION, lambda: take(OPEN, Answer(elsewhere, Outcome.NO_HIT)))
    otherwise = replace(BACK, purpose="something-else")
    faulty(Fault.WRONG_PURPOSE, lambda: take(OPEN, Answer(otherwise, Outcome.NO_HIT)))


def test_out_of_order_on_the_way() -> None:
    faulty(Fault.OUT_OF_ORDER, ASKED.at_relay)
    faulty(Fault.OUT_OF_ORDER, ASKED.fetched)
    faulty(Fault.OUT_OF_ORDER, OPEN.queue)
    faulty(Fault.OUT_OF_ORDER, HELD.queue)
    faulty(Fault.OUT_OF_ORDER, HELD.fetched)


def test_lapse() -> None:
    assert OPEN.lapse(now=EXPIRES - 1) == OPEN
    assert OPEN.lapse(now=EXPIRES).state is State.EXPIRED
    assert ASKED.lapse(now=EXPIRES).state is State.EXPIRED
    assert OPEN.fetched().lapse(now=EXPIRES).state is State.NO_ANSWER
    assert take(OPEN, NOTICE).lapse(now=EXPIRES).state is State.NO_ANSWER
    answered = take(OPEN, NO_HIT)
    assert answered.lapse(now=EXPIRES) == answered


def test_too_late_whether_or_not_anybody_has_looked_at_the_clock() -> None:
    faulty(Fault.TOO_LATE, lambda: take(OPEN, NO_HIT, now=EXPIRES))
    faulty(Fault.TOO_LATE, lambda: take(OPEN.lapse(now=EXPIRES), NO_HIT, now=EXPIRES))
    faulty(Fault.TOO_LATE, lambda: HELD.send(FOUND, now=EXPIRES))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda message: message.kind)
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda message: message.kind)
def test_which_kinds_answer_which(question: Message, answer: Message) -> None:
    conversation = ask(question, asker=AVARIA, holder=BORDUNA, expires=EXPIRES).queue().at_relay()
    if isinstance(answer, ANSWERED_BY[type(question)]):
        assert take(conversation, answer).state.final
    elif isinstance(answer, Deferred):
        assert take(conversation, answer).state is State.DEFERRED
    else:
        faulty(Fault.WRONG_KIND, lambda: take(conversation, answer))


def test_only_questions_begin_a_conversation() -> None:
    for message in ALL_MESSAGES:
        if message not in QUESTIONS:
            faulty(
                Fault.NOT_A_QUESTION,
                lambda message=message: ask(message, asker=AVARIA, holder=BORDUNA, expires=EXPIRES),
            )


# ---------------------------------------------------------------- the second stage
def request(reference: bytes = HIT) -> DisclosureRequest:
    return DisclosureRequest(META, reference, ("family-name",), "To return a document.")


@pytest.mark.parametrize("side", [Side.ASKER, Side.HOLDER])
def test_one_request_for_disclosure_after_a_hit(side: Side) -> None:
    found = take(OPEN, FOUND) if side is Side.ASKER else HELD.send(FOUND, now=NOW)
    used, second = found.request_disclosure(request(), expires=EXPIRES)
    assert (used.hit_used, second.side, second.question) == (True, side, DisclosureRequest)
    faulty(Fault.HIT_USED, lambda: used.request_disclosure(request(), expires=EXPIRES))


def test_no_disclosure_without_a_hit() -> None:
    for conversation in (OPEN, take(OPEN, NO_HIT), take(OPEN, NO), HELD):
        faulty(Fault.NO_HIT, lambda one=conversation: one.request_disclosure(request(), expires=EXPIRES))
    found = take(OPEN, FOUND)
    faulty(Fault.NO_HIT, lambda: found.request_disclosure(request(bytes(16)), expires=EXPIRES))


def test_the_second_stage_has_one_answer_too() -> None:
    _, second = HELD.send(FOUND, now=NOW).request_disclosure(request(), expires=EXPIRES)
    given_up = second.send(Refusal(BACK, "not-necessary"), now=NOW)
    assert given_up.state is State.REFUSED
    disclosure = Disclosure(BACK, {"family-name": "Synthetic"}, {}, (), EXPIRES)
    faulty(Fault.SECOND_ANSWER, lambda: given_up.send(disclosure, now=NOW))
    assert second.send(disclosure, now=NOW).state is State.ANSWERED


STEPS: list[Callable[[Conversation, int], Conversation]] = [
    lambda one, now: one.queue(),
    lambda one, now: one.at_relay(),
    lambda one, now: one.fetched(),
    lambda one, now: one.lapse(now=now),
    *(lambda one, now, m=m: take(one, m, now) for m in (NOTICE, NO_HIT, FOUND, NO)),
    lambda one, now: take(one, WrittenReply(BACK, "No.", ()), now),
]


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 300)), max_size=20))
def test_any_sequence_ends_at_most_once(steps: list[tuple[Callable[..., Conversation], int]]) -> None:
    """Once final, the state and the hit never change, whatever comes."""
    one, now = ASKED, NOW
    for step, wait in steps:
        now += wait
        try:
            after = step(one, now)
        except ConversationError:
            continue
        if one.state.final:
            assert after == one
        one = after
