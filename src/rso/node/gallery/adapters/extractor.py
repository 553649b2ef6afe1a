"""One extractor for the whole process: its model takes a second to load and is shared by threads."""

from __future__ import annotations

from functools import cache

from rso.biometrics.extraction import Extractor, LeaderExtractor


@cache
def shared_extractor() -> Extractor:
    """The extractor of this process."""
    return LeaderExtractor()
