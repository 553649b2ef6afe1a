"""Receipts between the parties: what became of a message, and that what it carried has been destroyed."""

from __future__ import annotations

from dataclasses import dataclass

from rso.wire.header import ServiceClass
from rso.wire.message import Message, code, instant, octets


@dataclass(frozen=True)
class Receipt(Message):
    """Says what ``happened`` (a code) to the message with that id (16 bytes) and body digest (32 bytes)."""

    kind = "receipt"
    after_end = True
    classes = frozenset(ServiceClass)
    shape = {"message_id": octets(size=16), "body_digest": octets(size=32), "happened": code()}

    message_id: bytes
    body_digest: bytes
    happened: str


@dataclass(frozen=True)
class DestructionReceipt(Message):
    """Says that ``what`` (a code, as ``probe`` or ``disclosure``) of a message was destroyed at
    ``destroyed_at``.

    It is signed like every message, so whoever destroyed can be held to it.
    """

    kind = "destruction-receipt"
    after_end = True
    shape = {
        "message_id": octets(size=16),
        "body_digest": octets(size=32),
        "destroyed_at": instant(),
        "what": code(),
    }

    message_id: bytes
    body_digest: bytes
    destroyed_at: int
    what: str
