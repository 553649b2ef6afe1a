"""The translation memory: how a like sentence was translated before. Fed by publications alone, so that nothing
that nobody signed is offered as an example."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from rso.content.markup import plain
from rso.content.models import Pair

#: Below this score a match misleads more than it helps; 100 is the same words. A labelled default of this software.
LEAST_SCORE: Final = 70
MOST_MATCHES: Final = 3
#: How many pairs are compared at most for one page: the newest of fitting length.
_MOST_COMPARED: Final = 20_000


@dataclass(frozen=True)
class Match:
    """An earlier pair. ``score`` is of 100; ``work`` says where it was published."""

    source: str
    target: str
    score: int
    work: str
    is_machine: bool

    @property
    def is_exact(self) -> bool:
        return self.score == 100


def folded(text: str) -> str:
    """The words alone, as they are compared."""
    return " ".join(unicodedata.normalize("NFC", plain(text)).split())


def digest_of(text: str) -> str:
    return hashlib.sha256(folded(text).encode()).hexdigest()


def score_of(one: str, other: str) -> int:
    """How alike two texts are, of 100; 100 for the same words alone."""
    if folded(one) == folded(other):
        return 100
    return min(99, int(fuzz.ratio(folded(one).casefold(), folded(other).casefold())))


def _span(lengths: Sequence[int]) -> tuple[int, int]:
    """A text of which less than 70 of 100 can be the same is too short or too long by arithmetic."""
    share = LEAST_SCORE / (200 - LEAST_SCORE)
    return int(min(lengths) * share), int(max(lengths) / share) + 1


def matches(texts: Iterable[str], *, source_language: str, language: str) -> dict[str, list[Match]]:
    """For each of ``texts`` its best earlier pairs, the best first. One query for all of them."""
    wanted = [text for text in dict.fromkeys(texts) if folded(text)]
    if not wanted:
        return {}
    least, most = _span([len(folded(text)) for text in wanted])
    rows = Pair.objects.filter(language=language, source_language=source_language, length__gte=least, length__lte=most)
    known = list(rows.select_related("work").order_by("-at", "-pk")[:_MOST_COMPARED])
    said = [folded(row.source).casefold() for row in known]
    return {text: _best(text, known, said) for text in wanted}


def _best(text: str, known: Sequence[Pair], said: Sequence[str]) -> list[Match]:
    found = process.extract(
        folded(text).casefold(), said, scorer=fuzz.ratio, score_cutoff=LEAST_SCORE, limit=MOST_MATCHES * 4
    )
    best: dict[str, Match] = {}
    for _words, _score, place in found:
        row = known[place]
        match = Match(row.source, row.target, score_of(text, row.source), row.work.title, row.is_machine)
        best.setdefault(row.target_digest, match)
    return sorted(best.values(), key=lambda match: -match.score)[:MOST_MATCHES]
