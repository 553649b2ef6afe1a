"""How much a print can be relied on: a simple measure of our own, 0 to 100. It is not NFIQ 2.

NFIQ 2 (ISO/IEC 29794-4) is the standard; it can take this one's place behind :class:`QualityMeasure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rso.biometrics.images import FingerImage
from rso.biometrics.minutiae import Minutia

DEFAULT_FLOOR = 20
"""Default, not a rule: below it a print is not searched with. An arrangement may ask for more."""


@dataclass(frozen=True, slots=True)
class Quality:
    """``value`` is 0 (useless) to 100; the parts, 0 to 1 each but the counts, say what it came from."""

    value: int
    clarity: float
    area_mm2: float
    minutiae: int
    measure: str


class QualityMeasure(Protocol):
    """Where quality comes from."""

    def measure(self, image: FingerImage, minutiae: Sequence[Minutia]) -> Quality:
        """The quality of ``image``, in which an extractor found ``minutiae``. Never raises for any image."""
        ...
