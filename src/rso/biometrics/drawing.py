"""What the examiner's screen draws for a comparison: coordinates, no markup."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rso.biometrics.images import FingerImage
from rso.biometrics.matching import Comparison
from rso.biometrics.minutiae import PPI, Kind, Template


@dataclass(frozen=True, slots=True)
class Mark:
    """A minutia in the pixels of its own image. ``dx`` and ``dy`` are its direction as a unit vector on the
    screen (y downwards); ``pair`` is its number in the pairing from 1, or None if it has no partner."""

    x: float
    y: float
    dx: float
    dy: float
    ending: bool
    quality: int
    pair: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One side of the screen: the image's size in its own pixels, and the marks on it."""

    width: int
    height: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ComparisonSheet:
    """Both sides; mark ``pair`` n on the left belongs to ``pair`` n on the right."""

    left: Sheet
    right: Sheet
    pairs: int


def comparison_sheet(
    probe_image: FingerImage,
    probe: Template,
    candidate_image: FingerImage,
    candidate: Template,
    comparison: Comparison,
) -> ComparisonSheet:
    """The marks of both prints, with the pairs of ``comparison`` numbered from the best supported."""
    left = {i: n for n, (i, _) in enumerate(comparison.pairs, 1)}
    right = {j: n for n, (_, j) in enumerate(comparison.pairs, 1)}
    return ComparisonSheet(
        _sheet(probe_image, probe, left),
        _sheet(candidate_image, candidate, right),
        len(comparison.pairs),
    )


def _sheet(image: FingerImage, template: Template, numbers: dict[int, int]) -> Sheet:

    scale = image.resolution_ppi / PPI
    marks = tuple(
        Mark(
            x=(m.x + 0.5) * scale,
            y=(m.y + 0.5) * scale,
            dx=math.cos(m.radians),
            dy=-math.sin(m.radians),
            ending=m.kind is Kind.ENDING,
            quality=m.quality,
            pair=numbers.get(i),
        )
        for i, m in enumerate(template.minutiae)
    )
    return Sheet(image.width, image.height, marks)
