"""A ceremony through the command line: three holders, each with a folder, and an office with the entries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from rso.ceremony.public_keys import PublicKeys
from rso.cli.main import main
from rso.wire.checkpoint import NoteSigner
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SigningKey

AVARIA, BORDUNA, RELAY = "XAV/GOV/BORDER", "XBD/GOV/IMMIGRATION", "RSO/ORG/RELAY"
PASSPHRASE = "synthetic passphrase of holder {}"


def public_keys(agency: str, seed: str = "") -> PublicKeys:
    """Synthetic keys of an agency, always the same for one name and seed."""
    node, own = (SigningKey(f"{seed} {use} {agency}".encode().ljust(64, b".")[:64]) for use in ("node", "own"))
    if agency == RELAY:
        log = NoteSigner(f"{agency}/log", f"{seed} log".encode().ljust(32, b"."))
        return PublicKeys(AgencyId.parse(agency), node.public, log=log.verifier)
    return PublicKeys(AgencyId.parse(agency), node.public, own.public)


ENTRIES = """
expires = {expires}

[[member]]
code = "RSO"
name = "Regional Support Office"
kind = "organisation"

[[member]]
code = "XAV"
name = "Avaria (synthetic)"

[[agency]]
id = "RSO/ORG/RELAY"
name = "Relay"
[[agency.keys]]
file = "RSO-ORG-RELAY.json"
since = 2026-11-01

[[agency]]
id = "XAV/GOV/BORDER"
name = "Border Service (synthetic)"
services = ["fingerprint-search", "written-request"]
[[agency.keys]]
file = "XAV-GOV-BORDER.json"
since = 2026-11-01T08:00:00+07:00

[[responsible]]
member = "HKG"
state = "CHN"
since = 1997-07-01
"""
BORDUNA_TOO = """
[[member]]
code = "XBD"
name = "Borduna (synthetic)"

[[agency]]
id = "XBD/GOV/IMMIGRATION"
name = "Immigration (synthetic)"
[[agency.keys]]
file = "XBD-GOV-IMMIGRATION.json"
since = 2026-11-20
"""


@dataclass
class Ceremony:
    """One folder in which everything lies; ``run`` is one command that must succeed, ``refused`` one that must not."""

    folder: Path
    keys: dict[str, PublicKeys] = field(default_factory=lambda: {a: public_keys(a) for a in (AVARIA, BORDUNA, RELAY)})
    expires: str = "2099-01-01"

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def invoke(self, *words: str, typed: str | None = None) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["directory", *words], input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    def run(self, *words: str) -> str:
        status, text = self.invoke(*words)
        assert status == 0, text
        return text

    def refused(self, *words: str) -> str:
        status, text = self.invoke(*words)
        assert status == 1, text
        assert "Traceback" not in text
        return text

    def passphrase(self, number: int) -> str:
        path = self.folder / f"passphrase{number}"
        path.write_text(PASSPHRASE.format(number) + "\n")
        return str(path)

    def make_roots(self) -> None:
        for number in (1, 2, 3):
            self.run("root", "--out", self.path(f"root{number}"), "--passphrase-file", self.passphrase(number))
        publics = [self.path(f"root{number}.pub") for number in (1, 2, 3)]
        self.run("anchor", *publics, "--threshold", "2", "--out", self.path("anchor.cbor"))

    def write_entries(self, more: str = "", replaced: tuple[str, str] = ("", "")) -> str:
        for keys in self.keys.values():
            (self.folder / keys.file_name).write_text(keys.encode())
        text = ENTRIES.format(expires=self.expires) + more
        assert replaced[0] in text
        (self.folder / "entries.toml").write_text(text.replace(*replaced) if replaced[0] else text)
        return self.path("entries.toml")

    def signature(self, draft: str, number: int, out: str, *more: str) -> str:
        """One holder signs; gives the path of the part."""
        secret, passphrase = self.path(f"root{number}"), self.passphrase(number)
        self.run(
            "sign", draft, "--key", secret, "--passphrase-file", passphrase, "--yes", "--out", self.path(out), *more
        )
        return self.path(out)

    def found(self) -> str:
        """Version 1, signed by holders 1 and 3; gives its path."""
        self.run("draft", "--from", self.write_entries(), "--out", self.path("draft1"))
        parts = [self.signature(self.path("draft1"), number, f"part1-{number}") for number in (1, 3)]
        self.run("join", *parts, "--anchor", self.path("anchor.cbor"), "--out", self.path("directory1"))
        return self.path("directory1")

    def since(self, name: str = "directory1") -> list[str]:
        return ["--previous", self.path(name), "--anchor", self.path("anchor.cbor")]


def last_json(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.splitlines()[-1])
    return found
