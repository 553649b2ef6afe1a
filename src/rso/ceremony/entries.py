"""The readable file of which a directory is made: who is a member, with which agencies, keys and times.

TOML, or JSON of the same shape (docs/reference/directory-files.md). The file says the whole of the next version,
so that one can read what will be true, and nothing but that. Keys stand in files beside it, as nodes and the
relay export them.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from rso.base.clock import unix_seconds
from rso.ceremony import files, public_keys
from rso.ceremony.errors import CeremonyError, placed
from rso.ceremony.public_keys import PublicKeys
from rso.wire import directory as wire
from rso.wire import limits
from rso.wire.cbor import Fields
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, LogEntry, Member, Validity
from rso.wire.errors import MalformedError
from rso.wire.identifiers import AgencyId, ServiceId
from rso.wire.responsibility import Responsibility

T = TypeVar("T")

FILE: Final = 4 * limits.MIB
_TOP: Final[Mapping[str, object]] = {"issued": None, "expires": None, "member": [], "agency": [], "responsible": []}
_CODE: Final = "bad-entries"


class _Only(StrEnum):
    """Which key of a file of public keys is meant, where it is not all of them."""

    AGENCY = KeyUse.AGENCY.value
    NODE = KeyUse.NODE.value
    LOG = "log"


@dataclass(frozen=True, slots=True)
class _Block:
    """What one table of an agency says."""

    agency: Agency
    services: tuple[ServiceId, ...]
    keys: tuple[KeyEntry | LogEntry, ...]


def read_entries(path: Path, version: int, now: int) -> Directory:
    """The directory that the file at ``path`` describes, as ``version``, issued at ``now`` unless it says when.

    Raises ``CeremonyError`` (``unreadable``, ``too-large``, or ``bad-entries`` with the place in the file).
    """
    data = files.read(path, FILE)
    try:
        plain = json.loads(data.decode()) if path.suffix == ".json" else tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise CeremonyError(_CODE, f"{path}: {error}") from None
    with placed(str(path), _CODE):
        return directory_of(plain, path.parent, version, now)


def directory_of(plain: object, folder: Path, version: int, now: int) -> Directory:
    """As :func:`read_entries`, of what the file holds; the files of keys are looked for in ``folder``."""
    top = Fields(_filled(plain, _TOP), "the file", _TOP)
    blocks = _each("agency", top.items("agency", wire.AGENCIES), lambda table: _block(table, folder))
    keys = [entry for block in blocks for entry in block.keys]
    made = Directory(
        version=version,
        issued=now if top.absent("issued") else _instant(top, "issued"),
        expires=_instant(top, "expires"),
        members=_each("member", top.items("member", wire.MEMBERS), _member),
        agencies=tuple(block.agency for block in blocks),
        services=tuple(service for block in blocks for service in block.services),
        keys=tuple(entry for entry in keys if isinstance(entry, KeyEntry)),
        logs=tuple(entry for entry in keys if isinstance(entry, LogEntry)),
        states=_each("responsible", top.items("responsible", wire.RESPONSIBILITIES), _responsible),
    )
    # Read back as every node will read it: limits on the whole are looked at there.
    return Directory.decode(made.encode())


def _filled(plain: object, absent: Mapping[str, object]) -> object:
    return {**absent, **plain} if isinstance(plain, dict) else plain


def _each(name: str, tables: list[object], parse: Callable[[object], T]) -> tuple[T, ...]:
    found = []
    for number, table in enumerate(tables, 1):
        with placed(f"[[{name}]] number {number}", _CODE):
            found.append(parse(table))
    return tuple(found)


def _member(table: object) -> Member:
    return Member.parse(_filled(table, {"kind": "state", "status": "active"}))


def _responsible(table: object) -> Responsibility:
    read = Fields(_filled(table, {"until": None}), "a responsible state", ("member", "state", "since", "until"))
    plain = {"member": read.raw("member"), "state": read.raw("state")}
    return Responsibility.parse({**plain, "since": _instant(read, "since"), "until": _instant_or_none(read, "until")})


def _block(table: object, folder: Path) -> _Block:
    filled = _filled(table, {"status": "active", "services": [], "keys": []})
    read = Fields(filled, "an agency", ("id", "name", "status", "services", "keys"))
    agency = Agency.parse({name: read.raw(name) for name in ("id", "name", "status")})
    services = [_service(agency.id, name) for name in read.items("services", wire.SERVICES)]
    keys = _each("agency.keys", read.items("keys", wire.KEYS), lambda each: tuple(_keys(each, agency.id, folder)))
    return _Block(agency, tuple(services), tuple(entry for group in keys for entry in group))


def _service(agency: AgencyId, name: object) -> ServiceId:
    if not isinstance(name, str):
        raise MalformedError("a service is text", "bad-identifier")
    return agency.service(name)


def _keys(table: object, holder: AgencyId, folder: Path) -> Iterator[KeyEntry | LogEntry]:
    filled = _filled(table, {"only": None, "until": None, "revoked": None})
    read = Fields(filled, "a key", ("file", "only", "since", "until", "revoked"))
    times = Validity(_instant(read, "since"), _instant_or_none(read, "until"), _instant_or_none(read, "revoked"))
    only = None if read.absent("only") else read.choice("only", _Only)
    path = folder / read.text("file", limits.LINE)
    with placed(str(path), _CODE):
        given = PublicKeys.parse(files.read(path, public_keys.FILE))
    if given.agency != holder:
        raise MalformedError(f"{path} holds the keys of {given.agency}")
    wanted = [(use, key) for use, key in given.signing() if only is None or only.value == use.value]
    yield from (KeyEntry(holder, use, key, times) for use, key in wanted)
    log = given.log if only in (None, _Only.LOG) else None
    if log is not None:
        yield LogEntry(log, times)
    elif not wanted:
        raise MalformedError(f"{path} holds no key of that use")


def _instant_or_none(read: Fields, name: str) -> int | None:
    return None if read.absent(name) else _instant(read, name)


def _instant(read: Fields, name: str) -> int:
    """Unix seconds of a date (its first second in UTC) or of a time with its zone; raises ``MalformedError``."""
    value = read.raw(name)
    try:
        if isinstance(value, str):
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise MalformedError(f"{name} is written 2026-12-31 or, with its zone, 2026-12-31T12:00:00Z")
    seconds = unix_seconds(value)
    if seconds < 0:
        raise MalformedError(f"{name} is before 1970-01-01: write that day for what is older")
    return seconds
