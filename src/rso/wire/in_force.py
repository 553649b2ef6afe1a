"""When an arrangement is in force: signed by enough persons of every party, begun, not ended.

A person signs with the agency's key and under an opaque seat, never a name. :meth:`SignedArrangement.check`
verifies the signatures once, which is slow; what it gives is asked at every message, which is fast. Check again
whenever the directory changes, since a key may have been revoked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rso.wire import cbor, limits, terms
from rso.wire.arrangement import DIGEST, Arrangement
from rso.wire.cbor import Fields
from rso.wire.directory import Directory, KeyUse
from rso.wire.errors import MalformedError, SignatureError, WireError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID, SIGNATURE, SigningKey
from rso.wire.text import code

SEAT: Final = 16
SIGNATURES: Final = terms.PARTIES * terms.APPROVERS
_SIGNING: Final = b"rso/arrangement-signature/1"
_ENDING: Final = b"rso/arrangement-end/1"
_DOCUMENT: Final = limits.ARRANGEMENT_DOCUMENT + SIGNATURES * limits.ARRANGEMENT_SIGNATURE


class ForceStep(IntEnum):
    """What must be true for an arrangement to be in force, in the order in which it is looked at."""

    PARTIES = 1
    """Every party is an active agency of an active member of the directory."""
    SIGNATURES = 2
    """For every party enough different persons signed this hash, with keys of that party's agency."""
    BEGUN = 3
    """The start has come."""
    NOT_OVER = 4
    """The end has not come."""
    NOT_ENDED = 5
    """No party has ended it."""


_CODES: Final[Mapping[ForceStep, str]] = {
    ForceStep.PARTIES: "party-not-active",
    ForceStep.SIGNATURES: "not-signed",
    ForceStep.BEGUN: "not-begun",
    ForceStep.NOT_OVER: "over",
    ForceStep.NOT_ENDED: "ended",
}


class NotInForceError(WireError):
    """The arrangement is not in force; ``step`` is the first reason."""

    def __init__(self, step: ForceStep) -> None:
        super().__init__(_CODES[step], "the arrangement is not in force")
        self.step = step


@dataclass(frozen=True, slots=True)
class PartySignature:
    """One person's signature for one party. Verified by :meth:`valid`, not by reading."""

    arrangement: bytes
    """The arrangement's digest."""
    agency: AgencyId
    seat: bytes
    """Sixteen opaque bytes by which the agency knows the person; two signatures need two seats."""
    signed: int
    """Unix seconds, as the signer says."""
    key_id: bytes
    signature: bytes

    @classmethod
    def make(
        cls, arrangement: Arrangement, agency: AgencyId, seat: bytes, signed: int, key: SigningKey
    ) -> PartySignature:
        """Signs ``arrangement`` for ``agency``, which must be a party, by the person in ``seat``."""
        if arrangement.party(agency) is None:
            raise MalformedError("only a party signs an arrangement", "not-a-party")
        digest = arrangement.digest()
        signature = key.sign(_SIGNING, _signed_bytes(digest, agency, seat, signed))
        return cls(digest, agency, seat, signed, key.key_id, signature)

    def encode(self) -> bytes:
        """The bytes that travel in an ``arrangement-signature`` message."""
        return cbor.encode(self.plain())

    def plain(self) -> dict[str, object]:
        """The signature as a signed arrangement carries it."""
        return {
            "arrangement": self.arrangement,
            "agency": str(self.agency),
            "seat": self.seat,
            "signed": self.signed,
            "key": self.key_id,
            "signature": self.signature,
        }

    @classmethod
    def decode(cls, data: bytes) -> PartySignature:
        """Reads :meth:`encode`; raises ``MalformedError``."""
        return cls.parse(cbor.decode(data, limit=limits.ARRANGEMENT_SIGNATURE))

    @classmethod
    def parse(cls, value: object) -> PartySignature:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        keys = ("arrangement", "agency", "seat", "signed", "key", "signature")
        read = Fields(value, "signature of an arrangement", keys)
        return cls(
            arrangement=read.octets("arrangement", size=DIGEST),
            agency=read.parsed("agency", AgencyId.parse),
            seat=read.octets("seat", size=SEAT),
            signed=read.integer("signed"),
            key_id=read.octets("key", size=KEY_ID),
            signature=read.octets("signature", size=SIGNATURE),
        )

    def valid(self, directory: Directory) -> bool:
        """Whether an agency key of ``agency``, good at ``signed`` and not revoked since, made it."""
        signed = _signed_bytes(self.arrangement, self.agency, self.seat, self.signed)
        return _made_by(directory, self.agency, self.key_id, self.signed, _SIGNING, self.signature, signed)


@dataclass(frozen=True, slots=True)
class Ending:
    """One party ends an arrangement, at once and alone. ``at`` is Unix seconds, ``reason`` a code."""

    arrangement: bytes
    agency: AgencyId
    seat: bytes
    at: int
    reason: str
    key_id: bytes
    signature: bytes

    @classmethod
    def make(
        cls, arrangement: Arrangement, agency: AgencyId, seat: bytes, at: int, reason: str, key: SigningKey
    ) -> Ending:
        """Ends ``arrangement`` for ``agency``, which must be a party."""
        if arrangement.party(agency) is None:
            raise MalformedError("only a party ends an arrangement", "not-a-party")
        digest = arrangement.digest()
        signature = key.sign(_ENDING, _signed_bytes(digest, agency, seat, at, code(reason, "reason")))
        return cls(digest, agency, seat, at, reason, key.key_id, signature)

    def encode(self) -> bytes:
        """The bytes to keep and to show."""
        return cbor.encode(self.plain())

    def plain(self) -> dict[str, object]:
        """The ending as a signed arrangement carries it."""
        return {
            "arrangement": self.arrangement,
            "agency": str(self.agency),
            "seat": self.seat,
            "at": self.at,
            "reason": self.reason,
            "key": self.key_id,
            "signature": self.signature,
        }

    @classmethod
    def decode(cls, data: bytes) -> Ending:
        """Reads :meth:`encode`; raises ``MalformedError``."""
        return cls.parse(cbor.decode(data, limit=limits.ARRANGEMENT_SIGNATURE))

    @classmethod
    def parse(cls, value: object) -> Ending:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        keys = ("arrangement", "agency", "seat", "at", "reason", "key", "signature")
        read = Fields(value, "end of an arrangement", keys)
        return cls(
            arrangement=read.octets("arrangement", size=DIGEST),
            agency=read.parsed("agency", AgencyId.parse),
            seat=read.octets("seat", size=SEAT),
            at=read.integer("at"),
            reason=read.code("reason"),
            key_id=read.octets("key", size=KEY_ID),
            signature=read.octets("signature", size=SIGNATURE),
        )

    def valid(self, directory: Directory) -> bool:
        """Whether an agency key of ``agency``, good at ``at`` and not revoked since, made it."""
        signed = _signed_bytes(self.arrangement, self.agency, self.seat, self.at, self.reason)
        return _made_by(directory, self.agency, self.key_id, self.at, _ENDING, self.signature, signed)


def _signed_bytes(digest: bytes, agency: AgencyId, seat: bytes, at: int, reason: str | None = None) -> bytes:
    if len(seat) != SEAT:
        raise MalformedError(f"a seat has {SEAT} bytes")
    return cbor.encode({"arrangement": digest, "agency": str(agency), "seat": seat, "at": at, "reason": reason})


def _made_by(
    directory: Directory,
    agency: AgencyId,
    key_id: bytes,
    at: int,
    context: bytes,
    signature: bytes,
    signed: bytes,
) -> bool:
    """A revoked key does not count even for an earlier date: nothing outside the signature proves the date."""
    entry = directory.key_by_id(key_id)
    if entry is None or entry.holder != agency or entry.use is not KeyUse.AGENCY:
        return False
    if entry.validity.revoked is not None or not entry.validity.holds(at):
        return False
    try:
        entry.key.verify(context, signature, signed)
    except SignatureError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class SignedArrangement:
    """A document with the signatures, and the endings, that have arrived so far."""

    arrangement: Arrangement
    signatures: tuple[PartySignature, ...] = ()
    endings: tuple[Ending, ...] = ()

    def with_signature(self, signature: PartySignature) -> SignedArrangement:
        """The same with one more signature; raises ``MalformedError`` for another document's."""
        self._own(signature.arrangement)
        return SignedArrangement(self.arrangement, (*self.signatures, signature), self.endings)

    def with_ending(self, ending: Ending) -> SignedArrangement:
        """The same, ended; raises ``MalformedError`` for another document's."""
        self._own(ending.arrangement)
        return SignedArrangement(self.arrangement, self.signatures, (*self.endings, ending))

    def _own(self, digest: bytes) -> None:
        if digest != self.arrangement.digest():
            raise MalformedError("this belongs to another arrangement", "other-arrangement")

    def encode(self) -> bytes:
        """One file with all of it."""
        return cbor.encode(
            {
                "document": self.arrangement.encode(),
                "signatures": [signature.plain() for signature in self.signatures],
                "endings": [ending.plain() for ending in self.endings],
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> SignedArrangement:
        """Reads :meth:`encode`; raises ``MalformedError``."""
        keys = ("document", "signatures", "endings")
        read = Fields(cbor.decode(data, limit=_DOCUMENT), "a signed arrangement", keys)
        signed = cls(Arrangement.decode(read.octets("document", limit=limits.ARRANGEMENT_DOCUMENT)))
        for item in read.items("signatures", SIGNATURES):
            signed = signed.with_signature(PartySignature.parse(item))
        for item in read.items("endings", SIGNATURES):
            signed = signed.with_ending(Ending.parse(item))
        return signed

    def signers(self, directory: Directory) -> dict[AgencyId, int]:
        """How many different persons of each party have signed validly; others' signatures are ignored."""
        digest = self.arrangement.digest()
        seats: dict[AgencyId, set[bytes]] = {party.agency: set() for party in self.arrangement.parties}
        for signature in self.signatures:
            known = signature.arrangement == digest and signature.agency in seats
            if known and signature.valid(directory):
                seats[signature.agency].add(signature.seat)
        return {agency: len(persons) for agency, persons in seats.items()}

    def check(self, directory: Directory, ended: int | None = None) -> CheckedArrangement:
        """Verifies every signature and ending against ``directory``.

        ``ended`` is when an ``arrangement-end`` message, verified as such, was sent or arrived: it ends the
        arrangement as well as an :class:`Ending` does.
        """
        agencies = self.arrangement.agencies()
        count = self.signers(directory)
        digest = self.arrangement.digest()
        ends = [
            ending.at
            for ending in self.endings
            if ending.arrangement == digest and ending.agency in agencies and ending.valid(directory)
        ]
        if ended is not None:
            ends.append(ended)
        return CheckedArrangement(
            arrangement=self.arrangement,
            digest=digest,
            inactive=frozenset(agency for agency in agencies if not directory.takes_part(agency)),
            unsigned=frozenset(
                party.agency for party in self.arrangement.parties if count[party.agency] < party.signers
            ),
            ended=min(ends, default=None),
        )


@dataclass(frozen=True, slots=True)
class CheckedArrangement:
    """An arrangement whose signatures have been looked at; made by :meth:`SignedArrangement.check`."""

    arrangement: Arrangement
    digest: bytes
    inactive: frozenset[AgencyId]
    """Parties that do not take part, by the directory."""
    unsigned: frozenset[AgencyId]
    """Parties of which not enough persons have signed."""
    ended: int | None

    def first_failure(self, at: int) -> ForceStep | None:
        """The first reason why it is not in force at ``at`` (Unix seconds), or None."""
        return next((step for step, passed in self.steps(at) if not passed), None)

    def steps(self, at: int) -> tuple[tuple[ForceStep, bool], ...]:
        """Every step and whether it holds at ``at``."""
        return (
            (ForceStep.PARTIES, not self.inactive),
            (ForceStep.SIGNATURES, not self.unsigned),
            (ForceStep.BEGUN, self.arrangement.starts <= at),
            (ForceStep.NOT_OVER, at < self.arrangement.ends),
            (ForceStep.NOT_ENDED, self.ended is None or at < self.ended),
        )

    def reason_not_in_force(self, at: int) -> str | None:
        """The code of the first failing step (``not-signed``, ``ended`` ...), or None."""
        step = self.first_failure(at)
        return None if step is None else _CODES[step]

    def in_force(self, at: int) -> bool:
        """Whether messages may be exchanged under it at ``at``."""
        return self.first_failure(at) is None

    def verify_in_force(self, at: int) -> None:
        """Raises ``NotInForceError`` with the first failing step."""
        step = self.first_failure(at)
        if step is not None:
            raise NotInForceError(step)

    def allows_purpose(self, purpose: str) -> bool:
        """As :meth:`Arrangement.allows_purpose`."""
        return self.arrangement.allows_purpose(purpose)

    def allows_modality(self, modality: str) -> bool:
        """As :meth:`Arrangement.allows_modality`."""
        return self.arrangement.allows_modality(modality)

    def agencies(self) -> frozenset[AgencyId]:
        """All parties."""
        return self.arrangement.agencies()

    def fields_for(self, purpose: str) -> tuple[str, ...]:
        """As :meth:`Arrangement.fields_for`."""
        return self.arrangement.fields_for(purpose)

    def kept_for(self) -> int:
        """How long what was disclosed may be kept, in seconds."""
        return self.arrangement.disclosure_days * limits.DAY
