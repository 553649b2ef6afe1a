"""The one edge of the post: how envelopes, receipts, keys and the directory travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from rso.base.errors import RsoError


class TransportError(RsoError):
    """The relay did not do what it was asked. ``away`` says that it was not reached or not able: try again."""

    def __init__(
        self, code: str, message: str, *, away: bool, their_time: datetime | None = None, retry_after_s: int = 0
    ) -> None:
        super().__init__(code, message)
        self.away = away
        self.their_time = their_time
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Submission:
    """An envelope to be handed over: the id in its header, the bytes, and the blind of its entry in the log."""

    id: UUID
    envelope: bytes = field(repr=False)
    blind: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the relay gives for an envelope: an encoded ``LogReceipt``, the place in the log, the inclusion proof.

    Nothing is verified. One receipt is for many messages.
    """

    receipt: bytes
    index: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An envelope out of the mailbox, with the id under which it is acknowledged. Nothing is verified."""

    id: UUID
    envelope: bytes = field(repr=False)
    accepted: Accepted | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """What the relay may know of an arrangement. Times are Unix seconds; ``per_day`` counts messages."""

    digest: bytes
    parties: tuple[str, ...]
    per_day: dict[str, int]
    starts: int
    ends: int


class Transport(Protocol):
    """A relay as a node sees it. Every method raises :class:`TransportError` and may be repeated."""

    def contact(self) -> datetime:
        """Says that this node lives; gives the relay's own time."""
        ...

    def put_all(self, items: Sequence[Submission]) -> list[Accepted | TransportError]:
        """Hands envelopes over; again with the same bytes gives the same receipt.

        Gives one result for each item, in their order: what concerns one of them only is a :class:`TransportError`
        in its place (``away`` is false), everything else is raised. It takes as many requests as the relay's limits
        ask for. After a raise some may have been accepted all the same.
        """
        ...

    def states_of(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """``held``, ``acknowledged``, ``expired`` or ``unknown``, of messages that this node sent."""
        ...

    def wait(self, seconds: int) -> int:
        """Waits for mail, at most so long; gives how many messages wait for this node."""
        ...

    def fetch(self, *, wait_s: int, limit: int) -> tuple[list[Delivery], bool]:
        """What waits for this node, oldest first, and whether there is more than that."""
        ...

    def acknowledge_all(self, ids: Sequence[UUID]) -> None:
        """The messages and their effects are stored: the relay may delete them."""
        ...

    def directory(self) -> bytes | None:
        """The signed directory file, or ``None`` if it has none."""
        ...

    def publish_key(self, record: bytes) -> None:
        """Hands on an encoded ``EncryptionKeyRecord`` of this node."""
        ...

    def keys(self, agency: str) -> list[bytes]:
        """The encoded ``EncryptionKeyRecord`` of an agency, oldest week first."""
        ...

    def register(self, arrangement: Registration) -> bool:
        """Tells what the relay may know of an arrangement; ``True`` once every party has said the same."""
        ...

    def end(self, digest: bytes) -> None:
        """Tells that an arrangement is ended."""
        ...
