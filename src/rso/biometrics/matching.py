"""Do two templates show the same finger?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rso.biometrics import edges, pairing
from rso.biometrics.edges import EdgeIndex, Edges, Ints, Prints
from rso.biometrics.minutiae import Template

DEFAULT_THRESHOLD = 40.0
"""Default, not a rule: see docs/explanation/biometrics.md for what it was chosen on."""
BATCH = 64
"""Candidates that are compared together: enough to hide the cost of numpy's calls, little enough for the cache."""
_SCALE = 25.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """``score`` is 0 or more and has no upper end; ``pairs`` are indexes of minutiae (probe, candidate) that
    correspond, each used once, in the order in which they were found. Scores stay inside the node."""

    score: float
    pairs: tuple[tuple[int, int], ...]


class Shelf(Protocol):
    """Templates made ready to be compared with many probes. Holds several times the memory of the templates."""

    def __len__(self) -> int: ...

    def scores(self, probe: Template) -> NDArray[np.float64]:
        """The score of ``probe`` with each template, in the order in which they were put on the shelf."""
        ...


class Matcher(Protocol):
    """Deterministic, and bounded in time for any two templates that decode."""

    name: str

    def compare(self, probe: Template, candidate: Template) -> Comparison:
        """One comparison, with the minutiae that explain it."""
        ...

    def shelf(self, candidates: Sequence[Template]) -> Shelf:
        """``candidates`` made ready: the way to compare one probe with many."""
        ...


class EdgeMatcher:
    """Our own matcher, to SourceAFIS's published idea: edges vote for pairs, and a pairing grows from the best.

    Works on numpy arrays of many candidates at once. It has no state: threads may share it.
    """

    name = "edges-1"

    def compare(self, probe: Template, candidate: Template) -> Comparison:
        theirs = Prints.of([candidate])
        mine = Prints.of([probe])
        found = _compare(mine, Edges.of(mine), theirs, EdgeIndex.of(theirs))[0]
        order = np.argsort(found.grown.rank[0], kind="stable")[: int(found.grown.chosen[0].sum())]
        pairs = zip(found.pairs.mine[0][order].tolist(), found.pairs.theirs[0][order].tolist(), strict=True)
        score = float(found.score[0])
        return Comparison(score, tuple(pairs) if score > 0 else ())

    def shelf(self, candidates: Sequence[Template]) -> EdgeShelf:
        return EdgeShelf(candidates)


class EdgeShelf:
    """Batches of candidates of like size, with the index of their edges."""

    def __init__(self, candidates: Sequence[Template]) -> None:
        self._length = len(candidates)
        sizes = np.array([len(template.minutiae) for template in candidates], np.int64)
        order = np.argsort(sizes, kind="stable")
        self._batches = [_ready(candidates, order[at : at + BATCH]) for at in range(0, self._length, BATCH)]

    def __len__(self) -> int:
        return self._length

    def scores(self, probe: Template) -> NDArray[np.float64]:
        scores = np.zeros(self._length)
        mine = Prints.of([probe])
        asked = Edges.of(mine)
        for places, prints, index in self._batches:
            scores[places] = np.concatenate([f.score for f in _compare(mine, asked, prints, index)])
        return scores


def _ready(candidates: Sequence[Template], places: Ints) -> tuple[Ints, Prints, EdgeIndex]:
    prints = Prints.of([candidates[place] for place in places])
    return places, prints, EdgeIndex.of(prints)


@dataclass(frozen=True, slots=True)
class _Found:
    pairs: pairing.Pairs
    grown: pairing.Grown
    score: NDArray[np.float64]


def _compare(probe: Prints, asked: Edges, prints: Prints, index: EdgeIndex) -> list[_Found]:
    """One probe with a batch; a batch whose edges are too much alike is divided, to bound the memory."""
    if len(prints) > 1 and int(index.rows(asked)[1].sum()) > edges.MOST_ROWS:
        middle = len(prints) // 2
        halves = (prints.part(slice(0, middle)), prints.part(slice(middle, None)))
        return [found for half in halves for found in _compare(probe, asked, half, EdgeIndex.of(half))]
    voted = edges.votes(asked, probe.x.shape[1], index, prints)
    pairs = pairing.Pairs.of(voted, probe, prints)
    excluded = pairing.exclusions(pairs)
    agreed = pairing.agreement(pairs, excluded)
    grown = pairing.grow(pairs, agreed, excluded)
    raw = pairing.score(pairs, grown, agreed, probe, prints)
    return [_Found(pairs, grown, raw.astype(np.float64) * _SCALE)]
