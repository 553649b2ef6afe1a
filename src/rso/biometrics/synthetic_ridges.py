"""The ridges of a finger that never was: an orientation field, and a pattern that grows along it out of noise.

The field is the zero-pole model (Sherlock and Monro 1993): each core turns it by half a turn, each delta by half a
turn back. The pattern is noise filtered again and again by Gabor filters along the field, as in SFinGe (Cappelli
2004); minutiae appear by themselves where ridges cannot all go on.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 432, 512
"""Pixels at 500 ppi of the whole finger, more than any impression shows."""
ROUNDS = 9
ORIENTATIONS = 20
GAIN = 4.0

Floats = NDArray[np.float32]


class Pattern(StrEnum):
    """The class of a print."""

    ARCH = "arch"
    LEFT_LOOP = "left-loop"
    RIGHT_LOOP = "right-loop"
    WHORL = "whorl"


SHARES = {Pattern.ARCH: 0.07, Pattern.LEFT_LOOP: 0.33, Pattern.RIGHT_LOOP: 0.32, Pattern.WHORL: 0.28}
"""About how often people have them."""


def draw_pattern(random: np.random.Generator) -> Pattern:
    """A pattern, as often as people have it."""
    return list(SHARES)[int(random.choice(len(SHARES), p=list(SHARES.values())))]


def orientation_field(pattern: Pattern, random: np.random.Generator) -> Floats:
    """The direction of the ridges in radians at each pixel, shape (HEIGHT, WIDTH), y downwards."""
    shake = random.uniform(-1, 1, 8)
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    x -= WIDTH / 2 + 10 * shake[0]
    y -= HEIGHT / 2 + 12 * shake[1]
    if pattern is Pattern.ARCH:
        bend = (1.0 + 0.3 * shake[2]) * np.exp(-(((y - 20) / 110) ** 2))
        field: Floats = np.arctan(bend * np.sin(x / (58 + 8 * shake[3])) * np.exp(-((x / 190) ** 2)))
        return field.astype(np.float32)
    return _zero_pole(x, y, *_singularities(pattern, shake))


def _singularities(
    pattern: Pattern, shake: NDArray[np.float64]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Cores and deltas as (x, y) from the middle."""
    if pattern is Pattern.WHORL:
        cores = [(6 * shake[2], -34 + 8 * shake[3]), (6 * shake[4], 14 + 12 * shake[5])]
        deltas = [(-125 + 15 * shake[6], 118 + 15 * shake[5]), (125 + 15 * shake[7], 118 + 15 * shake[4])]
        return cores, deltas
    side = 1 if pattern is Pattern.LEFT_LOOP else -1
    return [(10 * shake[2], -18 + 12 * shake[3])], [(side * (105 + 20 * shake[4]), 108 + 18 * shake[5])]


def _zero_pole(x: Floats, y: Floats, cores: list[tuple[float, float]], deltas: list[tuple[float, float]]) -> Floats:
    turn = np.zeros_like(x)
    for sign, points in ((1, cores), (-1, deltas)):
        for px, py in points:
            turn += sign * np.arctan2(y - py, x - px)
    half: Floats = (turn / 2).astype(np.float32)
    return half


def grow_ridges(field: Floats, random: np.random.Generator) -> Floats:
    """The pattern, -1 in valleys to 1 on ridges, shape (HEIGHT, WIDTH)."""
    filters = _filters(float(random.uniform(8.3, 9.7)))
    place = np.mod(field, np.pi) * np.float32(ORIENTATIONS / np.pi)
    lower = np.floor(place).astype(np.int64)
    weight = place - lower
    pattern = random.standard_normal((HEIGHT, WIDTH), np.float32)
    for _ in range(ROUNDS):
        pattern = _along(pattern, filters, lower % ORIENTATIONS, weight)
        pattern = np.tanh(pattern * np.float32(GAIN / max(float(pattern.std()), 1e-6) / 2))
    return pattern


def _along(pattern: Floats, filters: Floats, lower: NDArray[np.int64], weight: Floats) -> Floats:
    """``pattern`` filtered at each pixel along its own direction, between the two nearest of the filters."""
    spectrum = np.fft.rfft2(pattern)
    grown = np.zeros_like(pattern)
    for number, response in enumerate(filters):
        share = np.where(lower == number, 1 - weight, np.float32(0))
        share = np.where(lower == (number - 1) % ORIENTATIONS, weight, share)
        grown += share * np.fft.irfft2(spectrum * response, pattern.shape)
    return grown


def _filters(period: float) -> Floats:
    """Gabor filters in the frequency domain, shape (ORIENTATIONS, HEIGHT, WIDTH // 2 + 1)."""
    down, right = np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH)[None, :]
    spread = 2 * 0.026**2
    filters = []
    for angle in np.arange(ORIENTATIONS) * np.pi / ORIENTATIONS:
        across = -np.sin(angle) / period, np.cos(angle) / period  # ridges run along the angle, waves across
        one = (right - across[0]) ** 2 + (down - across[1]) ** 2
        other = (right + across[0]) ** 2 + (down + across[1]) ** 2
        filters.append(np.exp(-one / spread) + np.exp(-other / spread))
    return np.asarray(filters, np.float32)
