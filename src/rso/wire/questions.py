"""The messages of the two stages: an anonymous probe and its one answer, named fields and their disclosure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rso.wire import limits
from rso.wire.cbor import Fields
from rso.wire.errors import LimitError, MalformedError
from rso.wire.header import ServiceClass
from rso.wire.message import (
    Message,
    code,
    coded,
    codes,
    instant,
    integer,
    octets,
    optional,
    text,
    texts,
)

HIT_REFERENCE: Final = 16
PNG: Final = b"\x89PNG\r\n\x1a\n"


class Outcome(StrEnum):
    """The four final answers to a probe. How alike two prints were never travels."""

    HIT = "hit"
    NO_HIT = "no-hit"
    INSUFFICIENT_QUALITY = "insufficient-quality"
    REFUSED = "refused"


def _outcome(fields: Fields, key: str) -> Outcome:
    return fields.choice(key, Outcome)


@dataclass(frozen=True)
class Probe(Message):
    """An anonymous question: do you know whose this is? It names nobody.

    ``finger_position`` is that of ANSI/NIST-ITL 1 (0 unknown, 1 right thumb to 10 left little finger);
    ``resolution_ppi`` is declared by whoever took the image; ``image`` is a greyscale PNG.
    """

    kind = "probe"
    shape = {
        "modality": code(),
        "finger_position": integer(0, 10),
        "resolution_ppi": integer(limits.RESOLUTION_LEAST, limits.RESOLUTION_MOST),
        "image": octets(limit=limits.IMAGE),
    }

    modality: str
    finger_position: int
    resolution_ppi: int
    image: bytes

    def check(self) -> None:
        if not self.image.startswith(PNG):
            raise MalformedError("the image of a probe is a PNG")


@dataclass(frozen=True)
class Deferred(Message):
    """A notice that the answer will take until about ``until`` (Unix seconds). It is not an answer."""

    kind = "deferred"
    shape = {"until": instant()}

    until: int


@dataclass(frozen=True)
class Answer(Message):
    """The one final answer to a probe.

    ``hit_reference`` stands for the found record in one request for disclosure, is random, and there is one
    if and only if there is a hit. ``reason`` may go with a refusal or with insufficient quality.
    """

    kind = "answer"
    shape = {
        "outcome": _outcome,
        "reason": optional(code()),
        "hit_reference": optional(octets(size=HIT_REFERENCE)),
    }

    outcome: Outcome
    reason: str | None = None
    hit_reference: bytes | None = None

    def check(self) -> None:
        if (self.hit_reference is not None) != (self.outcome is Outcome.HIT):
            raise MalformedError("a reference to a hit comes with a hit, and only with a hit")
        if self.reason is not None and self.outcome in {Outcome.HIT, Outcome.NO_HIT}:
            raise MalformedError("a hit or no hit comes without a reason")


@dataclass(frozen=True)
class DisclosureRequest(Message):
    """After a hit: a request for named ``fields`` (sorted codes), with a ``justification`` for the
    approver."""

    kind = "disclosure-request"
    shape = {
        "hit_reference": octets(size=HIT_REFERENCE),
        "fields": codes(limits.FIELDS),
        "justification": text(limits.NOTE, lines=True),
    }

    hit_reference: bytes
    fields: tuple[str, ...]
    justification: str

    def check(self) -> None:
        if not self.fields:
            raise MalformedError("a request for disclosure names at least one field")


@dataclass(frozen=True)
class Disclosure(Message):
    """The answer to a request for disclosure: each field given as text, or withheld with a reason code.

    ``handling`` are sorted codes of how the fields may be used; after ``expires`` (Unix seconds) the receiver
    deletes them and says so with a destruction receipt.
    """

    kind = "disclosure"
    shape = {
        "fields": texts(limits.FIELDS, limits.FIELD_TEXT),
        "withheld": coded(limits.FIELDS),
        "handling": codes(limits.HANDLING_CODES),
        "expires": instant(),
    }

    fields: Mapping[str, str]
    withheld: Mapping[str, str]
    handling: tuple[str, ...]
    expires: int

    def check(self) -> None:
        if self.fields.keys() & self.withheld.keys():
            raise MalformedError("a field is given or withheld, not both")
        if not self.fields and not self.withheld:
            raise MalformedError("a disclosure gives or withholds at least one field")
        if sum(len(value.encode()) for value in self.fields.values()) > limits.DISCLOSURE:
            raise LimitError("the fields of a disclosure are too long together")


@dataclass(frozen=True)
class Refusal(Message):
    """No, to anything but a probe, with a reason code and, where the member wants, a few words."""

    kind = "refusal"
    after_end = True
    classes = frozenset(ServiceClass)
    shape = {"reason": code(), "text": optional(text(limits.NOTE, lines=True))}

    reason: str
    text: str | None = None
