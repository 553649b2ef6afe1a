"""Setting the region up: databases, keys, the signed directory, people. Done once for a folder."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rso.base.errors import RsoError
from rso.region.founding import run_step
from rso.region.places import Place, region

_MARK = "region.json"
_FORMAT = 1
NEEDED_MB = 300


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keeps the folder for this process alone; a second demonstration in it is told so."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise RsoError(
            "folder-unusable", f"{folder} cannot be used: {error.strerror}. Give another with --folder."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RsoError(
                "runs-already", f"A demonstration runs in {folder} already. Stop it (Ctrl-C), or give --folder."
            ) from None
        yield


def check_room(folder: Path) -> None:
    """Raises ``RsoError`` where the disk has too little room to begin."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < NEEDED_MB:
        raise RsoError("no-room", f"The region needs {NEEDED_MB} MB in {folder}, and {free} MB are free.")


def is_complete(folder: Path) -> bool:
    """Whether this folder holds a region whose set-up came to its end."""
    try:
        return bool(json.loads((folder / _MARK).read_text())["format"] == _FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def clear(folder: Path, places: list[Place]) -> bool:
    """Removes what a region left, whole or half-made; tells whether there was something. Touches nothing else."""
    (folder / _MARK).unlink(missing_ok=True)
    own = [*(place.folder for place in places), folder / "trust", folder / "evidence"]
    found = [path for path in own if path.exists()]
    for path in found:
        shutil.rmtree(path)
    return bool(found)


def office_first(office: Place, relay_url: str) -> None:
    """The office needs nobody's keys: it is ready, and shown, before the others are."""
    office.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    run_step("keys", [office], relay_url)
    run_step("people", [office], relay_url)


def finish(folder: Path) -> None:
    """Marks the set-up as complete; without the mark the next start begins anew."""
    partial = folder / (_MARK + ".new")
    partial.write_text(json.dumps({"format": _FORMAT}))
    os.replace(partial, folder / _MARK)


def links(places: list[Place], relay_url: str) -> dict[str, dict[str, str]]:
    """Fresh one-time sign-in links of every place: place -> who -> path."""
    return {name: json.loads(line) for name, line in run_step("links", places, relay_url).items()}


def remember(folder: Path, places: list[Place]) -> None:
    """Writes down which ports this run uses, for ``rso demo links``."""
    (folder / "ports.json").write_text(json.dumps({place.name: place.port for place in places}))


def remembered(folder: Path) -> list[Place]:
    """The places as the last run left them; raises ``RsoError`` where there was none."""
    try:
        ports: dict[str, int] = json.loads((folder / "ports.json").read_text())
        return [replace(place, port=ports[place.name]) for place in region(folder, 8000)]
    except (OSError, ValueError, KeyError) as error:
        raise RsoError("no-region", f"No demonstration has run in {folder}. Start one with ./run.") from error
