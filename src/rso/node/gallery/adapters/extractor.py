"""One extractor for the whole process: its model takes a second to load and is shared by threads."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from rso.biometrics.extraction import Extractor, LeaderExtractor


@cache
def shared_extractor() -> Extractor:
    """LEADER, or what the setting ``RSO_EXTRACTOR`` (the dotted path of a class) names."""
    named = getattr(settings, "RSO_EXTRACTOR", "")
    extractor: Extractor = import_string(named)() if named else LeaderExtractor()
    return extractor
