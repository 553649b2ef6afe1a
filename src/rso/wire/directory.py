"""The directory: who is a member, which agencies and services there are, whose key is whose, and since when.

Here is the content. :mod:`rso.wire.trust` says which file of it to believe. Keys are never taken out: a key
that is no longer used keeps its times, so that old evidence stays verifiable. Names are for display only, and
nothing is decided by them. All times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rso.wire import cbor, limits
from rso.wire.cbor import Fields
from rso.wire.checkpoint import NoteVerifier
from rso.wire.countries import country
from rso.wire.errors import MalformedError
from rso.wire.identifiers import AgencyId, ServiceId
from rso.wire.keys import VERIFY_KEY, VerifyKey
from rso.wire.responsibility import Responsibility, ResponsibilityTable
from rso.wire.text import plain_text

FORMAT: Final = 1
DIRECTORY: Final = 8 * limits.MIB
ITEMS: Final = 200_000
MEMBERS: Final = 512
AGENCIES: Final = 4_096
SERVICES: Final = 8_192
KEYS: Final = 4_096
RESPONSIBILITIES: Final = 1_024
_KEYS = ("format", "version", "issued", "expires", "members", "agencies", "services", "keys", "logs", "states")


class MemberKind(StrEnum):
    """What stands behind a member's code."""

    STATE = "state"
    """A state or a territory with a seat; its code is a country's."""
    ORGANISATION = "organisation"


class Status(StrEnum):
    """Whether a member or an agency takes part."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class KeyUse(StrEnum):
    """What a signing key signs."""

    AGENCY = "agency"
    """The inside of messages, and arrangements."""
    NODE = "node"
    """The outside of messages, requests to the relay, and weekly encryption keys."""


@dataclass(frozen=True, slots=True)
class Member:
    """A seat. ``name`` is for display."""

    code: str
    name: str
    kind: MemberKind = MemberKind.STATE
    status: Status = Status.ACTIVE

    def __post_init__(self) -> None:
        plain_text(self.name, "name of a member", limits.LINE)
        if self.kind is MemberKind.STATE and country(self.code) != self.code:
            raise MalformedError("a state's code is that of ISO 3166-1")

    def plain(self) -> dict[str, object]:
        """The member as the directory carries it."""
        return {"code": self.code, "name": self.name, "kind": self.kind.value, "status": self.status.value}

    @classmethod
    def parse(cls, value: object) -> Member:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "member", ("code", "name", "kind", "status"))
        return cls(
            code=read.text("code", limits.MEMBER),
            name=read.text("name", limits.LINE),
            kind=read.choice("kind", MemberKind),
            status=read.choice("status", Status),
        )


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of a member. ``name`` is for display."""

    id: AgencyId
    name: str
    status: Status = Status.ACTIVE

    def __post_init__(self) -> None:
        plain_text(self.name, "name of an agency", limits.LINE)

    def plain(self) -> dict[str, object]:
        """The agency as the directory carries it."""
        return {"id": str(self.id), "name": self.name, "status": self.status.value}

    @classmethod
    def parse(cls, value: object) -> Agency:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "agency", ("id", "name", "status"))
        return cls(
            id=read.parsed("id", AgencyId.parse),
            name=read.text("name", limits.LINE),
            status=read.choice("status", Status),
        )


@dataclass(frozen=True, slots=True)
class Validity:
    """From ``since`` (included) to ``until`` (not included; None: open), unless ``revoked`` before.

    ``revoked`` is the instant from which the key may have been in other hands. What it signed before that,
    and can be shown to have been signed before that, still counts.
    """

    since: int
    until: int | None = None
    revoked: int | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.since:
            raise MalformedError("a key's time ends before it begins")
        if self.revoked is not None and self.revoked < self.since:
            raise MalformedError("a key was revoked before its time began")

    def holds(self, at: int) -> bool:
        """Whether a signature made at ``at`` counts."""
        return (
            self.since <= at and (self.until is None or at < self.until) and (self.revoked is None or at < self.revoked)
        )

    def plain(self) -> dict[str, object]:
        """The times as the directory carries them."""
        return {"since": self.since, "until": self.until, "revoked": self.revoked}

    @classmethod
    def parse(cls, value: object) -> Validity:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "times of a key", ("since", "until", "revoked"))
        return cls(
            since=read.integer("since"),
            until=None if read.absent("until") else read.integer("until"),
            revoked=None if read.absent("revoked") else read.integer("revoked"),
        )


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A signing key of an agency or of its node, with its times."""

    holder: AgencyId
    use: KeyUse
    key: VerifyKey
    validity: Validity

    def plain(self) -> dict[str, object]:
        """The entry as the directory carries it."""
        return {
            "holder": str(self.holder),
            "use": self.use.value,
            "key": self.key.to_bytes(),
            "times": self.validity.plain(),
        }

    @classmethod
    def parse(cls, value: object) -> KeyEntry:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "key", ("holder", "use", "key", "times"))
        return cls(
            holder=read.parsed("holder", AgencyId.parse),
            use=read.choice("use", KeyUse),
            key=VerifyKey.from_bytes(read.octets("key", size=VERIFY_KEY)),
            validity=read.parsed("times", Validity.parse),
        )


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A key with which a relay's log signs its checkpoints, with its times."""

    verifier: NoteVerifier
    validity: Validity

    def plain(self) -> dict[str, object]:
        """The entry as the directory carries it."""
        return {"name": self.verifier.name, "key": self.verifier.public, "times": self.validity.plain()}

    @classmethod
    def parse(cls, value: object) -> LogEntry:
        """Reads what :meth:`plain` gives; raises ``MalformedError``."""
        read = Fields(value, "log", ("name", "key", "times"))
        verifier = NoteVerifier(read.text("name", limits.LINE), read.octets("key", size=32))
        return cls(verifier, read.parsed("times", Validity.parse))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One version of the directory. Every object is consistent; raises ``MalformedError`` otherwise.

    ``version`` only ever grows; from ``issued`` to ``expires`` it may be used for new messages.
    """

    version: int
    issued: int
    expires: int
    members: tuple[Member, ...]
    agencies: tuple[Agency, ...]
    services: tuple[ServiceId, ...]
    keys: tuple[KeyEntry, ...]
    logs: tuple[LogEntry, ...] = ()
    states: tuple[Responsibility, ...] = ()
    _members: dict[str, Member] = field(init=False, repr=False, compare=False)
    _agencies: dict[AgencyId, Agency] = field(init=False, repr=False, compare=False)
    _keys: dict[bytes, KeyEntry] = field(init=False, repr=False, compare=False)
    _held: dict[tuple[AgencyId, KeyUse], tuple[KeyEntry, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.version < 1 or not self.issued < self.expires:
            raise MalformedError("the version or the times of the directory are out of order")
        object.__setattr__(self, "_members", {member.code: member for member in self.members})
        object.__setattr__(self, "_agencies", {agency.id: agency for agency in self.agencies})
        object.__setattr__(self, "_keys", {entry.key.key_id: entry for entry in self.keys})
        object.__setattr__(self, "_held", _by_holder(self.keys))
        self._check()

    def _check(self) -> None:
        for found, given in (
            (self._members, self.members),
            (self._agencies, self.agencies),
            (self._keys, self.keys),
            (set(self.services), self.services),
            (set(self.states), self.states),
        ):
            if len(found) != len(given):
                raise MalformedError("the directory has an entry twice", "directory-doubled")
        if any(agency.id.member not in self._members for agency in self.agencies):
            raise MalformedError("an agency belongs to no member", "directory-orphan")
        holders = {service.agency for service in self.services} | {entry.holder for entry in self.keys}
        if holders - self._agencies.keys():
            raise MalformedError("a service or a key belongs to no agency", "directory-orphan")

    # ------------------------------------------------------------ asking it

    def member(self, code: str) -> Member | None:
        """The member of that code."""
        return self._members.get(code)

    def agency(self, agency: AgencyId) -> Agency | None:
        """The entry of that agency."""
        return self._agencies.get(agency)

    def takes_part(self, agency: AgencyId) -> bool:
        """Whether the agency and its member are both active."""
        entry = self._agencies.get(agency)
        if entry is None or entry.status is not Status.ACTIVE:
            return False
        return self._members[agency.member].status is Status.ACTIVE

    def offers(self, service: ServiceId) -> bool:
        """Whether that service exists."""
        return service in self.services

    def agency_key(self, agency: AgencyId, at: int) -> VerifyKey | None:
        """The agency's newest signing key that is good at ``at``."""
        return self._newest(agency, KeyUse.AGENCY, at)

    def node_key(self, agency: AgencyId, at: int) -> VerifyKey | None:
        """The newest signing key of the agency's node that is good at ``at``."""
        return self._newest(agency, KeyUse.NODE, at)

    def key_by_id(self, key_id: bytes) -> KeyEntry | None:
        """The entry of a key, whatever its times: for verifying, where the id stands beside the signature."""
        return self._keys.get(key_id)

    def resolve_agency_key(self, agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
        """The agency's key of that id, if a message made at ``at`` may be signed with it; for new messages."""
        return self._resolve(agency, KeyUse.AGENCY, key_id, at)

    def resolve_node_key(self, agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
        """As :meth:`resolve_agency_key`, of the agency's node."""
        return self._resolve(agency, KeyUse.NODE, key_id, at)

    def log_keys(self, at: int) -> tuple[NoteVerifier, ...]:
        """The keys with which a checkpoint of ``at`` may be signed."""
        return tuple(entry.verifier for entry in self.logs if entry.validity.holds(at))

    @property
    def table(self) -> ResponsibilityTable:
        """Which state answers for which member, as ``policy`` takes it."""
        return ResponsibilityTable(self.states)

    def responsible_states(self, member: str, at: int) -> frozenset[str]:
        """The states that answer for ``member`` at ``at``, without itself."""
        return self.table.responsible_states(member, at)

    def _resolve(self, agency: AgencyId, use: KeyUse, key_id: bytes, at: int) -> VerifyKey | None:
        """A revoked key is never good for a new message: whoever has it may write any date into it."""
        entry = self._keys.get(key_id)
        if entry is None or entry.holder != agency or entry.use is not use or not self.takes_part(agency):
            return None
        good = entry.validity.revoked is None and entry.validity.holds(at)
        return entry.key if good else None

    def _newest(self, agency: AgencyId, use: KeyUse, at: int) -> VerifyKey | None:
        good = [entry for entry in self._held.get((agency, use), ()) if entry.validity.holds(at)]
        return max(good, key=lambda entry: (entry.validity.since, entry.key.key_id)).key if good else None

    # ------------------------------------------------------------ encoding

    def encode(self) -> bytes:
        """The deterministic bytes that the root keys sign."""
        return cbor.encode(
            {
                "format": FORMAT,
                "version": self.version,
                "issued": self.issued,
                "expires": self.expires,
                "members": [member.plain() for member in self.members],
                "agencies": [agency.plain() for agency in self.agencies],
                "services": [str(service) for service in self.services],
                "keys": [entry.plain() for entry in self.keys],
                "logs": [entry.plain() for entry in self.logs],
                "states": [row.plain() for row in self.states],
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Directory:
        """Reads :meth:`encode`; raises ``MalformedError`` for anything else. Verifies no signature."""
        read = Fields(cbor.decode(data, limit=DIRECTORY, items=ITEMS), "the directory", _KEYS)
        if read.integer("format") != FORMAT:
            raise MalformedError("this format of the directory is not known", "unknown-format")
        return cls(
            version=read.integer("version"),
            issued=read.integer("issued"),
            expires=read.integer("expires"),
            members=tuple(Member.parse(item) for item in read.items("members", MEMBERS)),
            agencies=tuple(Agency.parse(item) for item in read.items("agencies", AGENCIES)),
            services=tuple(ServiceId.parse(item) for item in read.items("services", SERVICES)),
            keys=tuple(KeyEntry.parse(item) for item in read.items("keys", KEYS)),
            logs=tuple(LogEntry.parse(item) for item in read.items("logs", KEYS)),
            states=tuple(Responsibility.parse(item) for item in read.items("states", RESPONSIBILITIES)),
        )


def _by_holder(entries: Iterable[KeyEntry]) -> dict[tuple[AgencyId, KeyUse], tuple[KeyEntry, ...]]:
    held: dict[tuple[AgencyId, KeyUse], tuple[KeyEntry, ...]] = {}
    for entry in entries:
        place = (entry.holder, entry.use)
        held[place] = (*held.get(place, ()), entry)
    return held
