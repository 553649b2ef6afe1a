"""Many files as one zip that begins to arrive before it is made, and is never held whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from rso.files.adapters import folder

_CHUNK: Final = 1 << 18
#: Kinds that are packed already: packing them again costs time and saves nothing.
_PACKED: Final = (".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".odp", ".png", ".jpg", ".jpeg", ".mp3", ".m4a", ".ogg")


@dataclass(frozen=True)
class Packed:
    """A file to be packed: where its bytes lie, and its name in the zip, which must be one of its own."""

    pk: UUID
    name: str


class _Pipe(io.RawIOBase):
    """What the zip is written into: it can be emptied, and not be wound back."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        joined = b"".join(self.parts)
        self.parts.clear()
        return joined


def streamed(files: Iterable[Packed], manifest: str) -> Iterator[bytes]:
    """The pieces of a zip with ``manifest`` in it. A file whose bytes are gone is left out, as its manifest cannot say
    any more; the reader then sees a name without a file.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", allowZip64=True) as packing:
        packing.writestr("MANIFEST.txt", manifest, compress_type=zipfile.ZIP_DEFLATED)
        yield pipe.taken()
        for file in files:
            try:
                content = folder.read(file.pk)
            except FileNotFoundError:
                continue
            with closing(content):
                yield from _packed(packing, pipe, file.name, content)
    yield pipe.taken()


def _packed(packing: zipfile.ZipFile, pipe: _Pipe, name: str, content: IO[bytes]) -> Iterator[bytes]:
    how = zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    with packing.open(_entry(name, how), "w", force_zip64=True) as into:
        while chunk := content.read(_CHUNK):
            into.write(chunk)
            yield pipe.taken()
    yield pipe.taken()


def _entry(name: str, how: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # 1980-01-01: the zip says nothing of when it was fetched
    entry.compress_type = how
    return entry
