"""Starts the reader's process, waits no longer than it may take, and believes nothing of a process that died."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rso.files.rules import CSV, DOCX, ODP, ODT, PDF, PPTX, TEXT, XLSX
from rso.office.library.rules import Reading

#: Media types that have words.
WORDS_IN: Final = {kind.media_type for kind in (PDF, DOCX, ODT, XLSX, PPTX, ODP, TEXT, CSV)}
_PROGRAM: Final = "rso.office.library.reader"
_SECONDS: Final = 60.0
_MOST_PICTURE: Final = 2 * 1024 * 1024


@dataclass(frozen=True)
class Read:
    """What was read. ``picture`` is the first page as PNG, or empty."""

    reading: Reading
    pages: int = 0
    text: str = ""
    picture: bytes = b""


def read_apart(path: Path, media_type: str, *, seconds: float = _SECONDS, program: str = _PROGRAM) -> Read:
    """The words and the first page of a file. One on which the reader dies, or takes too long, has none.

    Raises ``OSError`` where the process cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="rso-reader-") as folder:
        picture = Path(folder) / "page.png"
        command = [sys.executable, "-I", "-m", program, str(path), media_type, str(picture)]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL, cwd=folder,
                env={"PATH": "", "TMPDIR": folder},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Read(Reading.FAILED)
        if done.returncode != 0:
            return Read(Reading.FAILED)
        drawn = picture.read_bytes() if picture.exists() and picture.stat().st_size <= _MOST_PICTURE else b""
        return _believed(done.stdout, drawn)


def _believed(said: bytes, picture: bytes) -> Read:
    try:
        told = json.loads(said)
        reading, pages, text = Reading(told["reading"]), int(told["pages"]), str(told["text"])
    except (ValueError, KeyError, TypeError):
        return Read(Reading.FAILED)
    return Read(
        reading, min(max(pages, 0), 1_000_000), text, picture if reading in (Reading.READ, Reading.NO_TEXT) else b""
    )
