"""The process that opens a file: ``python -m rso.office.library.reader FILE MEDIA_TYPE PICTURE``. No Django here.

It gives itself limits before it opens anything, prints one line of JSON, and may be killed at any moment: a hostile
file can hurt nothing but this process.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

MEMORY: Final = 1_500 * 1024 * 1024
SECONDS: Final = 40
MOST_PAGES: Final = 2_000
MOST_CHARACTERS: Final = 400_000
MOST_XML: Final = 64 * 1024 * 1024
PICTURE_WIDTH: Final = 480
_PDF: Final = "application/pdf"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
#: Which parts of a package hold words, by the media type.
_PARTS: Final = {
    f"{_OFFICE}wordprocessingml.document": ("word/document.xml", "word/footnotes.xml"),
    f"{_OFFICE}presentationml.presentation": ("ppt/slides/slide", "ppt/notesSlides/notesSlide"),
    f"{_OFFICE}spreadsheetml.sheet": ("xl/sharedStrings.xml", "xl/worksheets/sheet"),
    "application/vnd.oasis.opendocument.text": ("content.xml",),
    "application/vnd.oasis.opendocument.presentation": ("content.xml",),
}
_BLOCKS: Final = ("p", "h", "si", "is")


def main(path: Path, media_type: str, picture: Path) -> dict[str, Any]:
    """What is said of the file: ``reading``, ``pages``, ``text``."""
    if media_type == _PDF:
        return _pdf(path, picture)
    if media_type in _PARTS:
        return _told(0, _package(path, _PARTS[media_type]))
    return _told(0, path.read_text(encoding="utf-8-sig", errors="replace")[:MOST_CHARACTERS])


def _told(pages: int, text: str) -> dict[str, Any]:
    words = text.replace("\x00", " ")[:MOST_CHARACTERS].strip()
    has_words = sum(sign.isalnum() for sign in words[:5_000]) >= 3
    return {"reading": "read" if has_words else "no-text", "pages": pages, "text": words if has_words else ""}


def _pdf(path: Path, picture: Path) -> dict[str, Any]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return {"reading": "failed", "pages": 0, "text": ""}
    # What the check of the bytes may have overlooked, the engine's own eyes see.
    if raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0 or raw.FPDFDoc_GetAttachmentCount(document.raw) > 0:
        return {"reading": "unsafe", "pages": 0, "text": ""}
    count, parts, size = len(document), [], 0
    for number in range(min(count, MOST_PAGES)):
        try:
            text = document[number].get_textpage().get_text_range()
        except pypdfium2.PdfiumError:
            continue
        parts.append(text.replace("\ufffe", "").replace("\r\n", "\n"))
        size += len(text)
        if size > MOST_CHARACTERS:
            break
    _draw(document, picture)
    return _told(count, "\n".join(parts))


def _draw(document: Any, picture: Path) -> None:
    """The first page, as wide as a card. A page that cannot be drawn has no picture."""
    try:
        page = document[0]
        wide, high = page.get_size()
        if not (1 <= wide <= 15_000 and 1 <= high <= 15_000):
            return
        scale = PICTURE_WIDTH / wide
        if high * scale > 4 * PICTURE_WIDTH:
            return
        page.render(scale=scale).to_pil().convert("RGB").quantize(64).save(picture, format="PNG", optimize=True)
    except (ValueError, OSError, RuntimeError):
        picture.unlink(missing_ok=True)


def _package(path: Path, wanted: tuple[str, ...]) -> str:
    """The words of an office document's parts, in the order of their numbers."""
    said, size = [], 0
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith(wanted) and name.endswith(".xml")]
        for name in sorted(names, key=lambda one: (len(one), one)):
            with package.open(name) as part:
                for words in _words(part):
                    said.append(words)
                    size += len(words)
                    if size > MOST_CHARACTERS:
                        return "".join(said)
            said.append("\n")
    return "".join(said)


class _Limited:
    """A file that ends with an error after so many unpacked bytes."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._left = file, most

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self._left -= len(piece)
        if self._left < 0:
            raise ValueError("too much")
        return piece


def _words(part: IO[bytes]) -> Iterator[str]:
    """The text of each paragraph, heading or cell; numbers of cells and codes of fields are no words."""
    from defusedxml.ElementTree import iterparse

    open_blocks = 0
    for event, node in iterparse(_Limited(part, MOST_XML), events=("start", "end"), forbid_dtd=True):
        tag = str(node.tag).rpartition("}")[2]
        if event == "start":
            open_blocks += tag in _BLOCKS
            continue
        if tag == "instrText":
            node.text = ""
        if tag in _BLOCKS:
            open_blocks -= 1
            yield "".join(node.itertext()) + "\n"
        if not open_blocks or tag in _BLOCKS:
            node.clear()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024 * 1024, 8 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit()
    told = main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    sys.stdout.write(json.dumps(told))
