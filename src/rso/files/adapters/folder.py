"""The folder that keeps the bytes. A file appears in it whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO
from uuid import UUID

from django.conf import settings

from rso.files.errors import FileRefused

_CHUNK = 1 << 18
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def root() -> Path:
    """The folder of the setting ``RSO_FILES``; it is outside of everything that a web server hands out."""
    return Path(settings.RSO_FILES)


def path_of(pk: UUID) -> Path:
    """Where the bytes of a file lie. The name says nothing of what the person called it."""
    return root() / pk.hex[-2:] / pk.hex


@dataclass(frozen=True)
class Incoming:
    """A file that is written to the disk and not yet in its place."""

    path: Path
    size: int
    sha256: str

    def keep(self, pk: UUID) -> None:
        """Moves the file into its place; from then on it survives a loss of power."""
        place = path_of(pk)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(self.path, place)
        _settle(place.parent)


@contextmanager
def incoming(content: IO[bytes], *, limit: int) -> Iterator[Incoming]:
    """Writes ``content`` to the disk beside its later place; what is not kept vanishes at the end.

    Raises :class:`FileRefused`: ``file-too-large`` as soon as more than ``limit`` bytes were read, ``disk-full`` where
    there is no room for it.
    """
    try:
        path, size, digest = _written(content, limit)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise FileRefused("disk-full", "There is no room left for this file. Nothing of it was kept.") from error
        raise
    try:
        yield Incoming(path, size, digest)
    finally:
        path.unlink(missing_ok=True)


def _written(content: IO[bytes], limit: int) -> tuple[Path, int, str]:
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
        try:
            size, digest = _copy(content, file, limit)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path, size, digest


def _copy(content: IO[bytes], file: IO[bytes], limit: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    content.seek(0)
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileRefused("file-too-large", f"The file is larger than {limit // 2**20} MB.")
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return size, digest.hexdigest()


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(pk: UUID) -> BinaryIO:
    """The bytes, open; raises ``FileNotFoundError`` if they are gone."""
    return path_of(pk).open("rb")


def remove(pk: UUID) -> None:
    path_of(pk).unlink(missing_ok=True)


def stale(*, older_than_s: float) -> Iterator[Path]:
    """Files that were last changed longer ago than that, incoming ones among them.

    The file system's own time is asked, since that is what stamped them.
    """
    before = time.time() - older_than_s
    for path in root().glob("*/*"):
        if path.is_file() and path.stat().st_mtime < before:
            yield path
