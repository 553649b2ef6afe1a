"""Parts of a member's own page that apps above this one add, such as the facts of its country.

::

    sections.register("facts", section)      # from AppConfig.ready

    def section(actor: Actor, organisation: Organisation, day: date) -> Section | None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor


@dataclass(frozen=True)
class Section:
    """A heading, a template with its context, and how many things in it wait for the member."""

    title: Any
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    waits: int = 0


Make = Callable[[Actor, Organisation, date], Section | None]
_SECTIONS: dict[str, Make] = {}


def register(name: str, make: Make) -> None:
    """Enters a section; a second one of a name is a defect."""
    if _SECTIONS.get(name, make) is not make:
        raise ValueError(f"two sections called {name}")
    _SECTIONS[name] = make


def sections(actor: Actor, organisation: Organisation, day: date) -> list[Section]:
    """The sections that have something to say to this actor."""
    made = [make(actor, organisation, day) for make in _SECTIONS.values()]
    return [section for section in made if section is not None]
