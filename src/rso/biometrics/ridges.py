"""Where in an image there are ridges, and how clear they are.

The image is cut into windows of 32 x 32 pixels at 500 ppi, one every 16. Clear ridges put nearly all of a window's
energy into one spatial frequency with the period of ridges; noise, edges, text and faces do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from rso.biometrics.images import FingerImage
from rso.biometrics.minutiae import PPI

STEP = 16
"""Pixels at 500 ppi from one window to the next (0.8 mm)."""
SHORTEST_PERIOD, LONGEST_PERIOD = 5.0, 16.0
"""Pixels at 500 ppi from ridge to ridge: adults have about 9, small children 6."""
LEAST_CONTRAST = 4.0
"""Standard deviation of grey values (0..255) under which a window is blank."""
LEAST_CLARITY = 0.25
"""Share of the energy from which on a window counts as ridges. Noise has about 0.1."""

_SIDE = 32
_SHADE = 8  # pixels: what changes more slowly than this is light and pressure, not ridges
_HANN = np.hanning(_SIDE + 2)[1:-1].astype(np.float32)
_WINDOW = np.outer(_HANN, _HANN)
_MM2 = (STEP * 25.4 / PPI) ** 2

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RidgeMap:
    """``clarity`` is 0 to 1 for each window, and ``ridged`` says which count: those clear enough that do not lie
    alone. Shape (rows, columns); window (0, 0) is centred on pixel (0, 0)."""

    clarity: Floats
    ridged: Flags

    @property
    def area_mm2(self) -> float:
        """How much of the finger is shown, counting windows with ridges."""
        return float(np.count_nonzero(self.ridged) * _MM2)

    @property
    def mean_clarity(self) -> float:
        """Over the windows with ridges; 0 without any."""
        return float(self.clarity[self.ridged].mean()) if self.ridged.any() else 0.0

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in pixels of the smallest box with all ridges and a margin of a window."""
        rows, columns = np.nonzero(self.ridged)
        if not rows.size:
            return 0, 0, width, height
        left, top = int(columns.min()) * STEP - _SIDE, int(rows.min()) * STEP - _SIDE
        right, bottom = int(columns.max()) * STEP + _SIDE, int(rows.max()) * STEP + _SIDE
        return max(left, 0), max(top, 0), min(right, width), min(bottom, height)


def at_500_ppi(image: FingerImage) -> NDArray[np.uint8]:
    """The pixels resampled (bicubic, smoothed where made smaller) from the declared resolution to 500 ppi."""
    if image.resolution_ppi == PPI:
        return image.pixels
    scale = PPI / image.resolution_ppi
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(Image.fromarray(image.pixels).resize(size, Image.Resampling.BICUBIC))


def ridge_map(pixels: NDArray[np.uint8]) -> RidgeMap:
    """The ridges of an image at 500 ppi."""
    shade = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(_SHADE)), np.float32)
    padded = np.pad(pixels - shade, _SIDE // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (_SIDE, _SIDE))[::STEP, ::STEP]
    # one row of windows at a time: a large image would otherwise need much memory at once
    clarity = np.stack([_clarity(row) for row in windows])
    return RidgeMap(clarity, _together(clarity >= LEAST_CLARITY))


def _together(flags: Flags) -> Flags:
    """Those of ``flags`` with at least three others set among the eight around them."""
    wide = np.pad(flags, 1).astype(np.int8)
    height, width = flags.shape
    around = sum(wide[dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3))
    return flags & (np.asarray(around) > 3)


def _clarity(windows: Floats) -> Floats:
    """The share of each window's energy that lies at and around its strongest ridge-like frequency."""
    flat = windows - windows.mean(axis=(1, 2), keepdims=True)
    contrast = flat.std(axis=(1, 2))
    energy = np.abs(np.fft.fft2(flat * _WINDOW)) ** 2
    total = energy.sum(axis=(1, 2))
    energy *= _BAND
    around = sum(np.roll(energy, (dy, dx), (1, 2)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
    peak = np.asarray(around).max(axis=(1, 2))
    share = 2 * peak / np.maximum(total, 1e-6)  # twice: a real image has every frequency on both sides
    clear: Floats = np.where(contrast >= LEAST_CONTRAST, np.minimum(share, 1), 0).astype(np.float32)
    return clear


def _ridge_band() -> NDArray[np.bool_]:
    cycles = np.fft.fftfreq(_SIDE)
    radius = np.hypot(cycles[:, None], cycles[None, :])
    band: NDArray[np.bool_] = (radius >= 1 / LONGEST_PERIOD) & (radius <= 1 / SHORTEST_PERIOD)
    return band


_BAND = _ridge_band()
