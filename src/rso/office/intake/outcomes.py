"""What an enquiry can become: one registry, so that a floor above (projects) takes part without being known here.

A kind says how its page is reached and how it is undone; the rows that link both ways are ``models.Outcome``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from rso.accounts.rules import Actor
from rso.office.intake.rules import Way


@dataclass(frozen=True)
class Look:
    """How one outcome is shown: its title (data), its state in words, and its page (none for some readers)."""

    title: str
    path: str = ""
    state: Any = ""


@dataclass(frozen=True)
class Kind:
    """``words`` names it, ``make`` is the words of the act, ``start`` the name of the page that begins it (with the
    enquiry's key), ``ways`` those for which it is the usual one, ``permission`` who may begin it."""

    code: str
    words: Any
    make: Any
    start: str
    ways: frozenset[Way]
    permission: str
    look: Callable[[Collection[str]], dict[str, Look]]
    undo: Callable[[Actor, str], None]


_KINDS: dict[str, Kind] = {}


def enter_kind(kind: Kind) -> None:
    """Enters a kind. Entering a code twice is a defect."""
    if kind.code in _KINDS:
        raise ValueError(f"the outcome {kind.code} is entered twice")
    _KINDS[kind.code] = kind


def kinds() -> dict[str, Kind]:
    """All kinds by code."""
    return dict(sorted(_KINDS.items()))
