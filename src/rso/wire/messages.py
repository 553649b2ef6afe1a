"""The registry of kinds of message, and the one way to read any of them. Kinds are imported from here."""

from __future__ import annotations

from typing import Final

from rso.wire import cbor, limits
from rso.wire.acknowledgements import DestructionReceipt, Receipt
from rso.wire.agreements import ArrangementEnd, ArrangementProposal, ArrangementSignature
from rso.wire.cover import Cover
from rso.wire.errors import MalformedError
from rso.wire.header import ServiceClass
from rso.wire.letters import WrittenReply, WrittenRequest
from rso.wire.message import Message, Meta
from rso.wire.questions import (
    Answer,
    Deferred,
    Disclosure,
    DisclosureRequest,
    Outcome,
    Probe,
    Refusal,
)

__all__ = [
    "KINDS",
    "Answer",
    "ArrangementEnd",
    "ArrangementProposal",
    "ArrangementSignature",
    "Cover",
    "Deferred",
    "DestructionReceipt",
    "Disclosure",
    "DisclosureRequest",
    "Message",
    "Meta",
    "Outcome",
    "Probe",
    "Receipt",
    "Refusal",
    "WrittenReply",
    "WrittenRequest",
    "check_class",
    "decode",
]

KINDS: Final[dict[str, type[Message]]] = {
    kind.kind: kind
    for kind in (
        Probe,
        Deferred,
        Answer,
        DisclosureRequest,
        Disclosure,
        Refusal,
        Receipt,
        DestructionReceipt,
        WrittenRequest,
        WrittenReply,
        Cover,
        ArrangementProposal,
        ArrangementSignature,
        ArrangementEnd,
    )
}


def decode(data: bytes) -> Message:
    """Reads ``Message.encode``; raises ``MalformedError`` (``unknown-kind`` for a kind not registered)."""
    fields = cbor.Fields(cbor.decode(data, limit=limits.BODY), "a message", ("content", "kind", "meta"))
    kind = KINDS.get(fields.code("kind"))
    if kind is None:
        raise MalformedError("the kind of the message is not known", "unknown-kind")
    return kind.read(Meta.read(fields.raw("meta")), fields.raw("content"))


def check_class(message: Message, service_class: ServiceClass) -> None:
    """Raises ``MalformedError`` unless ``message`` may travel in that class, with a purpose where one is
    due."""
    if service_class not in message.classes:
        raise MalformedError("a message of this kind does not travel in this class", "wrong-class")
    if (message.meta.purpose is None) != (service_class is ServiceClass.ARRANGEMENT):
        raise MalformedError("a purpose goes with an exchange, and not with an arrangement", "wrong-class")
