"""One to many: whose finger is this?

What must not be found (a barred record) is left out of the gallery by the caller, before the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from rso.biometrics.images import FINGERS
from rso.biometrics.matching import DEFAULT_THRESHOLD, Comparison, EdgeMatcher, Matcher, Shelf
from rso.biometrics.minutiae import Template

DEFAULT_LIMIT = 10
BLOCK = 2048
"""Records that are made ready at a time, to bound the memory of a gallery that is read from storage."""
UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """A template that is searched with; ``finger`` 0 is unknown and compares with every finger."""

    finger: int
    template: Template


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One finger in the gallery, of the subject that the caller knows by ``ref``."""

    ref: str
    finger: int
    template: Template


@dataclass(frozen=True, slots=True)
class FingerMatch:
    """The best comparison of a probe (by its index) with a subject's fingers, and with which of them."""

    probe: int
    enrolled: Enrolled
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject at or over the threshold; ``score`` is the mean of its matches' scores, one match a probe."""

    ref: str
    score: float
    matches: tuple[FingerMatch, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work one search may be: counted in comparisons, whose own work is bounded."""

    comparisons: int = 200_000


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """``candidates`` best first. Only a ``complete`` search may be answered with "no hit"."""

    candidates: tuple[Candidate, ...]
    comparisons: int
    complete: bool


@dataclass(frozen=True, slots=True)
class _Drawer:
    """The records of one finger position."""

    finger: int
    entries: Sequence[Enrolled]
    shelf: Shelf

    def suits(self, finger: int) -> bool:
        return finger == self.finger or UNKNOWN in (finger, self.finger)


class Gallery:
    """Records made ready once, for many searches. The order of the records does not matter."""

    def __init__(self, entries: Iterable[Enrolled], *, matcher: Matcher | None = None) -> None:
        self.matcher: Matcher = matcher or EdgeMatcher()
        self._drawers = [drawer for block in _blocks(entries) for drawer in _drawers(block, self.matcher)]

    def __len__(self) -> int:
        return sum(len(drawer.entries) for drawer in self._drawers)

    def __iter__(self) -> Iterator[_Drawer]:
        return iter(self._drawers)


def identify(
    probes: Sequence[Probe],
    gallery: Gallery | Iterable[Enrolled],
    *,
    threshold: float = DEFAULT_THRESHOLD,
    limit: int = DEFAULT_LIMIT,
    budget: Budget | None = None,
    matcher: Matcher | None = None,
) -> SearchOutcome:
    """The subjects of ``gallery`` that may be the person of ``probes``, best first, at most ``limit``.

    A probe of a known finger is compared with that finger and with unknown ones; one of an unknown finger with
    all. A subject's score is the mean over the probes that could be compared with it. ``matcher`` is that of the
    gallery where it has one. Raises ``ValueError`` without probes, or for a finger position that is none.
    """
    if not probes or any(probe.finger not in FINGERS for probe in probes):
        raise ValueError("a search needs probes, of finger positions 0 to 10")
    if isinstance(gallery, Gallery):
        used, drawers = gallery.matcher, iter(gallery)
    else:
        used = matcher or EdgeMatcher()
        drawers = (drawer for block in _blocks(gallery) for drawer in _drawers(block, used))
    best, comparisons, complete = _score(probes, drawers, (budget or Budget()).comparisons)
    means = {ref: sum(score for score, _ in found.values()) / len(found) for ref, found in best.items()}
    over = sorted((ref for ref in means if means[ref] >= threshold), key=lambda ref: (-means[ref], ref))
    candidates = (Candidate(ref, means[ref], _explained(probes, best[ref], used)) for ref in over[:limit])
    return SearchOutcome(tuple(candidates), comparisons, complete)


_Best = dict[str, dict[int, tuple[float, Enrolled]]]
"""By subject and probe: the highest score, and the finger that has it."""


def _score(probes: Sequence[Probe], drawers: Iterable[_Drawer], most: int) -> tuple[_Best, int, bool]:
    best: _Best = {}
    done = 0
    for drawer in drawers:
        for number, probe in enumerate(probes):
            if not drawer.suits(probe.finger):
                continue
            done += len(drawer.shelf)
            if done > most:
                return best, done - len(drawer.shelf), False
            scores = drawer.shelf.scores(probe.template)
            for place in np.argsort(-scores, kind="stable"):
                entry, score = drawer.entries[place], float(scores[place])
                found = best.setdefault(entry.ref, {})
                if number not in found or score > found[number][0]:
                    found[number] = (score, entry)
    return best, done, True


def _explained(
    probes: Sequence[Probe], found: dict[int, tuple[float, Enrolled]], matcher: Matcher
) -> tuple[FingerMatch, ...]:
    return tuple(
        FingerMatch(number, entry, matcher.compare(probes[number].template, entry.template))
        for number, (_, entry) in sorted(found.items())
    )


def _blocks(entries: Iterable[Enrolled]) -> Iterator[list[Enrolled]]:
    rest = iter(entries)
    while block := list(islice(rest, BLOCK)):
        yield block


def _drawers(block: list[Enrolled], matcher: Matcher) -> Iterator[_Drawer]:
    for finger in FINGERS:
        entries = [entry for entry in block if entry.finger == finger]
        if entries:
            yield _Drawer(finger, entries, matcher.shelf([entry.template for entry in entries]))
