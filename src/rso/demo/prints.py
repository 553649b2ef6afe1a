"""The prints of the story: synthetic ones by seed, or real ones from a folder that its owner names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rso.base.errors import RsoError

#: The first impressions of a folder's fingers.
_FIRST = "*_1.tif"


@dataclass(frozen=True)
class Print:
    """An image file with its declared resolution and finger position (FGP, 0 unknown)."""

    name: str
    data: bytes
    resolution_ppi: int
    finger: int
    synthetic: bool


@dataclass(frozen=True)
class Cast:
    """Whose prints the story needs: the person sought (two impressions), a stranger, and others in the galleries.

    ``label`` tells one source of prints from another, so that a region can be used with both."""

    label: str
    enrolled: Print
    probe: Print
    stranger: Print
    others: tuple[Print, ...]


def synthetic() -> Cast:
    """Prints that no finger ever made; two impressions of one invented finger are as unlike as real ones."""
    from rso.biometrics.images import to_png
    from rso.biometrics.synthetic import synthetic_print

    def make(seed: int, impression: int, finger: int = 2) -> Print:
        image = synthetic_print(seed, impression=impression, finger=finger).image
        return Print(f"synthetic-{seed}-{impression}.png", to_png(image), image.resolution_ppi, finger, True)

    return Cast("synthetic", make(11, 0), make(11, 2), make(99, 1), (make(21, 0), make(22, 0)))


def real(folder: Path) -> Cast:
    """Prints named ``FINGER_IMPRESSION.tif`` in a folder, their resolution in ``resolutions.json`` there or above.

    Of a folder of such folders, as FVC2002 comes, the first is taken. Raises ``RsoError`` for what is not one.
    """
    folder = _database(folder)
    resolution = _resolution(folder)

    def read(name: str) -> Print:
        path = folder / f"{name}.tif"
        try:
            return Print(path.name, path.read_bytes(), resolution, 0, False)
        except OSError as error:
            raise RsoError("no-such-print", f"{path} cannot be read: {error.strerror}.") from error

    fingers = sorted({path.stem.partition("_")[0] for path in folder.glob(_FIRST)})
    if len(fingers) < 4:
        raise RsoError("too-few-prints", f"{folder} needs the first and second impression of four fingers or more.")
    sought, first, second, stranger = fingers[:4]
    return Cast(
        folder.name,
        read(f"{sought}_1"),
        read(f"{sought}_2"),
        read(f"{stranger}_1"),
        (read(f"{first}_1"), read(f"{second}_1")),
    )


def _database(folder: Path) -> Path:
    below = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob(_FIRST)))
    return folder if any(folder.glob(_FIRST)) or not below else below[0]


def _resolution(folder: Path) -> int:
    for path in (folder / "resolutions.json", folder.parent / "resolutions.json"):
        if path.is_file():
            try:
                known = json.loads(path.read_text())
            except (OSError, ValueError) as error:
                raise RsoError("bad-resolutions", f"{path} cannot be read as JSON: {error}.") from error
            value = known.get(folder.name, known.get("ppi")) if isinstance(known, dict) else None
            if isinstance(value, int):
                return value
    raise RsoError("no-resolution", f"{folder} has no resolutions.json that says its resolution in pixels an inch.")
