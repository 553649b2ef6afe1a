"""What every sealed message has in common, and how its fields are described once for writing and for
reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from rso.wire import cbor
from rso.wire.cbor import Fields
from rso.wire.errors import MalformedError
from rso.wire.header import ServiceClass
from rso.wire.identifiers import ServiceId
from rso.wire.text import code as checked_code

REFERENCE: Final = 16
_META: Final = ("legal_basis", "purpose", "reference", "reply_to", "service")

Reader = Callable[[Fields, str], Any]
"""Reads one field: returns its value, or raises ``MalformedError`` or ``LimitError``."""


@dataclass(frozen=True, slots=True)
class Meta:
    """The common part: the service addressed, where a reply goes, the conversation, and by which right.

    ``reference`` is the conversation: 16 random bytes that its first message chose. ``purpose`` and
    ``legal_basis`` are codes, and both None in messages about arrangements themselves.
    """

    service: ServiceId
    reply_to: ServiceId
    reference: bytes
    purpose: str | None
    legal_basis: str | None

    def __post_init__(self) -> None:
        if not isinstance(self.reference, bytes) or len(self.reference) != REFERENCE:
            raise MalformedError(f"the reference of a conversation has {REFERENCE} bytes")
        if (self.purpose is None) != (self.legal_basis is None):
            raise MalformedError("a purpose and a legal basis come together")
        if self.purpose is not None:
            checked_code(self.purpose, "the purpose")
            checked_code(self.legal_basis, "the legal basis")

    def reply(self) -> Meta:
        """The common part of a reply: services exchanged, the rest alike."""
        return Meta(self.reply_to, self.service, self.reference, self.purpose, self.legal_basis)

    def content(self) -> dict[str, object]:
        """As it stands in the encoded message."""
        return {
            "legal_basis": self.legal_basis,
            "purpose": self.purpose,
            "reference": self.reference,
            "reply_to": str(self.reply_to),
            "service": str(self.service),
        }

    @classmethod
    def read(cls, value: object) -> Meta:
        """Reads ``content``; raises ``MalformedError``."""
        fields = Fields(value, "the common part", _META)
        return cls(
            service=fields.parsed("service", ServiceId.parse),
            reply_to=fields.parsed("reply_to", ServiceId.parse),
            reference=fields.octets("reference", size=REFERENCE),
            purpose=None if fields.absent("purpose") else fields.code("purpose"),
            legal_basis=None if fields.absent("legal_basis") else fields.code("legal_basis"),
        )


@dataclass(frozen=True)
class Message:
    """A sealed message. A kind names itself, the classes it may travel in, and its fields with their readers.

    The same readers check a message that is made here and one that came in, so neither can be malformed;
    ``check`` holds what concerns several fields at once.
    """

    kind: ClassVar[str]
    classes: ClassVar[frozenset[ServiceClass]] = frozenset({ServiceClass.EXCHANGE})
    after_end: ClassVar[bool] = False
    """Whether it may still arrive when its arrangement has ended: what only closes, and discloses nothing."""
    shape: ClassVar[Mapping[str, Reader]]

    meta: Meta

    def __post_init__(self) -> None:
        fields = Fields(self.content(), self.kind, self.shape)
        for key, reader in self.shape.items():
            reader(fields, key)
        self.check()

    def check(self) -> None:
        """Raises ``MalformedError`` where fields contradict each other."""

    def content(self) -> dict[str, object]:
        """The fields of the kind, as they stand in the encoded message."""
        return {key: _plain(getattr(self, key)) for key in self.shape}

    def encode(self) -> bytes:
        """The canonical bytes of kind, common part and fields."""
        return cbor.encode({"content": self.content(), "kind": self.kind, "meta": self.meta.content()})

    @classmethod
    def read(cls, meta: Meta, content: object) -> Self:
        """Reads ``content``; raises ``MalformedError`` or ``LimitError``."""
        fields = Fields(content, cls.kind, cls.shape)
        return cls(meta, **{key: reader(fields, key) for key, reader in cls.shape.items()})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value) if isinstance(value, str) else value


def octets(*, size: int | None = None, limit: int | None = None) -> Reader:
    """Bytes of exactly ``size``, or of at most ``limit``."""
    return lambda fields, key: fields.octets(key, size=size, limit=limit)


def text(limit: int, *, lines: bool = False) -> Reader:
    """Text of at most ``limit`` UTF-8 bytes, not empty."""
    return lambda fields, key: fields.text(key, limit, lines=lines)


def integer(least: int, most: int) -> Reader:
    """A whole number within both bounds."""
    return lambda fields, key: fields.integer(key, least, most)


def instant() -> Reader:
    """Unix seconds."""
    return lambda fields, key: fields.integer(key)


def code() -> Reader:
    """A code."""
    return lambda fields, key: fields.code(key)


def codes(limit: int) -> Reader:
    """Sorted codes, none twice, as a tuple."""
    return lambda fields, key: fields.codes(key, limit)


def texts(limit: int, each: int) -> Reader:
    """A map from codes to text of at most ``each`` bytes."""

    def read(fields: Fields, key: str) -> dict[str, str]:
        entries = fields.entries(key, limit)
        return {
            checked_code(name, f"a name in {key}"): Fields(entries, key, entries).text(name, each) for name in entries
        }

    return read


def coded(limit: int) -> Reader:
    """A map from codes to codes."""

    def read(fields: Fields, key: str) -> dict[str, str]:
        entries = fields.entries(key, limit)
        return {
            checked_code(name, f"a name in {key}"): checked_code(value, f"a value in {key}")
            for name, value in entries.items()
        }

    return read


def optional(reader: Reader) -> Reader:
    """Null, or what ``reader`` reads."""
    return lambda fields, key: None if fields.absent(key) else reader(fields, key)
