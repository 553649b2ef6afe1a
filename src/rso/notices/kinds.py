"""The groups of notices that a person can choose about: an app enters its own from ``AppConfig.ready``.

::

    enter_group("enquiries", _("Enquiries"), "intake:")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

OTHER: Final = "other"


@dataclass(frozen=True)
class Group:
    """Notices whose ``kind`` begins with one of ``prefixes``; ``words`` is a lazy string."""

    code: str
    words: Any
    prefixes: tuple[str, ...]


_GROUPS: dict[str, Group] = {}


def enter_group(code: str, words: Any, *prefixes: str) -> None:
    """Enters a group. Entering a code twice is a defect."""
    if code in _GROUPS or code == OTHER:
        raise ValueError(f"the group {code} is entered twice")
    _GROUPS[code] = Group(code, words, prefixes)


def groups() -> list[Group]:
    """All groups in the order of their codes; last, what is in none."""
    return [*sorted(_GROUPS.values(), key=lambda group: group.code), Group(OTHER, _("Everything else"), ())]


def group_of(kind: str) -> Group:
    """The group that a kind of notice belongs to."""
    for group in _GROUPS.values():
        if kind.startswith(group.prefixes):
            return group
    return groups()[-1]
