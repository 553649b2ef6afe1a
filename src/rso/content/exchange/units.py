"""What a file holds, whatever its format: whose text it is, and a unit for each segment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from rso.base.errors import RsoError

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_UNITS: Final = 10_000


class FileUnreadable(RsoError):
    """The file cannot be read as a whole, and nothing of it is used. ``about`` is a place or a name in it."""

    def __init__(self, code: str, message: str, about: str = "") -> None:
        super().__init__(code, message)
        self.about = about


@dataclass(frozen=True)
class Head:
    """Whose text a file holds. ``publication`` is the id of the published source that it was made from; ``engine``
    is set where the file says that a machine translated it."""

    work: str
    edition: int
    publication: str
    source_language: str
    language: str
    engine: str = ""
    title: str = ""


@dataclass(frozen=True)
class Unit:
    """A segment in a file. ``base`` is the number of the translation's wording when the file was made (0 for none,
    -1 where the file does not say). ``is_done`` is false for what its translator has not finished (fuzzy)."""

    key: str
    source: str
    target: str = ""
    base: int = -1
    is_done: bool = True
    is_older: bool = False
    safety: str = ""
    before: str = ""
    notes: tuple[str, ...] = ()
    matches: tuple[tuple[str, str, int], ...] = ()  # source, target, score of 100
    is_machine: bool = False
    engine: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole file."""

    head: Head
    units: tuple[Unit, ...] = field(default_factory=tuple)


def sheet(head: Head, units: Iterable[Unit]) -> Sheet:
    """A sheet whose keys occur once; raises :class:`FileUnreadable` for one that holds a key twice or too much."""
    seen: dict[str, Unit] = {}
    for unit in units:
        if unit.key in seen:
            raise FileUnreadable("key-twice", "A part stands in this file twice.", unit.key)
        seen[unit.key] = unit
    if len(seen) > MOST_UNITS:
        raise FileUnreadable("too-many-parts", "This file holds too many parts.", str(len(seen)))
    # A file that says that it is a machine's says so of each of its parts.
    made = (replace(one, is_machine=True, engine=one.engine or head.engine) if head.engine else one
            for one in seen.values())  # fmt: skip
    return Sheet(head, tuple(made))


def small_enough(content: bytes) -> bytes:
    """``content`` unless it is empty or larger than :data:`MOST_BYTES`."""
    if not content.strip():
        raise FileUnreadable("file-empty", "The file is empty.")
    if len(content) > MOST_BYTES:
        raise FileUnreadable("file-too-large", "The file is too large.")
    return content
