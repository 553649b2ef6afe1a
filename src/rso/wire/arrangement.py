"""The arrangement: the signed document under which two or more agencies exchange, referred to by its hash.

Here is the document and its encoding; :mod:`rso.wire.in_force` says when it is in force. The bytes are
deterministic, so every party computes the same :meth:`Arrangement.digest`, and every message carries it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rso.wire import cbor, limits, terms
from rso.wire.cbor import Fields
from rso.wire.errors import MalformedError
from rso.wire.identifiers import AgencyId
from rso.wire.terms import (
    LABELLED_DEFAULTS,
    ApprovalRule,
    OnwardRule,
    Party,
    PurposeTerm,
    in_range,
    sorted_codes,
)
from rso.wire.text import plain_text

FORMAT: Final = 1
DIGEST: Final = 32
REFERENCE: Final = 16
_HASHED = b"rso/arrangement/1\x00"
_KEYS = (
    "format",
    "reference",
    "version",
    "title",
    "parties",
    "purposes",
    "modalities",
    "services",
    "probe_days",
    "disclosure_days",
    "onward",
    "response_hours",
    "automatic_no_hit",
    "automatic_low_quality",
    "disclosure_approval",
    "quality_floor",
    "dpia",
    "cover_per_day",
    "answer_tick_s",
    "starts",
    "review",
    "ends",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What the parties agree. Every object is well formed; raises ``MalformedError`` otherwise.

    Codes are lower-case words joined by hyphens; lists are sorted; times are Unix seconds. A changed
    arrangement is a new version under the same reference, and needs all signatures anew.
    """

    reference: bytes
    """Sixteen random bytes that stay the same through all versions."""
    version: int
    title: str
    parties: tuple[Party, ...]
    """At least two, sorted by agency."""
    purposes: tuple[PurposeTerm, ...]
    """Sorted by purpose; each names the fields that may be disclosed for it."""
    modalities: tuple[str, ...]
    services: tuple[str, ...]
    probe_days: int
    """A probe is destroyed at its final answer, and after so many days in any case."""
    disclosure_days: int
    """What was disclosed is destroyed after so many days."""
    onward: OnwardRule
    response_hours: int
    """The response time that the parties aim at; nothing is refused for it."""
    automatic_no_hit: bool
    """Whether a node may answer "no hit" by itself. There is no such term for a hit."""
    automatic_low_quality: bool
    """Whether a node may answer "insufficient quality" by itself."""
    disclosure_approval: ApprovalRule
    quality_floor: int
    """0 to 100; an image below it is not sent."""
    dpia: str
    """Where the evidence of a data-protection impact assessment is found; empty says that there is none."""
    cover_per_day: int
    """Empty messages a day that each party sends to each other one; 0 for none."""
    answer_tick_s: int
    """Answers leave on whole multiples of so many seconds."""
    starts: int
    review: int
    ends: int

    def __post_init__(self) -> None:
        if not isinstance(self.reference, bytes) or len(self.reference) != REFERENCE:
            raise MalformedError(f"the reference of an arrangement has {REFERENCE} bytes")
        plain_text(self.title, "title", limits.LINE)
        plain_text(self.dpia, "impact assessment", limits.LINE, least=0)
        self._check_parties()
        names = tuple(term.purpose for term in self.purposes)
        sorted_codes(names, "purposes", terms.PURPOSES)
        sorted_codes(self.modalities, "modalities", terms.MODALITIES)
        sorted_codes(self.services, "services", terms.SERVICES)
        self._check_numbers()
        if not self.starts < self.review <= self.ends:
            raise MalformedError("an arrangement starts, is reviewed and ends in this order")

    def _check_parties(self) -> None:
        agencies = [party.agency for party in self.parties]
        if not 2 <= len(agencies) <= terms.PARTIES:
            raise MalformedError(f"an arrangement has from 2 to {terms.PARTIES} parties")
        if agencies != sorted(set(agencies)):
            raise MalformedError("the parties must be sorted, and none twice")

    def _check_numbers(self) -> None:
        in_range(self.version, "version", 1, 10_000)
        in_range(self.probe_days, "days of a probe", 1, terms.RETENTION_DAYS)
        in_range(self.disclosure_days, "days of a disclosure", 1, terms.RETENTION_DAYS)
        in_range(self.response_hours, "response time", 1, terms.RESPONSE_HOURS)
        in_range(self.quality_floor, "quality floor", 0, 100)
        in_range(self.cover_per_day, "cover traffic", 0, terms.PER_DAY)
        in_range(self.answer_tick_s, "answer tick", 1, terms.TICK_SECONDS)
        for name in ("starts", "review", "ends"):
            in_range(getattr(self, name), name, 0, limits.UNIX_SECONDS)

    def agencies(self) -> frozenset[AgencyId]:
        """All parties."""
        return frozenset(party.agency for party in self.parties)

    def party(self, agency: AgencyId) -> Party | None:
        """The clauses of ``agency``, or None if it is no party."""
        return next((party for party in self.parties if party.agency == agency), None)

    def allows_purpose(self, purpose: str) -> bool:
        """Whether may be asked for ``purpose``."""
        return any(term.purpose == purpose for term in self.purposes)

    def allows_modality(self, modality: str) -> bool:
        """Whether ``modality`` may be searched."""
        return modality in self.modalities

    def allows_service(self, service: str) -> bool:
        """Whether the service of that name (the last part of its identifier) is covered."""
        return service in self.services

    def fields_for(self, purpose: str) -> tuple[str, ...]:
        """The fields that may be disclosed for ``purpose``; none for a purpose that is not agreed."""
        return next((term.fields for term in self.purposes if term.purpose == purpose), ())

    def encode(self) -> bytes:
        """The document's one encoding."""
        return cbor.encode(
            {
                "format": FORMAT,
                "reference": self.reference,
                "version": self.version,
                "title": self.title,
                "parties": [party.plain() for party in self.parties],
                "purposes": [term.plain() for term in self.purposes],
                "modalities": list(self.modalities),
                "services": list(self.services),
                "probe_days": self.probe_days,
                "disclosure_days": self.disclosure_days,
                "onward": self.onward.value,
                "response_hours": self.response_hours,
                "automatic_no_hit": self.automatic_no_hit,
                "automatic_low_quality": self.automatic_low_quality,
                "disclosure_approval": self.disclosure_approval.value,
                "quality_floor": self.quality_floor,
                "dpia": self.dpia,
                "cover_per_day": self.cover_per_day,
                "answer_tick_s": self.answer_tick_s,
                "starts": self.starts,
                "review": self.review,
                "ends": self.ends,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Arrangement:
        """Reads :meth:`encode`; raises ``MalformedError`` for anything else."""
        read = Fields(cbor.decode(data, limit=limits.ARRANGEMENT_DOCUMENT), "an arrangement", _KEYS)
        if read.integer("format") != FORMAT:
            raise MalformedError("this format of an arrangement is not known", "unknown-format")
        return cls(
            reference=read.octets("reference", size=REFERENCE),
            version=read.integer("version"),
            title=read.text("title", limits.LINE),
            parties=tuple(Party.parse(item) for item in read.items("parties", terms.PARTIES)),
            purposes=tuple(PurposeTerm.parse(item) for item in read.items("purposes", terms.PURPOSES)),
            modalities=read.codes("modalities", terms.MODALITIES),
            services=read.codes("services", terms.SERVICES),
            probe_days=read.integer("probe_days"),
            disclosure_days=read.integer("disclosure_days"),
            onward=read.choice("onward", OnwardRule),
            response_hours=read.integer("response_hours"),
            automatic_no_hit=read.flag("automatic_no_hit"),
            automatic_low_quality=read.flag("automatic_low_quality"),
            disclosure_approval=read.choice("disclosure_approval", ApprovalRule),
            quality_floor=read.integer("quality_floor"),
            dpia=read.text("dpia", limits.LINE, least=0),
            cover_per_day=read.integer("cover_per_day"),
            answer_tick_s=read.integer("answer_tick_s"),
            starts=read.integer("starts"),
            review=read.integer("review"),
            ends=read.integer("ends"),
        )

    def digest(self) -> bytes:
        """The 32 bytes that every message carries: SHA-256 over a label and :meth:`encode`."""
        return hashlib.sha256(_HASHED + self.encode()).digest()


def _whole(term: str) -> int:
    value = LABELLED_DEFAULTS[term].value
    assert isinstance(value, int)
    return value


def _codes(term: str) -> tuple[str, ...]:
    value = LABELLED_DEFAULTS[term].value
    assert isinstance(value, tuple)
    return value


def draft_party(agency: AgencyId, basis: str, basis_text: str) -> Party:
    """A party with the labelled defaults for its clauses."""
    return Party(
        agency=agency,
        basis=basis,
        basis_text=basis_text,
        signers=_whole("signers"),
        asks_per_day=_whole("asks_per_day"),
        unknown_origin=bool(_whole("unknown_origin")),
    )


def draft(*, reference: bytes, title: str, parties: Iterable[Party], starts: int, dpia: str = "") -> Arrangement:
    """A first version whose other terms are labelled defaults; change them with ``dataclasses.replace``."""
    fields = _codes("fields")
    return Arrangement(
        reference=reference,
        version=1,
        title=title,
        parties=tuple(sorted(parties, key=lambda party: party.agency)),
        purposes=tuple(PurposeTerm(purpose, fields) for purpose in _codes("purposes")),
        modalities=_codes("modalities"),
        services=_codes("services"),
        probe_days=_whole("probe_days"),
        disclosure_days=_whole("disclosure_days"),
        onward=OnwardRule(str(LABELLED_DEFAULTS["onward"].value)),
        response_hours=_whole("response_hours"),
        automatic_no_hit=bool(_whole("automatic_no_hit")),
        automatic_low_quality=bool(_whole("automatic_low_quality")),
        disclosure_approval=ApprovalRule(str(LABELLED_DEFAULTS["disclosure_approval"].value)),
        quality_floor=_whole("quality_floor"),
        dpia=dpia,
        cover_per_day=_whole("cover_per_day"),
        answer_tick_s=_whole("answer_tick_s"),
        starts=starts,
        review=starts + _whole("review_days") * limits.DAY,
        ends=starts + _whole("term_days") * limits.DAY,
    )
