"""The kinds of facts under their names, and how a shipped row finds the stored one."""

from __future__ import annotations

from typing import Any, Final

from rso.accounts.models import Organisation
from rso.office.directory.models import Body, Dated, Group, Passage, Post, Resource, Standing, Term
from rso.office.directory.shipped import POINTERS, Shipped

#: Every kind of dated fact. A group is no fact: it has no dates.
KINDS: Final[dict[str, Any]] = {
    "standing": Standing,
    "body": Body,
    "post": Post,
    "term": Term,
    "passage": Passage,
    "resource": Resource,
}


class Pointers:
    """Looks up what rows point to by their codes, each only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def resolved(self, shipped: Shipped) -> dict[str, Any]:
        """The values of a row with keys in place of codes; raises ``DoesNotExist`` where a code leads nowhere."""
        return {
            f"{name}_id" if name in POINTERS else name: self._key(name, value) if name in POINTERS else value
            for name, value in shipped.values.items()
        }

    def _key(self, name: str, code: str) -> int:
        if (name, code) not in self._known:
            self._known[name, code] = _LOOK_UP[name](code)
        return self._known[name, code]


_LOOK_UP: Final[dict[str, Any]] = {
    "organisation": lambda code: Organisation.objects.get(code=code).pk,
    "group": lambda code: Group.objects.get(code=code).pk,
    "body": lambda code: Body.objects.get(code=code).pk,
    "post": lambda code: Post.objects.get(body__code=code.split("/")[0], code=code.split("/")[1]).pk,
}


def found(shipped: Shipped, values: dict[str, Any]) -> Dated | None:
    """The stored row that a shipped one is, by its key, or by a code that may be there only once."""
    model = KINDS[shipped.kind]
    row: Dated | None = model.objects.filter(key=shipped.key).first()
    if row is None and shipped.kind in _ONCE:
        row = model.objects.filter(**{name: values[name] for name in _ONCE[shipped.kind]}).first()
    return row


_ONCE: Final = {
    "body": ("code",),
    "resource": ("code",),
    "post": ("body_id", "code"),
    "passage": ("kind", "code", "version"),
}
