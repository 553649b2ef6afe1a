"""Reading a file of known size, and writing one whole or not at all, never over another."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from rso.ceremony.errors import CeremonyError


def read(path: Path, limit: int) -> bytes:
    """The bytes of ``path``, at most ``limit``; raises ``CeremonyError`` (``unreadable``, ``too-large``)."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise CeremonyError("unreadable", f"{path}: {error.strerror}") from None
    if len(data) > limit:
        raise CeremonyError("too-large", f"{path} has more than {limit} bytes: it is another kind of file")
    return data


def refuse_existing(path: Path) -> None:
    """Raises ``CeremonyError`` (``exists``) where there is something already."""
    if os.path.lexists(path):
        raise CeremonyError("exists", f"{path} is there already: name another file, or move this one away")


def write_new(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Writes ``data`` aside and renames it; raises ``CeremonyError`` (``exists``, ``not-written``).

    The sticks that carry drafts from hand to hand have file systems without links, so the name is looked at
    and then taken: two people do not write one file at once on a machine that is alone.
    """
    refuse_existing(path)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(aside, data, mode)
        refuse_existing(path)
        aside.rename(path)
    except OSError as error:
        raise CeremonyError("not-written", f"{path}: {error.strerror}") from None
    finally:
        with suppress(OSError):
            aside.unlink()


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
