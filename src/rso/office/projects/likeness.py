"""How alike two texts are, so that whoever drafts sees what was proposed before. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

#: Below this two proposals are not shown as alike. Chosen on the examples of the test, a labelled default.
LEAST = 0.42
_WORD = re.compile(r"\w{4,}")
_COMMON = frozenset(
    {"that", "this", "with", "from", "their", "which", "will", "member", "members", "state", "states", "project"}
)


@dataclass(frozen=True)
class Text:
    """A title and what follows it; the title counts for more, since people name what matters there."""

    key: str
    title: str
    body: str


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _COMMON}


def likeness(one: Text, other: Text) -> float:
    """From 0 (nothing in common) to 1 (the same): titles by their words in any order, bodies by shared words."""
    titles = fuzz.token_set_ratio(one.title.casefold(), other.title.casefold()) / 100
    left, right = _words(f"{one.title} {one.body}"), _words(f"{other.title} {other.body}")
    shared = len(left & right) / min(len(left), len(right)) if left and right else 0.0
    return 0.5 * titles + 0.5 * shared


def alike(text: Text, others: Iterable[Text], *, most: int = 5) -> list[tuple[Text, float]]:
    """The most alike of ``others``, the likest first; never ``text`` itself."""
    scored = [(other, likeness(text, other)) for other in others if other.key != text.key]
    return sorted((pair for pair in scored if pair[1] >= LEAST), key=lambda pair: -pair[1])[:most]
