"""How much a print can be relied on: a simple measure of our own, 0 to 100. It is not NFIQ 2.

NFIQ 2 (ISO/IEC 29794-4) is the standard; it can take this one's place behind :class:`QualityMeasure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rso.biometrics.minutiae import Minutia
from rso.biometrics.ridges import LEAST_CLARITY, RidgeMap

DEFAULT_FLOOR = 20
"""Default, not a rule: below it a print is not searched with. An arrangement may ask for more."""
FULL_AREA_MM2 = 120.0
FULL_MINUTIAE = 30
FULL_CLARITY = 0.85


@dataclass(frozen=True, slots=True)
class Quality:
    """``value`` is 0 (useless) to 100. The others say what it came from: mean clarity of the ridges, 0 to 1; area
    with ridges in square millimetres; number of minutiae; name of the measure."""

    value: int
    clarity: float
    area_mm2: float
    minutiae: int
    measure: str


class QualityMeasure(Protocol):
    """Where quality comes from."""

    def measure(self, ridges: RidgeMap, minutiae: Sequence[Minutia]) -> Quality:
        """The quality of a print with these ridges, in which an extractor found ``minutiae``. Never raises."""
        ...


class RidgeQuality:
    """Clarity, area and number of minutiae, each from none to enough, multiplied and brought to 0..100 by the
    cube root: a print that has nothing of one of them is worth nothing."""

    def measure(self, ridges: RidgeMap, minutiae: Sequence[Minutia]) -> Quality:
        clarity, area = ridges.mean_clarity, ridges.area_mm2
        parts = (
            _share(clarity - LEAST_CLARITY, FULL_CLARITY - LEAST_CLARITY),
            _share(area, FULL_AREA_MM2),
            _share(len(minutiae), FULL_MINUTIAE),
        )
        value = round(100 * (parts[0] * parts[1] * parts[2]) ** (1 / 3))
        return Quality(value, round(clarity, 4), round(area, 1), len(minutiae), "ridges-1")


def _share(value: float, full: float) -> float:
    return min(max(value / full, 0.0), 1.0)
