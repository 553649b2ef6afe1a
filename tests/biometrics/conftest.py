"""Extraction takes half a second an image, so what the tests share is extracted once: 19 images in all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rso.biometrics.extraction import LeaderExtractor
from rso.biometrics.images import read_image
from rso.biometrics.minutiae import Kind, Minutia, Template
from rso.biometrics.synthetic import synthetic_print

REAL = [("DB1_B", 500, finger, number) for finger in (101, 104, 107) for number in (1, 2)]
REAL += [("DB2_B", 569, finger, number) for finger in (102, 105, 108) for number in (1, 2)]
Key = tuple[str, int]


@pytest.fixture(scope="session")
def extractor() -> LeaderExtractor:
    return LeaderExtractor()


@pytest.fixture(scope="session")
def real(prints: Path, extractor: LeaderExtractor) -> dict[tuple[Key, int], Template]:
    """Templates of six real fingers, two impressions each: ((database, finger), impression)."""
    found = {}
    for database, ppi, finger, number in REAL:
        data = (prints / database / f"{finger}_{number}.tif").read_bytes()
        template = extractor.extract(read_image(data, resolution_ppi=ppi)).template
        assert template is not None
        found[(database, finger), number] = template
    return found


@pytest.fixture(scope="session")
def invented(extractor: LeaderExtractor) -> dict[tuple[int, int], Template]:
    """Templates of two synthetic fingers, two impressions each: (seed, impression)."""
    found = {}
    for seed in (1, 2):
        for impression in (0, 1):
            template = extractor.extract(synthetic_print(seed, impression=impression).image).template
            assert template is not None
            found[seed, impression] = template
    return found


@pytest.fixture
def scattered() -> Callable[..., Template]:
    """Makes templates with minutiae anywhere: enough where a test needs templates but no finger."""

    def make(seed: int, many: int = 40, side: int = 400) -> Template:
        random = np.random.default_rng(seed)
        rows = random.integers(0, (side, side, 256, 2, 101), (many, 5)).tolist()
        minutiae = [Minutia(x, y, angle, Kind(kind), quality) for x, y, angle, kind, quality in rows]
        return Template.of(minutiae, width=side, height=side, quality=60)

    return make
