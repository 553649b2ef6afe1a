from __future__ import annotations

import numpy as np
import pytest

from rso.biometrics import synthetic
from rso.biometrics.images import to_png
from rso.biometrics.ridges import ridge_map
from rso.biometrics.synthetic import synthetic_print
from rso.biometrics.synthetic_ridges import SHARES, Pattern, draw_pattern


def test_the_same_seed_gives_the_same_bytes_and_says_synthetic() -> None:
    first = synthetic_print(4, impression=2, finger=7)
    synthetic._finger.cache_clear()
    second = synthetic_print(4, impression=2, finger=7)
    assert to_png(first.image) == to_png(second.image)
    assert first.synthetic
    assert (first.image.finger, first.image.resolution_ppi) == (7, 500)
    assert first.image.pixels.shape == (400, 320)


def test_fingers_and_impressions_differ() -> None:
    pixels = [
        synthetic_print(seed, impression=impression).image.pixels
        for seed, impression in ((4, 0), (4, 1), (4, 2), (5, 0))
    ]
    for i, mine in enumerate(pixels):
        for other in pixels[i + 1 :]:
            assert np.abs(mine.astype(int) - other).mean() > 10


@pytest.mark.parametrize("pattern", list(Pattern))
def test_every_pattern_is_made_of_clear_ridges(pattern: Pattern) -> None:
    made = synthetic_print(6, pattern=pattern)
    assert made.pattern is pattern
    ridges = ridge_map(made.image.pixels)
    assert ridges.mean_clarity > 0.6
    assert ridges.area_mm2 > 150


def test_patterns_are_drawn_as_often_as_people_have_them() -> None:
    random = np.random.default_rng(1)
    drawn = [draw_pattern(random) for _ in range(2000)]
    for pattern, share in SHARES.items():
        assert drawn.count(pattern) / 2000 == pytest.approx(share, abs=0.04)
