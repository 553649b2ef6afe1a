"""The edge to a virus scanner."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Scanner(Protocol):
    """Looks into a file before it is kept."""

    def scan(self, path: Path) -> str | None:
        """The name of what was found, or ``None`` for a clean file.

        Raises ``FileRefused`` with the code ``scanner-away`` if the scanner does not answer: where one is
        set up, nothing is kept unscanned.
        """
        ...
