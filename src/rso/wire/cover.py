"""The empty message, which looks to the relay like any other: cover, where an arrangement asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from rso.wire.message import Message


@dataclass(frozen=True)
class Cover(Message):
    """Says nothing, asks nothing, and is dropped by the recipient once it is verified."""

    kind = "cover"
    shape = {}
