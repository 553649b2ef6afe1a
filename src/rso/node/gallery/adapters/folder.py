"""A folder with a table ``subjects.csv`` and the images that it names."""

from __future__ import annotations

from pathlib import Path

from rso.biometrics.images import MAX_FILE_BYTES
from rso.node.gallery.rules import GalleryError, Row, read_table

TABLE = "subjects.csv"


class Folder:
    """Reads below one folder and nowhere else: a name in the table may not lead out of it."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    def rows(self) -> list[Row]:
        """The rows of the table; raises ``GalleryError``."""
        try:
            return read_table((self.path / TABLE).read_bytes())
        except FileNotFoundError:
            raise GalleryError("no-table", f"There is no file {TABLE} in this folder.") from None
        except OSError:
            raise GalleryError("unreadable-table", f"The file {TABLE} cannot be read.") from None

    def image(self, name: str) -> bytes:
        """The bytes of an image; raises ``GalleryError`` (``no-file``, ``outside``, ``too-large``)."""
        path = (self.path / name).resolve()
        if not name or not path.is_relative_to(self.path):
            raise GalleryError("outside", "The file is not in this folder.")
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise GalleryError("too-large", "The image is larger than a print of one finger can be.")
            return path.read_bytes()
        except OSError:
            raise GalleryError("no-file", "There is no such file in this folder.") from None
