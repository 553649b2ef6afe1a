from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from rso.biometrics.extraction import LEAST_AREA_MM2
from rso.biometrics.images import FingerImage
from rso.biometrics.minutiae import Kind, Minutia
from rso.biometrics.quality import DEFAULT_FLOOR, RidgeQuality
from rso.biometrics.ridges import at_500_ppi, ridge_map


def waves(period: float, contrast: float = 100, side: int = 320) -> NDArray[np.uint8]:
    y, x = np.mgrid[:side, :side]
    across = (x + 0.6 * y) / np.hypot(1, 0.6)
    return np.asarray(128 + contrast * np.sin(across * 2 * np.pi / period), np.uint8)


def page_of_text() -> NDArray[np.uint8]:
    page = Image.new("L", (400, 400), 255)
    draw = ImageDraw.Draw(page)
    for line in range(20):
        draw.text((20, 15 + 18 * line), "a text is no finger, whatever it says " * 2, fill=0)
    return np.array(page)


@pytest.mark.parametrize("period", [6, 9, 12])
def test_waves_with_the_period_of_ridges_are_clear(period: float) -> None:
    ridges = ridge_map(waves(period))
    assert ridges.mean_clarity > 0.8
    assert ridges.area_mm2 == pytest.approx((320 * 25.4 / 500) ** 2, rel=0.15)


def test_neither_blank_nor_noise_nor_shade_is_ridges() -> None:
    random = np.random.default_rng(1)
    shade = np.tile(np.arange(400) // 2, (400, 1)).astype(np.uint8)
    noise = random.integers(0, 256, (400, 400)).astype(np.uint8)
    for pixels in (np.full((400, 400), 255, np.uint8), noise, shade, waves(9, contrast=3), waves(60)):
        assert ridge_map(pixels).area_mm2 < LEAST_AREA_MM2 / 5


def test_the_box_holds_the_ridges_and_not_the_rest() -> None:
    pixels = np.full((600, 700), 255, np.uint8)
    pixels[200:360, 320:480] = waves(9)[:160, :160]
    left, top, right, bottom = ridge_map(pixels).box(700, 600)
    assert 250 <= left <= 320
    assert 480 <= right <= 550
    assert 130 <= top <= 200
    assert 360 <= bottom <= 430
    assert ridge_map(np.full((600, 700), 255, np.uint8)).box(700, 600) == (0, 0, 700, 600)


def test_resampling_goes_by_the_declared_resolution() -> None:
    image = FingerImage(waves(18), 1000)
    assert at_500_ppi(image).shape == (160, 160)
    assert ridge_map(at_500_ppi(image)).mean_clarity > 0.8


def test_quality_needs_ridges_area_and_minutiae() -> None:
    measure = RidgeQuality().measure
    some = [Minutia(i, i, 0, Kind.ENDING, 90) for i in range(40)]
    whole, blank = ridge_map(waves(9)), ridge_map(np.full((320, 320), 255, np.uint8))
    assert measure(whole, some).value > 90
    assert measure(whole, some[:10]).value < measure(whole, some[:20]).value < measure(whole, some).value
    assert measure(ridge_map(waves(9)[:90, :90]), some).value < measure(whole, some).value
    assert measure(blank, some).value == measure(whole, []).value == 0
    assert 0 < DEFAULT_FLOOR < 100


def test_a_page_of_text_has_few_windows_that_look_like_ridges() -> None:
    assert ridge_map(page_of_text()).mean_clarity < 0.6
