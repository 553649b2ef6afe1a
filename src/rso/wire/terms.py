"""The terms that an arrangement may have, and the product's labelled defaults for them.

Nothing here is policy of the RSO. What the public documents of RBDES leave open (thresholds, deadlines,
retention, quotas) is agreed by the parties, and :data:`LABELLED_DEFAULTS` is where a draft starts from: every
page that shows one of these values shows its label too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rso.wire import limits
from rso.wire.cbor import Fields
from rso.wire.errors import LimitError, MalformedError
from rso.wire.identifiers import AgencyId
from rso.wire.text import code, plain_text

PARTIES = 16
PURPOSES = 32
MODALITIES = 8
SERVICES = 16
APPROVERS = 9
RETENTION_DAYS = 3_650
RESPONSE_HOURS = 24 * 365
PER_DAY = 100_000
TICK_SECONDS = 3_600


class OnwardRule(StrEnum):
    """Whether what was received may be given to a third party."""

    NEVER = "never"
    CONSENT = "originator-consent"
    """Only after the party that disclosed it has agreed to this third party."""


class ApprovalRule(StrEnum):
    """How many persons of the disclosing side must agree to a disclosure."""

    ONE_OFFICER = "one-officer"
    TWO_PERSONS = "two-persons"

    @property
    def persons(self) -> int:
        """The number of distinct persons."""
        return 2 if self is ApprovalRule.TWO_PERSONS else 1


def in_range(value: int, name: str, least: int, most: int) -> None:
    """Raises ``LimitError`` unless ``value`` is a whole number within both bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise LimitError(f"{name} must be from {least} to {most}")


def sorted_codes(values: tuple[str, ...], name: str, most: int, least: int = 1) -> None:
    """Raises unless ``values`` are codes, sorted, none twice, ``least`` to ``most`` of them."""
    if not least <= len(values) <= most:
        raise LimitError(f"{name} must have from {least} to {most} entries")
    for value in values:
        code(value, name)
    if list(values) != sorted(set(values)):
        raise MalformedError(f"{name} must be sorted, and none twice")


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an arrangement, and the clauses that are its own."""

    agency: AgencyId
    basis: str
    """Code of the legal basis on this side, such as ``domestic-law`` or ``treaty``."""
    basis_text: str
    """The legal basis in words: the act, its section, the agreement."""
    signers: int
    """Distinct persons who must sign for this side."""
    asks_per_day: int
    """Questions that this side may put to each other party within 24 hours."""
    unknown_origin: bool = False
    """This side's own clause "protected persons of unknown origin may be asked here"."""

    def __post_init__(self) -> None:
        code(self.basis, "legal basis")
        plain_text(self.basis_text, "text of the legal basis", limits.NOTE, lines=True)
        in_range(self.signers, "signers", 1, APPROVERS)
        in_range(self.asks_per_day, "questions per day", 0, PER_DAY)

    def plain(self) -> dict[str, object]:
        """The party as the document carries it."""
        return {
            "agency": str(self.agency),
            "basis": self.basis,
            "basis_text": self.basis_text,
            "signers": self.signers,
            "asks_per_day": self.asks_per_day,
            "unknown_origin": self.unknown_origin,
        }

    @classmethod
    def parse(cls, value: object) -> Party:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "party", ("agency", "basis", "basis_text", "signers", "asks_per_day", "unknown_origin"))
        return cls(
            agency=read.parsed("agency", AgencyId.parse),
            basis=read.code("basis"),
            basis_text=read.text("basis_text", limits.NOTE, lines=True),
            signers=read.integer("signers"),
            asks_per_day=read.integer("asks_per_day"),
            unknown_origin=read.flag("unknown_origin"),
        )


@dataclass(frozen=True, slots=True)
class PurposeTerm:
    """A purpose for which may be asked, and the fields that may be disclosed for it after a hit."""

    purpose: str
    fields: tuple[str, ...]

    def __post_init__(self) -> None:
        code(self.purpose, "purpose")
        sorted_codes(self.fields, "fields of a purpose", limits.FIELDS, least=0)

    def plain(self) -> dict[str, object]:
        """The term as the document carries it."""
        return {"purpose": self.purpose, "fields": list(self.fields)}

    @classmethod
    def parse(cls, value: object) -> PurposeTerm:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "purpose", ("purpose", "fields"))
        return cls(read.code("purpose"), read.codes("fields", limits.FIELDS))


@dataclass(frozen=True, slots=True)
class LabelledDefault:
    """A value with which a draft starts, and where it comes from."""

    value: int | bool | str | tuple[str, ...]
    label: str
    """``product-default``: chosen by us. ``analogue``: taken from another scheme, which ``source`` names."""
    source: str


def _chosen(value: int | bool | str | tuple[str, ...], source: str) -> LabelledDefault:
    return LabelledDefault(value, "product-default", source)


LABELLED_DEFAULTS: Final[Mapping[str, LabelledDefault]] = MappingProxyType(
    {
        "signers": _chosen(2, "two persons on each side, so that nobody commits a state alone"),
        "asks_per_day": LabelledDefault(
            9,
            "analogue",
            "Five Country Conference protocol 2009: about 3,000 a year and country",
        ),
        "unknown_origin": _chosen(False, "protection before power: off unless a party decides otherwise"),
        "purposes": _chosen(
            ("counter-smuggling", "counter-trafficking", "identity-fraud", "identity-verification"),
            "the aims that the public pages on RBDES name",
        ),
        "fields": _chosen(
            ("birth-date", "document-number", "family-name", "given-names", "nationality", "sex"),
            "the core of an identity, and nothing about a case",
        ),
        "modalities": _chosen(("fingerprint",), "the first modality of this software"),
        "services": _chosen(("fingerprint-search", "written-request"), "the services of this software"),
        "probe_days": LabelledDefault(
            30,
            "analogue",
            "prints are destroyed after the check; the longest wait for a final answer",
        ),
        "disclosure_days": _chosen(90, "long enough for one case, renewed only by asking again"),
        "onward": _chosen(OnwardRule.CONSENT.value, "originator control"),
        "response_hours": LabelledDefault(
            48, "analogue", "Regulation (EU) 2024/982: core data within 48 hours of a confirmed match"
        ),
        "automatic_no_hit": _chosen(True, "tells nothing about any person"),
        "automatic_low_quality": _chosen(True, "tells only about the image that was sent"),
        "disclosure_approval": _chosen(ApprovalRule.ONE_OFFICER.value, "one officer, never the one who asks"),
        "quality_floor": _chosen(20, "0 to 100; below it a search mostly wastes an examiner's time"),
        "cover_per_day": _chosen(0, "none; the threat model says what the relay can infer without it"),
        "answer_tick_s": _chosen(60, "answers leave on whole minutes, so that their delay tells nothing"),
        "review_days": _chosen(365, "a look at the arrangement every year"),
        "term_days": _chosen(730, "two years, then it must be signed anew"),
    }
)
"""Every default of a draft, by the name of its term."""
