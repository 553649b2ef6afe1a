"""Identifiers: time-ordered for what is stored and listed, random for what must say nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from rso.base.clock import unix_seconds

RandomBytes = Callable[[int], bytes]


def uuid7(now: datetime, random: RandomBytes = secrets.token_bytes) -> UUID:
    """A version 7 UUID (RFC 9562, 5.7) of ``now`` to the millisecond and 74 random bits.

    Python has it from 3.14; until then it is these few lines.
    """
    milliseconds = unix_seconds(now) * 1000 + now.microsecond // 1000
    noise = int.from_bytes(random(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((noise >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= noise & ((1 << 62) - 1)
    return UUID(int=value)


def reference(random: RandomBytes = secrets.token_bytes) -> bytes:
    """Sixteen random bytes that tell nothing of when, where or about whom."""
    return random(16)
