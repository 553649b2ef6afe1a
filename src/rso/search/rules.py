"""Who may change which words mean the same, and how much is remembered for somebody. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError

#: Labelled defaults of this software, not a policy of the RSO.
RECENT: Final = 8
"""Searches that are remembered, in the session alone: they end with it, after twelve hours at most."""
MOST_SAVED: Final = 50
LONGEST_QUERY: Final = 200


class SearchPermission(StrEnum):
    CHANGE_WORDS = "search:words:change"


class SearchEvent(StrEnum):
    WORDS_CHANGED = "search:words:changed"
    WORDS_REMOVED = "search:words:removed"


class SearchRefused(RsoError):
    """Codes: ``too-many-saved``, ``name-in-use``, ``one-word-alone``."""


def enter_own() -> None:
    enter(SearchPermission.CHANGE_WORDS, {Role.OFFICE_ADMINISTRATOR}, system=True)


def lines_of(text: str) -> tuple[str, ...]:
    """The words or phrases of a group, one a line, each once."""
    return tuple(dict.fromkeys(line for raw in text.splitlines() if (line := " ".join(raw.split()))))


def recent_with(recent: list[list[str]], query: str, kind: str, language: str) -> list[list[str]]:
    """The searches remembered once this one was made, the latest first."""
    made = [query, kind, language]
    return [made, *(one for one in recent if one != made)][:RECENT]
