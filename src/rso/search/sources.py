"""Where what can be found comes from. An app enters here, from ``AppConfig.ready``, what it has to show.

::

    sources.register("resource", _("Resource"), entries)

    def entries() -> Iterator[Entry]: ...

All of a kind is asked for when the index is refreshed; what has not changed costs a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rso.search.entries import Entry

Entries = Callable[[], Iterable[Entry]]


@dataclass(frozen=True)
class Source:
    """A kind of text: its name, how people call it, and all of it as it stands."""

    kind: str
    words: Any
    entries: Entries


_SOURCES: dict[str, Source] = {}


def register(kind: str, words: Any, entries: Entries) -> None:
    """Enters a kind of text; a second source of one kind is a defect."""
    if kind in _SOURCES and _SOURCES[kind].entries is not entries:
        raise ValueError(f"two sources of {kind}")
    _SOURCES[kind] = Source(kind, words, entries)


def sources() -> dict[str, Source]:
    """All that was entered, by kind."""
    return dict(_SOURCES)
