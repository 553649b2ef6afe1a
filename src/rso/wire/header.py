"""The outer header: all that the relay sees of a message, beside the digest of its sealed body."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from rso.base.clock import from_unix_seconds
from rso.base.ids import RandomBytes, uuid7
from rso.wire import cbor, limits, suites
from rso.wire.errors import MalformedError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID

ARRANGEMENT_HASH: Final = 32
BUCKETS: Final = tuple(128 * limits.KIB << step for step in range(8))
"""Padded sizes of a body before sealing, 128 KiB to 16 MiB.

The first holds every kind of answer and request, and a usual print as PNG, so that a probe and its answer
have the same size as well.
"""

_KEYS: Final = (
    "arrangement",
    "bucket",
    "class",
    "created",
    "expires",
    "from",
    "id",
    "recipient_key",
    "suite",
    "to",
)


class ServiceClass(StrEnum):
    """What the relay may know of the kind of a message: next to nothing."""

    EXCHANGE = "exchange"
    """Questions, answers, disclosures, refusals, letters and receipts, all alike."""
    ARRANGEMENT = "arrangement"
    """Drafting, signing and ending an arrangement, before there is a hash that the relay knows."""


@dataclass(frozen=True, slots=True)
class Header:
    """The outer header. Times are Unix seconds; ``bucket`` is the padded size of the body before sealing,
    in bytes.

    ``arrangement`` is the arrangement's hash, and None only in the class ARRANGEMENT. ``recipient_key`` is
    the id of the weekly key that the body is sealed to. The time inside the version 7 ``id`` is
    ``created``, to the second: an answer's id must not betray more of the moment at which it was found than
    the tick on which it leaves.
    """

    id: UUID
    sender: AgencyId
    recipient: AgencyId
    service_class: ServiceClass
    arrangement: bytes | None
    created: int
    expires: int
    bucket: int
    recipient_key: bytes
    suite: int = suites.CURRENT.number

    def __post_init__(self) -> None:
        suites.suite_of(self.suite)
        if self.id.version != 7 or self.id.int >> 80 != self.created * 1000:
            raise MalformedError("the id of a message is a version 7 UUID of the second of its creation")
        if self.sender == self.recipient:
            raise MalformedError("a message has two different parties")
        if self.expires <= self.created:
            raise MalformedError("a message expires after its creation")
        if self.bucket not in BUCKETS:
            raise MalformedError("the size is not one of the buckets")
        if len(self.recipient_key) != KEY_ID:
            raise MalformedError(f"a key id has {KEY_ID} bytes")
        self._check_arrangement()

    def _check_arrangement(self) -> None:
        if self.arrangement is None:
            if self.service_class is not ServiceClass.ARRANGEMENT:
                raise MalformedError("a message of this class names its arrangement", "no-arrangement")
        elif len(self.arrangement) != ARRANGEMENT_HASH:
            raise MalformedError(f"the hash of an arrangement has {ARRANGEMENT_HASH} bytes")

    def encode(self) -> bytes:
        """The canonical bytes, at most ``limits.HEADER``."""
        return cbor.encode(
            {
                "arrangement": self.arrangement,
                "bucket": self.bucket,
                "class": self.service_class.value,
                "created": self.created,
                "expires": self.expires,
                "from": str(self.sender),
                "id": self.id.bytes,
                "recipient_key": self.recipient_key,
                "suite": self.suite,
                "to": str(self.recipient),
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Header:
        """Reads the canonical bytes; raises ``MalformedError``, with the code ``bad-suite`` for another
        suite."""
        value = cbor.decode(data, limit=limits.HEADER)
        _check_suite(value)
        fields = cbor.Fields(value, "the header", _KEYS)
        arrangement = None if fields.absent("arrangement") else fields.octets("arrangement", size=ARRANGEMENT_HASH)
        return cls(
            id=UUID(bytes=fields.octets("id", size=16)),
            sender=fields.parsed("from", AgencyId.parse),
            recipient=fields.parsed("to", AgencyId.parse),
            service_class=fields.choice("class", ServiceClass),
            arrangement=arrangement,
            created=fields.integer("created"),
            expires=fields.integer("expires"),
            bucket=fields.integer("bucket"),
            recipient_key=fields.octets("recipient_key", size=KEY_ID),
            suite=fields.integer("suite"),
        )

    def digest(self) -> bytes:
        """The SHA-256 of the canonical bytes: what the sealed body is bound to."""
        return hashlib.sha256(self.encode()).digest()


def message_id(created: int, random: RandomBytes) -> UUID:
    """A message's id: a version 7 UUID of the second ``created`` (Unix) and 74 random bits."""
    return uuid7(_instant(created), random)


def bucket_for(size: int) -> int:
    """The smallest bucket that holds ``size`` bytes; raises ``MalformedError`` if none does."""
    for bucket in BUCKETS:
        if size <= bucket:
            return bucket
    raise MalformedError(f"a message of {size} bytes is too large to be sent", "too-large")


def _check_suite(value: object) -> None:
    """Looks at the suite before the other fields: those of another suite may be others."""
    suite = value.get("suite") if isinstance(value, dict) else None
    if isinstance(suite, int) and not isinstance(suite, bool):
        suites.suite_of(suite)


def _instant(seconds: int) -> datetime:
    if not 0 <= seconds <= limits.UNIX_SECONDS:
        raise MalformedError("a time is outside of the calendar")
    return from_unix_seconds(seconds)
