"""A directory in words: everything that it says, what differs from the one before, and what looks forgotten.

A holder signs what stands here, so nothing is left out and nothing shortened but a key, to its id.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rso.base.clock import from_unix_seconds
from rso.wire import cbor
from rso.wire.directory import DIRECTORY, ITEMS, Directory, Validity


def in_groups(digits: str) -> str:
    """Hexadecimal digits in fours, eight groups a line, to read aloud."""
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    return "\n".join(" ".join(groups[at : at + 8]) for at in range(0, len(groups), 8))


def entries(directory: Directory) -> dict[str, str]:
    """What the directory says, entry by entry: which thing, and what of it."""
    said = {"issued": _time(directory.issued), "expires": _time(directory.expires)}
    for member in directory.members:
        said[f"member {member.code}"] = f"{member.name}; {member.kind.value}, {member.status.value}"
    for agency in directory.agencies:
        said[f"agency {agency.id}"] = f"{agency.name}; {agency.status.value}"
    for service in directory.services:
        said[f"service {service}"] = "offered"
    for entry in directory.keys:
        said[f"key {entry.key.key_id.hex()}"] = f"{entry.use.value} key of {entry.holder}; {_times(entry.validity)}"
    for number, log in enumerate(directory.logs):
        name = f"log {log.verifier.encoded()}"
        said[name if name not in said else f"{name} (again, {number})"] = _times(log.validity)
    for row in directory.states:
        until = "" if row.until is None else f" until {_time(row.until)}"
        said[f"responsible {row.state} for {row.member} from {_time(row.since)}"] = f"in force{until}"
    return said


def summary(directory: Directory) -> list[str]:
    """One line for each entry, under the version."""
    return [f"version {directory.version}", *(f"{name}: {what}" for name, what in entries(directory).items())]


def differences(before: Directory, after: Directory) -> list[str]:
    """One line for each entry that came (+), went (-) or changed (~)."""
    old, new = entries(before), entries(after)
    return [
        *(f"- {name}: {what}" for name, what in old.items() if name not in new),
        *(f"+ {name}: {what}" for name, what in new.items() if name not in old),
        *(f"~ {name}: {old[name]} -> {what}" for name, what in new.items() if name in old and old[name] != what),
    ]


def remarks(directory: Directory) -> Iterator[str]:
    """What is allowed, and is most likely an oversight."""
    at = directory.issued
    if not directory.log_keys(at):
        yield "no log has a key that is good when this version is issued: receipts could not be checked"
    for agency in directory.agencies:
        if directory.takes_part(agency.id) and directory.node_key(agency.id, at) is None:
            yield f"{agency.id} takes part without a node key that is good when this version is issued"


def plain(directory: Directory) -> dict[str, object]:
    """All of it for programs: what is encoded, with bytes in hexadecimal, and each signing key with its id."""
    coded = cbor.decode(directory.encode(), limit=DIRECTORY, items=ITEMS)
    said: dict[str, object] = json.loads(json.dumps(coded, default=bytes.hex))
    keys = [
        {**entry.plain(), "key": entry.key.to_bytes().hex(), "id": entry.key.key_id.hex()} for entry in directory.keys
    ]
    return {**said, "keys": keys}


def _times(validity: Validity) -> str:
    said = f"from {_time(validity.since)}"
    if validity.until is not None:
        said += f" until {_time(validity.until)}"
    return said if validity.revoked is None else f"{said}, REVOKED from {_time(validity.revoked)}"


def _time(seconds: int) -> str:
    return from_unix_seconds(seconds).strftime("%Y-%m-%d %H:%M:%S UTC")
