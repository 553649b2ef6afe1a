"""The messages that carry an arrangement between its parties. What is inside is read elsewhere: here it is
bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from rso.wire import limits
from rso.wire.header import ARRANGEMENT_HASH, ServiceClass
from rso.wire.message import Message, code, octets

_ARRANGEMENT: Final = frozenset({ServiceClass.ARRANGEMENT})


@dataclass(frozen=True)
class ArrangementProposal(Message):
    """A draft, or a new version, for the other parties to sign: the encoded document."""

    kind = "arrangement-proposal"
    classes: ClassVar[frozenset[ServiceClass]] = _ARRANGEMENT
    shape = {"document": octets(limit=limits.ARRANGEMENT_DOCUMENT)}

    document: bytes


@dataclass(frozen=True)
class ArrangementSignature(Message):
    """One person's signature of the document with that hash, encoded."""

    kind = "arrangement-signature"
    classes: ClassVar[frozenset[ServiceClass]] = _ARRANGEMENT
    shape = {
        "arrangement": octets(size=ARRANGEMENT_HASH),
        "signature": octets(limit=limits.ARRANGEMENT_SIGNATURE),
    }

    arrangement: bytes
    signature: bytes


@dataclass(frozen=True)
class ArrangementEnd(Message):
    """Ends the arrangement with that hash at once; either party may, and gives a reason code."""

    kind = "arrangement-end"
    classes: ClassVar[frozenset[ServiceClass]] = _ARRANGEMENT
    shape = {"arrangement": octets(size=ARRANGEMENT_HASH), "reason": code()}

    arrangement: bytes
    reason: str
