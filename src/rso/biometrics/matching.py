"""Do two templates show the same finger?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rso.biometrics.minutiae import Template

DEFAULT_THRESHOLD = 40.0
"""Default, not a rule: see docs/explanation/biometrics.md for what it was chosen on."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``score`` is 0 or more and has no upper end; ``pairs`` are indexes of minutiae (probe, candidate) that
    correspond, each used once, best supported first. Scores stay inside of the node."""

    score: float
    pairs: tuple[tuple[int, int], ...]


class Matcher(Protocol):
    """Deterministic, and bounded in time for any two templates that decode."""

    name: str

    def compare(self, probe: Template, candidate: Template) -> Comparison:
        """One comparison, with the minutiae that explain it."""
        ...

    def scores(self, probe: Template, candidates: Sequence[Template]) -> NDArray[np.float64]:
        """The scores of ``compare`` with each of ``candidates``, quicker than one by one."""
        ...
