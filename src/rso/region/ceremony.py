"""The demonstration's own trust: three root keys, two of which sign the directory of the invented states.

It goes the way of `rso directory` (``rso.ceremony``), with one difference: in the real region each root key is
made offline by its holder, and they never meet on one machine. Here they live in memory, and end with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rso.base.clock import unix_seconds
from rso.ceremony.entries import read_entries
from rso.ceremony.public_keys import PublicKeys
from rso.ceremony.signing import join, sign
from rso.region.places import RELAY_AGENCY, STATES
from rso.wire.keys import SigningKey
from rso.wire.trust import SignedDirectory, TrustAnchor

#: What every node of the region offers.
SERVICES = ("fingerprint-search", "written-request", "disclosure")


def sign_directory(folder: Path, keys: Sequence[PublicKeys], now: datetime | None = None) -> tuple[Path, Path]:
    """Makes three root keys, has two of them sign the directory; returns the paths of anchor and directory.

    ``keys`` are the relay's and those of the states that take part.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for given in keys:
        (folder / given.file_name).write_text(given.encode())
    at = now or datetime.now(UTC)
    entries = folder / "entries.json"
    entries.write_text(json.dumps(_entries({str(given.agency): given for given in keys}, at), indent=2))
    draft = SignedDirectory(read_entries(entries, 1, unix_seconds(at)).encode())
    roots = [SigningKey.generate() for _ in range(3)]
    anchor = TrustAnchor.of(root.public for root in roots)
    parts = {f"root {number}": sign(draft, root, [anchor]) for number, root in enumerate(roots[:2], 1)}
    anchor_path, directory_path = folder / "anchor.cbor", folder / "directory.cbor"
    anchor_path.write_bytes(anchor.encode())
    directory_path.write_bytes(join(parts, [anchor], unix_seconds(at)).encode())
    return anchor_path, directory_path


def _entries(keys: dict[str, PublicKeys], at: datetime) -> dict[str, object]:
    """What the readable file of entries says, in which everything is labelled synthetic."""
    since = (at - timedelta(days=1)).isoformat()
    states = [state for state in STATES if state.agency in keys]
    relay = {"code": "RSO", "name": "Regional Support Office (demonstration)", "kind": "organisation"}
    agencies = [
        {"id": RELAY_AGENCY, "name": "Relay of the demonstration", "services": []},
        *({"id": s.agency, "name": f"{s.agency_name} (synthetic)", "services": SERVICES} for s in states),
    ]
    return {
        "issued": since,
        "expires": (at + timedelta(days=365)).isoformat(),
        "member": [relay, *({"code": s.code, "name": f"{s.name} (synthetic)"} for s in states)],
        "agency": [
            {**agency, "keys": [{"file": keys[str(agency["id"])].file_name, "since": since}]} for agency in agencies
        ],
    }
