"""What the relay decides, on headers and counts alone. Times are Unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.wire import cbor, limits, terms
from rso.wire.errors import MalformedError
from rso.wire.header import Header, ServiceClass
from rso.wire.identifiers import AgencyId

SMALL_BODY: Final = 64 * limits.KIB
SUBMISSION: Final = limits.ENVELOPE + 4 * limits.KIB
WAIT_SECONDS: Final = 25
PAGE: Final = 10
PAGE_MOST: Final = 50
PAGE_BYTES: Final = 8 * limits.MIB
BATCH: Final = 50
"""Messages handed in at once."""
ACKNOWLEDGED_AT_ONCE: Final = 200
ASKED_AT_ONCE: Final = 50
PAUSE_AFTER_WAIT: Final = 0
PAUSE_WITHOUT_PLACE: Final = 2
ARRANGEMENT_CLASS_PER_DAY: Final = 200
CLOSING_DAYS: Final = 100
CLOSING_PER_DAY: Final = 20
REMEMBERED_AFTER_EXPIRY: Final = 1 * limits.DAY
KEYS_PER_AGENCY: Final = 24
CREDIT_PAUSE: Final = 300
REGISTRATIONS_ALONE: Final = 200
"""Arrangements that one node may have registered alone, since they are kept for ever."""
REGISTRATION_PAUSE: Final = 3600


class RelayPermission(StrEnum):
    """What a person may do at the relay: look at its state, and bring it a new directory."""

    SEE_STATUS = "relay:status:see"
    LOAD_DIRECTORY = "relay:directory:load"


class RelayEvent(StrEnum):
    """What the audit holds. Messages are not in it: the log is their record, and it names nobody."""

    DIRECTORY_LOADED = "relay:directory:loaded"
    KEY_PUBLISHED = "relay:key:published"
    ARRANGEMENT_REGISTERED = "relay:arrangement:registered"
    ARRANGEMENT_ENDED = "relay:arrangement:ended"
    SWEPT = "relay:mailbox:swept"


def enter_own() -> None:
    staff = {Role.RELAY_STAFF, Role.RSO_STAFF, Role.CO_MANAGER}
    enter(RelayPermission.SEE_STATUS, staff)
    enter(RelayPermission.LOAD_DIRECTORY, {Role.RELAY_STAFF}, system=True)


class RefusedError(RsoError):
    """The relay does not do what a node asked; ``status`` is HTTP's, ``retry_after`` seconds."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(code, message)
        self.status = status
        self.retry_after = retry_after


class SentState(StrEnum):
    """What became of a message that its sender asks after."""

    HELD = "held"
    ACKNOWLEDGED = "acknowledged"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def sent_state(acknowledged: int | None, expires: int, now: int) -> SentState:
    """The state of a message that the relay remembers."""
    if acknowledged is not None:
        return SentState.ACKNOWLEDGED
    return SentState.HELD if expires > now else SentState.EXPIRED


class ArrangementState(StrEnum):
    """Whether all parties have registered, and whether one has ended it."""

    WAITING = "waiting"
    REGISTERED = "registered"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Registration:
    """All that the relay is told of an arrangement. ``per_day`` is messages from a party to each other party."""

    parties: tuple[AgencyId, ...]
    starts: int
    ends: int
    per_day: Mapping[AgencyId, int]

    def __post_init__(self) -> None:
        if not 2 <= len(self.parties) <= terms.PARTIES or list(self.parties) != sorted(set(self.parties)):
            raise MalformedError("the parties must be at least two, sorted, and none twice")
        if not self.starts < self.ends:
            raise MalformedError("an arrangement ends after its start")
        if set(self.per_day) != set(self.parties):
            raise MalformedError("every party has its own number of messages a day")

    def encode(self) -> bytes:
        """The one encoding: parties must register the same bytes."""
        return cbor.encode(
            {
                "ends": self.ends,
                "parties": [str(party) for party in self.parties],
                "per_day": {str(party): number for party, number in self.per_day.items()},
                "starts": self.starts,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Registration:
        """Reads :meth:`encode`; raises ``MalformedError``."""
        value = cbor.decode(data, limit=SMALL_BODY)
        read = cbor.Fields(value, "a registration", ("ends", "parties", "per_day", "starts"))
        numbers = read.entries("per_day", terms.PARTIES)
        inner = cbor.Fields(numbers, "the numbers per day", numbers)
        return cls(
            parties=tuple(AgencyId.parse(item) for item in read.items("parties", terms.PARTIES)),
            starts=read.integer("starts"),
            ends=read.integer("ends"),
            per_day={AgencyId.parse(name): inner.integer(name, 0, terms.PER_DAY) for name in numbers},
        )


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration and how far it has come: which parties' nodes have repeated it, and when it was ended."""

    content: Registration
    by: frozenset[AgencyId]
    ended: int | None

    @property
    def missing(self) -> tuple[AgencyId, ...]:
        return tuple(party for party in self.content.parties if party not in self.by)

    @property
    def state(self) -> ArrangementState:
        if self.ended is not None:
            return ArrangementState.ENDED
        return ArrangementState.WAITING if self.missing else ArrangementState.REGISTERED


def allowance(header: Header, registered: Registered | None, now: int) -> int:
    """How many messages a day may go from this sender to this recipient as the header's arrangement says.

    Raises :class:`RefusedError` where none may. After the end a few pass, since what only closes (a refusal, a
    destruction receipt) looks like any other message from outside; the recipient's node lets in nothing else.
    """
    if header.service_class is ServiceClass.ARRANGEMENT:
        return ARRANGEMENT_CLASS_PER_DAY
    if registered is None:
        raise RefusedError(403, "unknown-arrangement", "No party has registered this arrangement.")
    content = registered.content
    if header.sender not in content.parties or header.recipient not in content.parties:
        raise RefusedError(403, "not-a-party", "The arrangement is not between these two.")
    if registered.missing:
        raise RefusedError(403, "arrangement-waiting", "Not every party has registered this arrangement.")
    if now < content.starts:
        raise RefusedError(403, "arrangement-not-begun", "The arrangement has not begun.")
    over = min(content.ends, content.ends if registered.ended is None else registered.ended)
    if now < over:
        return content.per_day[header.sender]
    if now < over + CLOSING_DAYS * limits.DAY:
        return min(CLOSING_PER_DAY, content.per_day[header.sender])
    code = "arrangement-over" if registered.ended is None else "arrangement-ended"
    raise RefusedError(403, code, "The arrangement has ended.")


def until_tomorrow(now: int) -> int:
    """Seconds until the UTC day ends, when a day's allowance is new."""
    return limits.DAY - now % limits.DAY


@dataclass(frozen=True, slots=True)
class Credit:
    """How much the relay holds from one sender for one recipient, and how much it may."""

    messages: int
    octets: int
    most_messages: int
    most_octets: int

    def check(self, size: int) -> None:
        """Raises :class:`RefusedError` if a message of ``size`` bytes more would be too much."""
        if self.messages + 1 > self.most_messages or self.octets + size > self.most_octets:
            raise RefusedError(
                429,
                "credit-used",
                "The relay holds as much for this recipient as it may: wait until it fetches.",
                CREDIT_PAUSE,
            )


def whole_number(value: str | None, usual: int, least: int, most: int) -> int:
    """A number of a query string, cut to its bounds; raises :class:`RefusedError` if it is none."""
    if value is None:
        return usual
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise RefusedError(400, "bad-query", "A parameter of the query must be a whole number.")
    return max(least, min(most, int(value)))
