"""Fingerprints of nobody, from a seed: for demonstrations, tests and scale."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rso.biometrics.images import FingerImage


class Pattern(StrEnum):
    """The class of a print."""

    ARCH = "arch"
    LEFT_LOOP = "left-loop"
    RIGHT_LOOP = "right-loop"
    WHORL = "whorl"


@dataclass(frozen=True, eq=False)
class SyntheticPrint:
    """An impression of a finger that never was. ``synthetic`` is there for callers to hand on and to show."""

    image: FingerImage
    seed: int
    impression: int
    pattern: Pattern
    synthetic: bool = True


def synthetic_print(
    seed: int, *, impression: int = 0, finger: int = 0, pattern: Pattern | None = None
) -> SyntheticPrint:
    """Impression number ``impression`` of the finger ``seed``: the same arguments give the same bytes.

    Impression 0 is whole and straight; the others are turned, shifted, bent, partial and noisy.
    500 ppi, 320 x 400 pixels. ``pattern`` None draws one as often as people have it.
    """
    raise NotImplementedError
