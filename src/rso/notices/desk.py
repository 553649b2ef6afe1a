"""What waits for a person, from all apps: the one registry behind the page "My desk".

An app enters a function from its ``AppConfig.ready``::

    from rso.notices.desk import Part, Thing, Things, enter

    def confirmations(actor: Actor, today: date) -> Things | None:
        if not decide(actor, DirectoryPermission.CONFIRM).allowed:
            return None                                     # this is not the actor's work: nothing is shown
        rows = queries.to_confirm(actor, today)
        things = [Thing(row.name, row.path, kind=_("Focal point"), due=row.confirm_by) for row in rows[:SHOWN]]
        return Things(rows.count(), things, href=reverse("directory:focal-points"))

    enter("directory:confirm", _("Focal points to confirm"), confirmations)

The function asks the permission itself, reads only, and takes one or two queries: the desk calls all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from rso.accounts.rules import Actor

#: As many things of one kind stand on the desk; the rest is behind the link to all of them.
SHOWN: Final = 6


class Part(StrEnum):
    """Where on the desk it lies."""

    WAITS = "waits"
    DRAFTS = "drafts"
    RECENT = "recent"


@dataclass(frozen=True)
class Thing:
    """One thing. ``title`` is data (a name from the database) where ``data`` says so; ``since`` is when it came,
    ``due`` the day by which it is done; ``kind`` and ``state`` are words."""

    title: Any
    path: str
    kind: Any = ""
    due: date | None = None
    since: datetime | None = None
    state: Any = ""
    data: bool = True


@dataclass(frozen=True)
class Things:
    """``count`` things, of which the first stand in ``shown``; ``href`` leads to all; ``late`` are past their day."""

    count: int
    shown: Sequence[Thing] = ()
    href: str = ""
    late: int = 0


Find = Callable[[Actor, date], Things | None]


@dataclass(frozen=True)
class Source:
    """What an app entered."""

    code: str
    words: Any
    find: Find
    part: Part


@dataclass(frozen=True)
class Pile:
    """What a source found for somebody."""

    code: str
    words: Any
    things: Things = field(default_factory=lambda: Things(0))


_SOURCES: dict[str, Source] = {}


def enter(code: str, words: Any, find: Find, part: Part = Part.WAITS) -> None:
    """Enters a source under ``app:what``. Entering a code twice is a defect."""
    if code in _SOURCES:
        raise ValueError(f"{code} is on the desk twice")
    _SOURCES[code] = Source(code, words, find, part)


def piles(actor: Actor, today: date, part: Part = Part.WAITS) -> list[Pile]:
    """What each source of a part has for the actor; for somebody who is not signed in, nothing."""
    if not actor.signed_in:
        return []
    found = []
    for source in sorted(_SOURCES.values(), key=lambda one: one.code):
        if source.part is part and (things := source.find(actor, today)) is not None:
            found.append(Pile(source.code, source.words, things))
    return found
