"""Sealing a padded body for one recipient, and opening it: HPKE in chunks, bound to the header.

The library's HPKE has neither additional data nor a context for several messages, so every chunk is sealed by
itself, and header digest, index and count stand in its ``info``: no chunk can be left out, repeated, moved,
or put under another header.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag

from rso.wire import limits
from rso.wire.errors import MalformedError
from rso.wire.keys import OpeningKey, SealingKey
from rso.wire.suites import CURRENT, Suite

_INFO: Final = b"rso/body/1\x00"
_LENGTH: Final = 4


def pad(content: bytes, bucket: int) -> bytes:
    """Four bytes of length, ``content``, zeros: exactly ``bucket`` bytes. Raises ``MalformedError`` if too
    long."""
    if len(content) > room(bucket):
        raise MalformedError("the content does not fit its bucket", "too-large")
    return (len(content).to_bytes(_LENGTH, "big") + content).ljust(bucket, b"\x00")


def unpad(padded: bytes) -> bytes:
    """The content; raises ``MalformedError`` unless the padding is exactly what ``pad`` makes."""
    size = int.from_bytes(padded[:_LENGTH], "big")
    if size > len(padded) - _LENGTH:
        raise MalformedError("the padding is not well formed")
    if padded.count(0, _LENGTH + size) != len(padded) - _LENGTH - size:
        raise MalformedError("the padding is not well formed")
    return padded[_LENGTH : _LENGTH + size]


def room(bucket: int) -> int:
    """How many bytes of content a bucket holds."""
    return bucket - _LENGTH


def padded_size(content: int) -> int:
    """The padded size of ``content`` bytes before it is rounded up to a bucket."""
    return content + _LENGTH


def sealed_size(bucket: int, suite: Suite = CURRENT) -> int:
    """How many bytes a sealed body of that bucket has."""
    return bucket + _count(bucket) * suite.overhead


def seal_body(padded: bytes, recipient: SealingKey, header_digest: bytes, suite: Suite = CURRENT) -> bytes:
    """The sealed chunks of ``padded``, one after another."""
    count = _count(len(padded))
    return b"".join(
        suite.hpke.encrypt(
            padded[index * limits.CHUNK : (index + 1) * limits.CHUNK],
            recipient.hpke_key,
            info=_info(header_digest, index, count),
        )
        for index in range(count)
    )


def open_body(body: bytes, key: OpeningKey, header_digest: bytes, bucket: int, suite: Suite = CURRENT) -> bytes:
    """What was padded; raises ``MalformedError`` (``not-opened``) if any chunk is not for us under this
    header."""
    if len(body) != sealed_size(bucket, suite):
        raise MalformedError("the sealed body is not of its bucket's size", "not-opened")
    count = _count(bucket)
    sealed = min(bucket, limits.CHUNK) + suite.overhead
    try:
        return b"".join(
            suite.hpke.decrypt(
                body[index * sealed : (index + 1) * sealed],
                key.hpke_key,
                info=_info(header_digest, index, count),
            )
            for index in range(count)
        )
    except (InvalidTag, ValueError):
        raise MalformedError("the body was not sealed to this key under this header", "not-opened") from None


def _count(bucket: int) -> int:
    return -(-bucket // limits.CHUNK)


def _info(header_digest: bytes, index: int, count: int) -> bytes:
    return _INFO + header_digest + index.to_bytes(2, "big") + count.to_bytes(2, "big")
