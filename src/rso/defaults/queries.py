"""Reading defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from rso.accounts.rules import Actor, require
from rso.defaults.models import Setting
from rso.defaults.rules import Default, DefaultsPermission, WrongValue, table

T = TypeVar("T", int, str)


def value_of(default: Default[T]) -> T:
    """The value that holds now: what an administrator has set, or the labelled default."""
    said = Setting.objects.filter(pk=default.name).values_list("value", flat=True).first()
    return default.value if said is None else _read(default, said)


def _read(default: Default[T], said: str) -> T:
    """A stored value that a newer version no longer takes is the default again."""
    try:
        return default.read(said)
    except WrongValue:
        return default.value


@dataclass(frozen=True)
class Held:
    """A default with the value that holds; ``row`` is there where somebody has set it."""

    default: Default[Any]
    value: int | str
    row: Setting | None


def held(actor: Actor) -> list[Held]:
    """All defaults with their values, by name."""
    require(actor, DefaultsPermission.SEE)
    rows = {row.name: row for row in Setting.objects.select_related("changed_by")}
    return [
        Held(default, _read(default, rows[name].value) if name in rows else default.value, rows.get(name))
        for name, default in table().items()
    ]
