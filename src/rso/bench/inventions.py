"""Invented people and prints to measure with: nothing in them is anybody's."""

from __future__ import annotations

import numpy as np

from rso.biometrics.images import FingerImage, to_png
from rso.biometrics.minutiae import Kind, Minutia, Template
from rso.biometrics.synthetic import synthetic_print
from rso.node.gallery.actions import ReadFinger
from rso.policy.protection import Origin, ProtectionState, Reply

_SIDE = 400
_MINUTIAE = 40


def nobody() -> ProtectionState:
    """A person whom no question of protection concerns, of the state that takes no part in the question."""
    home = Origin.known("XCS")
    return ProtectionState(
        asylum_seeker=Reply.NO,
        refugee=Reply.NO,
        stateless=Reply.NO,
        trafficking_victim=Reply.NO,
        child=Reply.NO,
        nationality=home,
        residence=home,
        feared=Origin.known(),
    )


def scattered_finger(seed: int) -> ReadFinger:
    """A finger of forty minutiae anywhere, which matches nothing, with a small grey square as its image."""
    random = np.random.default_rng(seed)
    rows = random.integers(0, (_SIDE, _SIDE, 256, 2, 101), (_MINUTIAE, 5)).tolist()
    minutiae = [Minutia(x, y, angle, Kind(kind), quality) for x, y, angle, kind, quality in rows]
    template = Template.of(minutiae, width=_SIDE, height=_SIDE, quality=60)
    grey = FingerImage(np.full((96, 96), 128, np.uint8), 500, 1)
    return ReadFinger(1, 500, to_png(grey), template.encode(), 60)


def print_png(seed: int) -> bytes:
    """A synthetic print as the file that an officer would choose."""
    return to_png(synthetic_print(seed, finger=1).image)
