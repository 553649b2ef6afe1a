"""Who is meant: identifiers in X-Road's shape, ``MEMBER/CLASS/AGENCY/SERVICE``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rso.wire import limits
from rso.wire.errors import MalformedError

_MEMBER = re.compile(rf"[A-Z][A-Z0-9]{{1,{limits.MEMBER - 1}}}")
_CLASS = re.compile(rf"[A-Z]{{2,{limits.CLASS}}}")
_AGENCY = re.compile(rf"[A-Z][A-Z0-9-]{{1,{limits.AGENCY - 1}}}")
_SERVICE = re.compile(rf"[a-z][a-z0-9-]{{1,{limits.SERVICE - 1}}}")
_LONGEST = limits.MEMBER + limits.CLASS + limits.AGENCY + limits.SERVICE + 3


def _part(pattern: re.Pattern[str], value: object, name: str) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedError(f"the {name} of an identifier is not well formed", "bad-identifier")


def _parts(value: object, count: int) -> list[str]:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise MalformedError("an identifier must be short text", "bad-identifier")
    parts = value.split("/")
    if len(parts) != count:
        raise MalformedError(f"an identifier of this kind has {count} parts", "bad-identifier")
    return parts


@dataclass(frozen=True, slots=True, order=True)
class AgencyId:
    """An agency of a member, such as ``XAV/GOV/BORDER``.

    ``member`` is an ISO 3166-1 alpha-3 code or an organisation's code, ``klass`` is ``GOV``, ``ORG`` and
    the like.
    """

    member: str
    klass: str
    agency: str

    def __post_init__(self) -> None:
        _part(_MEMBER, self.member, "member")
        _part(_CLASS, self.klass, "class")
        _part(_AGENCY, self.agency, "agency")

    @classmethod
    def parse(cls, value: object) -> AgencyId:
        """Reads ``MEMBER/CLASS/AGENCY``; raises ``MalformedError``."""
        return cls(*_parts(value, 3))

    def service(self, name: str) -> ServiceId:
        """The service ``name`` of this agency."""
        return ServiceId(self, name)

    def __str__(self) -> str:
        return f"{self.member}/{self.klass}/{self.agency}"


@dataclass(frozen=True, slots=True, order=True)
class ServiceId:
    """A service of an agency, such as ``XAV/GOV/BORDER/fingerprint-search``."""

    agency: AgencyId
    service: str

    def __post_init__(self) -> None:
        _part(_SERVICE, self.service, "service")

    @classmethod
    def parse(cls, value: object) -> ServiceId:
        """Reads ``MEMBER/CLASS/AGENCY/service``; raises ``MalformedError``."""
        member, klass, agency, service = _parts(value, 4)
        return cls(AgencyId(member, klass, agency), service)

    def __str__(self) -> str:
        return f"{self.agency}/{self.service}"
