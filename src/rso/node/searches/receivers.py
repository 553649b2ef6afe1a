"""What arrives in the post for this app. Each handler runs in the transaction that stores its message."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from rso import sql
from rso.accounts.rules import system_actor
from rso.audit.actions import record
from rso.base.clock import Clock, from_unix_seconds
from rso.node.post import handlers
from rso.node.post import queries as posted
from rso.node.post.handlers import Incoming
from rso.node.searches.actions.answering import take_probe
from rso.node.searches.actions.disclosing import take_request
from rso.node.searches.actions.telling import ANSWERED, DISCLOSED, tell
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Question, ReceivedProbe
from rso.node.searches.rules import ProbeState, SearchError, SearchesEvent
from rso.node.searches.tasks import search_later
from rso.wire.messages import (
    Answer,
    Deferred,
    DestructionReceipt,
    Disclosure,
    DisclosureRequest,
    Probe,
    Refusal,
)

MACHINE = system_actor("search")


class _At:
    """The moment at which a message is applied, as a clock."""

    def __init__(self, incoming: Incoming) -> None:
        self._now = incoming.now

    def now(self) -> Any:
        return self._now


def _clock(incoming: Incoming) -> Clock:
    return _At(incoming)


def on_probe(incoming: Incoming) -> None:
    probe = take_probe(incoming, _clock(incoming))
    if probe.state == ProbeState.RECEIVED:
        incoming.afterwards(_search)


def _search(arrived: list[Incoming]) -> None:
    probes = ReceivedProbe.objects.filter(conversation__in=[incoming.conversation for incoming in arrived])
    search_later([str(pk) for pk in probes.order_by("received_at").values_list("pk", flat=True)])


def on_answer(incoming: Incoming) -> None:
    incoming.afterwards(_answered)


def _answered(arrived: list[Incoming]) -> None:
    """Answers change their questions, and tell their officers."""
    rows = Question.objects.select_related("search__officer").defer("search__image", "search__protection")
    questions = {
        row.conversation_id: row
        for row in rows.filter(conversation__in=[incoming.conversation for incoming in arrived])
    }
    for incoming in arrived:
        message, conversation = incoming.message, incoming.conversation
        assert isinstance(message, Answer)
        assert conversation is not None
        question = questions[conversation.pk]
        question.outcome, question.reason = message.outcome.value, message.reason or ""
        question.answered_at = incoming.now
        sql.keep(question, only=("outcome", "reason", "answered_at"))
        facts: dict[str, str | int | bool] = {"outcome": question.outcome, "reason": question.reason}
        record(MACHINE, SearchesEvent.ANSWER_CAME, subject=conversation.pk, facts=facts)
        tell(MACHINE, [question.search.officer], ANSWERED, reverse("searches:search", args=[question.search_id]))


def on_deferred(incoming: Incoming) -> None:
    """The conversation of the post already knows until when; there is nothing to add."""


def on_request(incoming: Incoming) -> None:
    take_request(incoming, _clock(incoming))


def on_disclosure(incoming: Incoming) -> None:
    message = incoming.message
    assert isinstance(message, Disclosure)
    ask = _ask(incoming)
    if not set(message.fields) | set(message.withheld) <= set(ask.fields):
        raise SearchError("field-not-asked", "The disclosure speaks of fields that were not asked for.")
    ask.came_at, ask.expires_at = incoming.now, from_unix_seconds(message.expires)
    ask.withheld, ask.handling = dict(message.withheld), list(message.handling)
    ask.save()
    facts: dict[str, str | int | bool] = {"fields": len(message.fields), "withheld": len(message.withheld)}
    _came(ask, facts)


def on_refusal(incoming: Incoming) -> None:
    """A refused request for disclosure."""
    message = incoming.message
    assert isinstance(message, Refusal)
    ask = _ask(incoming)
    ask.came_at, ask.refused = incoming.now, message.reason
    ask.save()
    _came(ask, {"refused": message.reason})


def _ask(incoming: Incoming) -> DisclosureAsk:
    rows = DisclosureAsk.objects.select_related("question__search", "asked_by")
    return rows.get(conversation=incoming.conversation)


def _came(ask: DisclosureAsk, facts: dict[str, str | int | bool]) -> None:
    record(MACHINE, SearchesEvent.DISCLOSURE_CAME, subject=ask.conversation_id, facts=facts)
    tell(MACHINE, [ask.asked_by], DISCLOSED, reverse("searches:search", args=[ask.question.search_id]))


def on_destruction(incoming: Incoming) -> None:
    """The other side says what it destroyed. It stands in the audit, and beside the question or the disclosure."""
    message = incoming.message
    assert isinstance(message, DestructionReceipt)
    reference, peer = message.meta.reference.hex(), str(incoming.sender)
    posted.check_receipt(message, incoming.sender)
    if message.what == "probe":
        rows = Question.objects.filter(conversation__reference=reference, conversation__peer=peer)
        rows.update(destruction_told_at=incoming.now)
    elif message.what == "disclosure":
        cases = DisclosureCase.objects.filter(conversation__reference=reference, conversation__peer=peer)
        cases.update(destruction_told_at=incoming.now)
    if incoming.conversation is not None:
        facts: dict[str, str | int | bool] = {"what": message.what}
        record(MACHINE, SearchesEvent.RECEIPT_CAME, subject=incoming.conversation.pk, facts=facts)


def register() -> None:
    """Enters the handlers with the post."""
    handlers.register(Probe, on_probe)
    handlers.register(Answer, on_answer)
    handlers.register(Deferred, on_deferred)
    handlers.register(DisclosureRequest, on_request)
    handlers.register(Disclosure, on_disclosure)
    handlers.register(Refusal, on_refusal, question=DisclosureRequest)
    for question in (Probe, DisclosureRequest):
        handlers.register(DestructionReceipt, on_destruction, question=question)
