"""The engine that keeps terms and finds documents by them: the full text of the database that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rso.search.terms import Group


@dataclass(frozen=True)
class Terms:
    """What the index holds of one document. The title counts for more."""

    document: int
    title: Sequence[str]
    body: Sequence[str]


@dataclass(frozen=True)
class Wanted:
    """Which documents: all of ``groups``, among ``letters`` (of audiences), of one language or kind if named.

    Those that also have all of ``first`` come before the others; of equals, those in the language of the ``reader``.
    ``after`` leaves out documents with that number or a lower one.
    """

    groups: Sequence[Group]
    letters: Sequence[str]
    language: str = ""
    kind: str = ""
    first: Sequence[Group] = ()
    reader: str = ""
    after: int = 0


class Engine(Protocol):
    """Everything happens in the caller's transaction."""

    def keep(self, kept: Sequence[Terms]) -> None:
        """Stores the terms of documents, in place of what was stored of them."""
        ...

    def drop(self, documents: Sequence[int]) -> None:
        """Forgets documents."""
        ...

    def find(self, wanted: Wanted, *, limit: int, offset: int) -> list[int]:
        """The best documents."""
        ...

    def has(self, each: Sequence[Wanted]) -> list[bool]:
        """Of each, whether there is one."""
        ...

    def count(self, wanted: Wanted, *, most: int) -> int:
        """How many there are; ``most`` where there are as many or more."""
        ...

    def facets(self, wanted: Wanted) -> dict[tuple[str, str], int]:
        """How many there are of each kind in each language."""
        ...
