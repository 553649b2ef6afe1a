"""One to many: whose finger is this?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rso.biometrics.matching import DEFAULT_THRESHOLD, Comparison, Matcher
from rso.biometrics.minutiae import Template

DEFAULT_LIMIT = 10


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
    """The best comparison of one probe with a subject's fingers."""

    probe: int
    finger: int
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject at or over the threshold; ``score`` is the mean of its matches' scores."""

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


def identify(
    probes: Sequence[Probe],
    gallery: Iterable[Enrolled],
    *,
    threshold: float = DEFAULT_THRESHOLD,
    limit: int = DEFAULT_LIMIT,
    budget: Budget | None = None,
    matcher: Matcher | None = None,
) -> SearchOutcome:
    """The subjects of ``gallery`` that may be the person of ``probes``, best first, at most ``limit``."""
    raise NotImplementedError
