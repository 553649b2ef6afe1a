"""Which messages are about written requests."""

from __future__ import annotations

from rso.node.post import handlers
from rso.node.requests.actions import take_answer, take_destruction, take_request
from rso.wire.messages import DestructionReceipt, Refusal, WrittenReply, WrittenRequest


def register() -> None:
    """Enters the handlers with the post."""
    handlers.register(WrittenRequest, take_request)
    handlers.register(WrittenReply, take_answer)
    handlers.register(Refusal, take_answer, question=WrittenRequest)
    handlers.register(DestructionReceipt, take_destruction, question=WrittenRequest)
