"""What a file is, by its content; what it may be called; and who answers for its scope. No Django."""

from __future__ import annotations

import codecs
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from rso.accounts.rules import Actor
from rso.files import pdfs
from rso.files.errors import FileRefused

if TYPE_CHECKING:
    from rso.files.models import StoredFile


class FilesEvent(StrEnum):
    STORED = "files:file:stored"
    REMOVED = "files:file:removed"
    READ = "files:file:read"


# ---------------------------------------------------------------- kinds
@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its media type, and the endings that its name may have."""

    media_type: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", (".pdf",))
PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"))
ODT = Kind("application/vnd.oasis.opendocument.text", (".odt",))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
PPTX = Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",))
ODP = Kind("application/vnd.oasis.opendocument.presentation", (".odp",))
TEXT = Kind("text/plain", (".txt",))
CSV = Kind("text/csv", (".csv",))
KINDS = (PDF, PNG, JPEG, ODT, DOCX, XLSX, PPTX, ODP, TEXT, CSV)
OGG = Kind("audio/ogg", (".ogg", ".oga", ".opus"))
MP3 = Kind("audio/mpeg", (".mp3",))
M4A = Kind("audio/mp4", (".m4a",))
WAV = Kind("audio/wav", (".wav",))
#: Recordings: taken where a text may be read aloud, and nowhere else.
AUDIO = (OGG, MP3, M4A, WAV)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_MOST_PARTS = 5_000
_MOST_UNPACKED = 512 * 1024 * 1024
_MOST_RATIO = 200
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def kind_of(content: IO[bytes], name: str, kinds: tuple[Kind, ...] = KINDS) -> Kind:
    """What ``content`` is, read from its bytes; its name must agree. Leaves the position at the start.

    Raises :class:`FileRefused` for what is empty, not among ``kinds``, named as something else, a bomb, or a document
    that does something by itself.
    """
    content.seek(0)
    head = content.read(48)
    content.seek(0)
    if not head:
        raise FileRefused("file-empty", "The file is empty.")
    kind = _spoken(head) if kinds == AUDIO else None
    if kinds != AUDIO:
        kind = _signed(head) or (_packed(content) if head.startswith(b"PK") else _written(content, name))
    content.seek(0)
    if kind is None or kind not in kinds:
        raise _refused(kinds)
    if not name.lower().endswith(kind.endings):
        raise FileRefused("file-misnamed", f"The name must end in {' or '.join(kind.endings)}: that is what it is.")
    if kind is PDF:
        pdfs.check(content.read())
        content.seek(0)
    return kind


def _signed(head: bytes) -> Kind | None:
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def _spoken(head: bytes) -> Kind | None:
    """A recording by its container: Ogg with Opus or Vorbis in its first page, RIFF of form WAVE, MP4 whose brand is
    audio, or MPEG audio of layer III (with or without an ID3 tag). A video in such a container is none."""
    if head.startswith(b"OggS"):
        return OGG if b"OpusHead" in head or b"\x01vorbis" in head else None
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    if head[4:8] == b"ftyp" and head[8:12] in (b"M4A ", b"M4B "):
        return M4A
    is_frame = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0
    return MP3 if head.startswith(b"ID3") or is_frame else None


def endings(kinds: tuple[Kind, ...] = KINDS) -> tuple[str, ...]:
    """The endings that names of these kinds may have."""
    return tuple(ending for kind in kinds for ending in kind.endings)


def _refused(kinds: tuple[Kind, ...] = KINDS) -> FileRefused:
    taken = ", ".join(endings(kinds))
    return FileRefused("file-wrong-type", f"This kind of file is not taken. Taken are {taken}.")


def _not_utf8() -> FileRefused:
    return FileRefused("file-unreadable", "The text is not in UTF-8: save it again as UTF-8.")


def _packed(content: IO[bytes]) -> Kind:
    """An office document by the parts in its package; only the package's own index is read."""
    try:
        with zipfile.ZipFile(content) as package:
            parts = package.infolist()
            _check_parts(parts)
            names = {part.filename for part in parts}
            if any(name.lower().endswith("vbaproject.bin") for name in names) or "Basic/script-lc.xml" in names:
                raise FileRefused("file-macros", "The document holds macros. Save it without them.")
            if parts and parts[0].filename == "mimetype" and parts[0].file_size < 200:
                said = package.read(parts[0]).decode("ascii", "replace").strip()
                return next((kind for kind in (ODT, ODP) if said == kind.media_type), None) or _raise(_refused())
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError, NotImplementedError, EOFError) as error:
        raise FileRefused("file-unreadable", "The document is damaged: open it, and save it again.") from error
    if "[Content_Types].xml" in names:
        for part, kind in (
            ("word/document.xml", DOCX),
            ("xl/workbook.xml", XLSX),
            ("ppt/presentation.xml", PPTX),
        ):
            if part in names:
                return kind
    raise _refused()


def _raise(error: FileRefused) -> Kind:
    raise error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    # A small document may be packed tightly; a bomb is tight and large.
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or unpacked > 2**20 + _MOST_RATIO * packed:
        raise FileRefused("file-bomb", "The document would unpack to an unreasonable size.")


def _written(content: IO[bytes], name: str) -> Kind:
    """Text is what decodes as UTF-8 to the end, and holds no control characters but those of lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_named_text = name.lower().endswith((*TEXT.endings, *CSV.endings))
    wide = content.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    content.seek(0)
    if wide and is_named_text:
        raise _not_utf8()
    try:
        while chunk := content.read(1 << 16):
            if _CONTROLS.search(chunk):
                raise _refused()
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise (_not_utf8() if is_named_text else _refused()) from None
    if name.lower().endswith(CSV.endings):
        return CSV
    if name.lower().endswith(TEXT.endings):
        return TEXT
    raise _refused()


# ---------------------------------------------------------------- names
_MOST_NAME = 150


def clean_name(name: str) -> str:
    """The name that a person gave, without what could mislead: folders, controls, marks that turn the
    direction of writing (which make ``exe.pdf`` of ``fdp.exe``), leading dots. Never empty, at most 150 long.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join("_" if c in '<>:"|?*' else c for c in last if unicodedata.category(c)[0] != "C")
    kept = " ".join(kept.split()).lstrip(". ") or "file"
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: _MOST_NAME - len(ending) - 1]}.{ending}"
    return kept[:_MOST_NAME]


# ---------------------------------------------------------------- owners
@dataclass(frozen=True)
class Owner:
    """The app that answers for a scope.

    ``may_read`` is asked before a byte leaves. With ``audited`` every reading leaves a row in the audit: for
    files that show a person.
    """

    scope: str
    may_read: Callable[[Actor, StoredFile], bool]
    audited: bool = False


_OWNERS: dict[str, Owner] = {}


def own(scope: str, *, may_read: Callable[[Actor, StoredFile], bool], audited: bool = False) -> None:
    """Registers who answers for ``scope``; called from the owner's ``AppConfig.ready``, once."""
    if scope in _OWNERS:
        raise ValueError(f"the scope {scope!r} has an owner")
    _OWNERS[scope] = Owner(scope, may_read, audited)


def owner_of(scope: str) -> Owner | None:
    """Who answers for ``scope``; without an owner nobody reads its files."""
    return _OWNERS.get(scope)
