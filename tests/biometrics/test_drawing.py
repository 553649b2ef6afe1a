from __future__ import annotations

import numpy as np
import pytest

from rso.biometrics.drawing import comparison_sheet
from rso.biometrics.images import FingerImage
from rso.biometrics.matching import Comparison
from rso.biometrics.minutiae import Kind, Minutia, Template


def test_marks_are_in_each_images_own_pixels_and_pairs_have_one_number() -> None:
    probe = Template.of(
        [Minutia(100, 50, 0, Kind.ENDING, 90), Minutia(10, 60, 64, Kind.BIFURCATION, 80)],
        width=200,
        height=200,
        quality=50,
    )
    candidate = Template.of([Minutia(20, 30, 128, Kind.ENDING, 70)], width=200, height=200, quality=50)
    sheet = comparison_sheet(
        FingerImage(np.zeros((400, 400), np.uint8), 1000),
        probe,
        FingerImage(np.zeros((200, 200), np.uint8), 500),
        candidate,
        Comparison(50.0, ((1, 0),)),
    )
    ending, fork = sheet.left.marks
    (theirs,) = sheet.right.marks
    assert (sheet.left.width, sheet.right.width, sheet.pairs) == (400, 200, 1)
    assert (ending.x, ending.y, ending.pair, ending.ending) == (201.0, 101.0, None, True)
    assert (fork.pair, theirs.pair, fork.ending, fork.quality) == (1, 1, False, 80)
    assert (theirs.x, theirs.y) == (20.5, 30.5)
    assert (ending.dx, ending.dy) == pytest.approx((1, 0))
    assert (fork.dx, fork.dy) == pytest.approx((0, -1))
    assert (theirs.dx, theirs.dy) == pytest.approx((-1, 0))
