"""The protection questions about one person, and the states that their answers bar.

The answers stay on the side that gave them: nothing of this module is ever part of a message. Unknown counts as
yes. For a person who is, or may be, protected, the countries of nationality, of habitual residence and of fear
are barred, known or claimed, with all that stand and fall with them; nothing in this package lifts that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from rso.base.clock import unix_seconds
from rso.base.errors import RsoError
from rso.wire.countries import DOCUMENT_CODES, country
from rso.wire.errors import WireError
from rso.wire.responsibility import ResponsibilityTable

COUNTRIES: Final = 32
_DAMAGED: Final = "bad-protection-state"


class PolicyError(RsoError):
    """Facts that cannot be decided about, since they do not fit together or cannot be read."""


class Reply(StrEnum):
    """The answer to one protection question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Knowledge(StrEnum):
    """How far one part of a person's origin is established."""

    KNOWN = "known"
    CLAIMED = "claimed"
    """The person says so; nothing speaks against it yet. It bars like what is known."""
    UNKNOWN = "unknown"
    """Not asked, not answered or doubted. Countries that are supposed may stand beside it, and bar too."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One part of a person's origin: how far it is established, and the countries named.

    Codes are brought to one form; one that is no country's raises ``UnknownCountryError``. No country together
    with KNOWN or CLAIMED says "none": no nationality, no country feared.
    """

    knowledge: Knowledge = Knowledge.UNKNOWN
    countries: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "knowledge", Knowledge(self.knowledge))
        if len(self.countries) > COUNTRIES:
            raise PolicyError("too-many-countries", f"at most {COUNTRIES} countries can be named")
        object.__setattr__(self, "countries", frozenset(country(code) for code in self.countries))

    @classmethod
    def known(cls, *codes: str) -> Origin:
        """Established: these countries, or none."""
        return cls(Knowledge.KNOWN, frozenset(codes))

    @classmethod
    def claimed(cls, *codes: str) -> Origin:
        """As the person says: these countries, or none."""
        return cls(Knowledge.CLAIMED, frozenset(codes))

    @classmethod
    def unknown(cls, *supposed: str) -> Origin:
        """Not established; ``supposed`` are barred all the same."""
        return cls(Knowledge.UNKNOWN, frozenset(supposed))


FLAGS: Final = ("asylum_seeker", "refugee", "stateless", "trafficking_victim", "child")
ORIGINS: Final = ("nationality", "residence", "feared")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionState:
    """The answers to all protection questions. What was not answered is unknown."""

    asylum_seeker: Reply = Reply.UNKNOWN
    refugee: Reply = Reply.UNKNOWN
    stateless: Reply = Reply.UNKNOWN
    trafficking_victim: Reply = Reply.UNKNOWN
    child: Reply = Reply.UNKNOWN
    nationality: Origin = Origin()
    residence: Origin = Origin()
    feared: Origin = Origin()

    def __post_init__(self) -> None:
        for flag in FLAGS:
            object.__setattr__(self, flag, Reply(getattr(self, flag)))

    @property
    def nationality_open(self) -> bool:
        """Whether the nationality is not established. "None" is an answer only for a stateless person."""
        none = not self.nationality.countries and self.stateless is not Reply.YES
        return none or self.nationality.knowledge is Knowledge.UNKNOWN

    @property
    def residence_open(self) -> bool:
        """Whether the country of habitual residence is not established."""
        return not self.residence.countries or self.residence.knowledge is Knowledge.UNKNOWN

    @property
    def fear_open(self) -> bool:
        """Whether nobody knows which countries the person fears, if any."""
        return self.feared.knowledge is Knowledge.UNKNOWN

    @property
    def may_be_protected(self) -> bool:
        """Whether the person is protected, or cannot be said not to be.

        Besides the five questions: who fears a country asks for protection, whose fears are unknown may; and
        "not stateless" cannot be known of somebody whose nationality is not.
        """
        flagged = any(getattr(self, flag) is not Reply.NO for flag in FLAGS)
        return flagged or bool(self.feared.countries) or self.fear_open or self.nationality_open

    @property
    def origin_unknown(self) -> bool:
        """Whether the person may be protected and some part of the origin is not established."""
        return self.may_be_protected and (self.nationality_open or self.residence_open or self.fear_open)

    @property
    def countries(self) -> frozenset[str]:
        """Every country of nationality, habitual residence and fear that was named."""
        return self.nationality.countries | self.residence.countries | self.feared.countries

    def as_plain(self) -> dict[str, object]:
        """For storing, encrypted, on the side that gave the answers: strings and lists only."""
        plain: dict[str, object] = {flag: getattr(self, flag).value for flag in FLAGS}
        for name in ORIGINS:
            origin = getattr(self, name)
            plain[name] = {"knowledge": origin.knowledge.value, "countries": sorted(origin.countries)}
        return plain

    @classmethod
    def from_plain(cls, plain: object) -> ProtectionState:
        """Reads :meth:`as_plain`; raises ``PolicyError`` for anything else, so that nothing is taken for no."""
        names = {field.name for field in fields(cls)}
        if not isinstance(plain, Mapping) or set(plain) != names:
            raise PolicyError(_DAMAGED, "the stored answers to the protection questions are damaged")
        try:
            return cls(
                asylum_seeker=Reply(plain["asylum_seeker"]),
                refugee=Reply(plain["refugee"]),
                stateless=Reply(plain["stateless"]),
                trafficking_victim=Reply(plain["trafficking_victim"]),
                child=Reply(plain["child"]),
                nationality=_origin(plain["nationality"]),
                residence=_origin(plain["residence"]),
                feared=_origin(plain["feared"]),
            )
        except (ValueError, TypeError, WireError):
            raise PolicyError(_DAMAGED, "the stored answers to the protection questions are damaged") from None


def _origin(plain: object) -> Origin:
    if not isinstance(plain, Mapping) or set(plain) != {"knowledge", "countries"}:
        raise ValueError("not an origin")
    countries = plain["countries"]
    if not isinstance(countries, (list, tuple)):
        raise ValueError("not a list of countries")
    return Origin(Knowledge(plain["knowledge"]), frozenset(countries))


UNANSWERED: Final = ProtectionState()
"""The state of a person about whom nothing was answered: everything unknown."""


def barred_states(protection: ProtectionState, states: ResponsibilityTable, at: datetime) -> frozenset[str]:
    """The members that must learn nothing of this person at ``at``; empty only for one who is not protected."""
    if not protection.may_be_protected:
        return frozenset()
    return states.families(protection.countries, unix_seconds(at))


def barred_because(protection: ProtectionState, member: str, states: ResponsibilityTable, at: datetime) -> str | None:
    """Why ``member`` is barred: ``nationality``, ``residence``, ``feared``, ``responsible-state``, or None.

    A family bars as a whole, so asking for the family of ``member`` is as good as asking for all of
    :func:`barred_states`, and fast enough for every record of a gallery.
    """
    if not protection.may_be_protected:
        return None
    member = DOCUMENT_CODES.get(member, member)
    for name in ORIGINS:
        if member in getattr(protection, name).countries:
            return name
    if protection.countries & states.family(member, unix_seconds(at)):
        return "responsible-state"
    return None
