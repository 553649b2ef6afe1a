"""A text as its app hands it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PUBLIC: Final = "public"
"""The audience that is everybody."""


@dataclass(frozen=True)
class Entry:
    """``audience`` is a key; whoever may see the page at ``path`` must hold it. Plain text, no markup."""

    kind: str
    ref: str
    language: str
    title: str
    body: str
    path: str
    audience: str = PUBLIC
