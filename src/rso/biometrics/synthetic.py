"""Fingerprints of nobody, from a seed: for demonstrations, tests and scale.

They are there to be matched by the same programs as real prints, not to be taken for real: accuracy measured on
them says nothing of accuracy on people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rso.biometrics.images import FingerImage
from rso.biometrics.minutiae import PPI
from rso.biometrics.synthetic_ridges import (
    HEIGHT,
    WIDTH,
    Floats,
    Pattern,
    draw_pattern,
    grow_ridges,
    orientation_field,
)

PRINT_WIDTH, PRINT_HEIGHT = 320, 400


@dataclass(frozen=True, eq=False)
class SyntheticPrint:
    """An impression of a finger that never was. ``synthetic`` is there for callers to hand on and to show."""

    image: FingerImage
    seed: int
    impression: int
    pattern: Pattern
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Touch:
    """How a finger was put down: radians, pixels, and shares from 0 to 1."""

    turn: float
    shift_x: float
    shift_y: float
    stretch: float
    cover: float
    pressure: float
    contrast: float
    noise: float

    @classmethod
    def draw(cls, impression: int, random: np.random.Generator) -> Touch:
        """Impression 0 is straight and whole; the others are as people give them."""
        if impression == 0:
            return cls(0, 0, 0, 0, 1.0, 0, 1.0, 0.15)
        return cls(
            turn=float(random.uniform(-0.3, 0.3)),
            shift_x=float(random.uniform(-22, 22)),
            shift_y=float(random.uniform(-28, 28)),
            stretch=float(random.uniform(1, 4)),
            cover=float(random.uniform(0.78, 1.0)),
            pressure=float(random.uniform(-0.3, 0.3)),
            contrast=float(random.uniform(0.65, 1.0)),
            noise=float(random.uniform(0.15, 0.45)),
        )


def synthetic_print(
    seed: int, *, impression: int = 0, finger: int = 0, pattern: Pattern | None = None
) -> SyntheticPrint:
    """Impression number ``impression`` of the finger ``seed``: the same arguments give the same bytes.

    Impression 0 is whole and straight; the others are turned, shifted, bent, partial and noisy.
    500 ppi, 320 x 400 pixels. ``pattern`` None draws one as often as people have it. Both numbers are 0 or more.
    """
    ridges, drawn = _finger(seed, pattern)
    random = np.random.default_rng((seed, impression, 1))
    pixels = _impression(ridges, Touch.draw(impression, random), random)
    return SyntheticPrint(FingerImage(pixels, PPI, finger), seed, impression, drawn)


@lru_cache(maxsize=8)
def _finger(seed: int, pattern: Pattern | None) -> tuple[Floats, Pattern]:
    random = np.random.default_rng((seed, 0))
    drawn = draw_pattern(random)
    kind = pattern or drawn
    ridges = grow_ridges(orientation_field(kind, random), random)
    ridges.setflags(write=False)
    return ridges, kind


def _impression(ridges: Floats, touch: Touch, random: np.random.Generator) -> NDArray[np.uint8]:
    y, x = np.mgrid[:PRINT_HEIGHT, :PRINT_WIDTH].astype(np.float32)
    x, y = x - PRINT_WIDTH / 2, y - PRINT_HEIGHT / 2
    contact = _contact(x, y, touch, random)
    bend_x, bend_y = (touch.stretch * _smooth(random, 5) for _ in range(2))
    cosine, sine = np.float32(np.cos(touch.turn)), np.float32(np.sin(touch.turn))
    at_x = cosine * x - sine * y + np.float32(touch.shift_x) + bend_x + WIDTH / 2
    at_y = sine * x + cosine * y + np.float32(touch.shift_y) + bend_y + HEIGHT / 2
    height = _sample(ridges, at_x, at_y) + np.float32(touch.pressure)
    height += np.float32(touch.noise) * (_smooth(random, 40) + 0.6 * _smooth(random, 160))
    ink = contact / (1 + np.exp(-5 * height))
    grey = 242 - np.float32(190 * touch.contrast) * ink
    grey += random.normal(0, 4, grey.shape)
    pixels: NDArray[np.uint8] = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return pixels


def _contact(x: Floats, y: Floats, touch: Touch, random: np.random.Generator) -> Floats:
    """1 where the finger touches, 0 where it does not, with a soft and uneven edge."""
    wide, high = 0.45 * PRINT_WIDTH * touch.cover, 0.46 * PRINT_HEIGHT * touch.cover
    away = np.sqrt((x / wide) ** 2 + (y / high) ** 2) + 0.05 * _smooth(random, 5)
    touched: Floats = (1 / (1 + np.exp((away - 0.97) * 30))).astype(np.float32)
    return touched


def _smooth(random: np.random.Generator, knots: int) -> Floats:
    """Random values of about -1 to 1 that change over 1/``knots`` of the height."""
    coarse = random.standard_normal((knots, max(2, knots * PRINT_WIDTH // PRINT_HEIGHT)), np.float32)
    size = (PRINT_WIDTH, PRINT_HEIGHT)
    return np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), np.float32)


def _sample(ridges: Floats, x: Floats, y: Floats) -> Floats:
    """``ridges`` between its pixels (bilinear); the edge goes on beyond the edge."""
    x, y = np.clip(x, 0, WIDTH - 1.001), np.clip(y, 0, HEIGHT - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    fx, fy = x - left, y - top
    above = ridges[top, left] * (1 - fx) + ridges[top, left + 1] * fx
    below = ridges[top + 1, left] * (1 - fx) + ridges[top + 1, left + 1] * fx
    sampled: Floats = above * (1 - fy) + below * fy
    return sampled
