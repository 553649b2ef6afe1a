"""The demonstration's own trust: three root keys, two of which sign the directory of the invented states.

In the real region the root keys are made offline by their holders and never meet on one machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rso.base.clock import unix_seconds
from rso.region.places import RELAY_AGENCY, STATES
from rso.wire.checkpoint import NoteVerifier
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, LogEntry, Member, MemberKind, Validity
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SigningKey, VerifyKey
from rso.wire.trust import SignedDirectory, TrustAnchor

#: What every node of the region offers.
SERVICES = ("fingerprint-search", "written-request", "disclosure")


@dataclass(frozen=True)
class PublicKeys:
    """What a place tells the directory: its node's key, its agency's (a relay has none), its log's."""

    node: bytes
    agency: bytes = b""
    log: str = ""


def sign_directory(folder: Path, keys: dict[str, PublicKeys], now: datetime | None = None) -> tuple[Path, Path]:
    """Makes three root keys, has two of them sign the directory; returns the paths of anchor and directory.

    ``keys`` has the relay's and those of the states that take part.
    """
    states = [state for state in STATES if state.agency in keys]
    at = now or datetime.now(UTC)
    since = unix_seconds(at - timedelta(days=1))
    valid = Validity(since)
    roots = [SigningKey.generate() for _ in range(3)]
    relay = AgencyId.parse(RELAY_AGENCY)
    agencies = [Agency(AgencyId.parse(s.agency), f"{s.agency_name} (synthetic)") for s in states]
    entries = [KeyEntry(relay, KeyUse.NODE, VerifyKey.from_bytes(keys[RELAY_AGENCY].node), valid)]
    for state in states:
        holder, own = AgencyId.parse(state.agency), keys[state.agency]
        entries.append(KeyEntry(holder, KeyUse.NODE, VerifyKey.from_bytes(own.node), valid))
        entries.append(KeyEntry(holder, KeyUse.AGENCY, VerifyKey.from_bytes(own.agency), valid))
    directory = Directory(
        version=1,
        issued=since,
        expires=unix_seconds(at + timedelta(days=365)),
        members=(
            Member("RSO", "Regional Support Office (demonstration)", MemberKind.ORGANISATION),
            *(Member(s.code, f"{s.name} (synthetic)") for s in states),
        ),
        agencies=(Agency(relay, "Relay of the demonstration"), *agencies),
        services=tuple(a.id.service(name) for a in agencies for name in SERVICES),
        keys=tuple(entries),
        logs=(LogEntry(NoteVerifier.parse(keys[RELAY_AGENCY].log), valid),),
    )
    signed = SignedDirectory(directory.encode()).signed_by(roots[0]).signed_by(roots[1])
    anchor_path, directory_path = folder / "anchor.cbor", folder / "directory.cbor"
    folder.mkdir(parents=True, exist_ok=True)
    anchor_path.write_bytes(TrustAnchor.of(root.public for root in roots).encode())
    directory_path.write_bytes(signed.encode())
    return anchor_path, directory_path
