"""Finger images, and reading them from files that strangers send.

Decoding runs in a limited process of its own (:mod:`rso.biometrics.reader`), never in the caller's: an image
file is the most dangerous input that a node takes from outside.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rso.biometrics.errors import ImageError
from rso.biometrics.reader import ReaderLimits, shared_reader

MIN_PPI = 250
MAX_PPI = 2000
MIN_MM = 4.0
"""A side of a usable print, in millimetres: less cannot show enough of a finger."""
MAX_MM = 110.0
MAX_PIXELS = ReaderLimits().pixels
"""More than any single finger needs at 2000 ppi; checked from the header, before anything is decoded."""
MAX_FILE_BYTES = ReaderLimits().file_bytes
FINGERS = range(11)
"""Finger positions of ANSI/NIST-ITL: 0 unknown, 1..5 right thumb to little, 6..10 left thumb to little."""


@dataclass(frozen=True, eq=False)
class FingerImage:
    """One finger: ``pixels`` is a uint8 array of shape (height, width), 0 black; dark ridges on light.

    ``resolution_ppi`` is pixels an inch as declared by the sender; ``finger`` a position of :data:`FINGERS`.
    Raises :class:`ImageError` (``wrong-resolution``, ``wrong-finger``, ``too-small``, ``too-large``).
    """

    pixels: NDArray[np.uint8]
    resolution_ppi: int
    finger: int = 0

    def __post_init__(self) -> None:
        check_declaration(self.resolution_ppi, self.finger)
        if self.pixels.ndim != 2 or self.pixels.dtype != np.uint8:
            raise TypeError("pixels must be a uint8 array of shape (height, width)")
        if self.pixels.size > MAX_PIXELS:
            raise ImageError("too-large", f"The image has more than {MAX_PIXELS:,} pixels.")
        shortest, longest = min(self.pixels.shape), max(self.pixels.shape)
        if shortest * 25.4 < MIN_MM * self.resolution_ppi:
            raise ImageError("too-small", f"The image shows less than {MIN_MM:g} mm of a finger.")
        if longest * 25.4 > MAX_MM * self.resolution_ppi:
            raise ImageError(
                "wrong-resolution",
                f"At this resolution the image would be more than {MAX_MM:g} mm long: check the resolution.",
            )
        self.pixels.setflags(write=False)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def check_declaration(resolution_ppi: int, finger: int) -> None:
    """Raises :class:`ImageError` if what is declared about an image cannot be true."""
    if not MIN_PPI <= resolution_ppi <= MAX_PPI:
        raise ImageError("wrong-resolution", f"The resolution must be {MIN_PPI} to {MAX_PPI} pixels an inch.")
    if finger not in FINGERS:
        raise ImageError("wrong-finger", "The finger position must be 0 (unknown) to 10.")


def read_image(data: bytes, *, resolution_ppi: int, finger: int = 0) -> FingerImage:
    """The finger image in the PNG, BMP or TIFF file ``data``, decoded in a limited process.

    The resolution is what the sender declares: tags inside such files are often wrong and are not believed.
    Raises :class:`ImageError`; its ``code`` says why.
    """
    check_declaration(resolution_ppi, finger)
    return FingerImage(shared_reader().read(data), resolution_ppi, finger)


def to_png(image: FingerImage) -> bytes:
    """``image`` as a plain 8-bit grey PNG without any metadata: what travels in a probe. Lossless."""
    out = io.BytesIO()
    Image.fromarray(image.pixels).save(out, "PNG", optimize=False)
    return out.getvalue()
