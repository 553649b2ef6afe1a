"""What a work may be. An app that has texts enters its kind here, from ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rso.content.rules import Form

#: Where a reader finds a work: its code and a language's code (empty for whatever language the reader has).
Path = Callable[[str, str], str]


def _hides_none(code: str) -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """``words`` is its name; ``path`` where it is read; ``begins_with`` the segments of an empty one; ``reviewed``
    whether somebody else has to approve it before it is published; ``opens_here`` whether the core's own page says who
    may read it. Where another app says so, by rules of its own, ``hides`` may also take a work (by its code) from
    readers though its words are published."""

    code: str
    words: Any
    path: Path
    begins_with: tuple[Form, ...] = (Form.TITLE, Form.SUMMARY, Form.PARAGRAPH)
    reviewed: bool = True
    opens_here: bool = True
    hides: Callable[[str], bool] = _hides_none


_KINDS: Final[dict[str, Kind]] = {}


def register(kind: Kind) -> None:
    """Enters a kind of work; a second one of the same code is a defect."""
    if kind.code in _KINDS and _KINDS[kind.code] != kind:
        raise ValueError(f"two kinds of work are called {kind.code}")
    _KINDS[kind.code] = kind


def kinds() -> dict[str, Kind]:
    """All kinds, by code."""
    return dict(_KINDS)
