"""Founding relay and nodes: keys in every place, the directory that two of three root keys sign, people."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rso.ceremony.public_keys import PublicKeys
from rso.region.ceremony import sign_directory
from rso.region.places import Place
from rso.region.processes import run_all


def run_step(step: str, places: list[Place], relay_url: str) -> dict[str, str]:
    """Runs one step of ``prepare`` in all places side by side; gives each one's answer, a line of JSON."""
    command = [sys.executable, "-m", "rso.region.prepare", step]
    return run_all({place.name: (command, place.environment(relay_url)) for place in places})


def found(folder: Path, places: list[Place], relay_url: str) -> None:
    """Keys of relay and nodes, the directory signed by two of three root keys, and people."""
    others = [place for place in places if place.deployment != "office"]
    for place in others:
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = run_step("keys", others, relay_url)
    keys = [PublicKeys.parse(made[place.name].encode()) for place in others]
    anchor, directory = sign_directory(folder / "trust", keys)
    for place in others:
        shutil.copy(anchor, place.folder / "anchor.cbor")
        shutil.copy(directory, place.folder / "directory.cbor")
    run_step("people", others, relay_url)
