"""How well extractor and matcher tell fingers apart, on databases of the FVC form.

Protocol "allX": in each database every genuine pair and every pair of different fingers, all impressions; pooled
over the databases at one threshold; a print that fails to extract scores 0. Intervals are a bootstrap over fingers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rso.base.clock import cpu_seconds
from rso.biometrics.extraction import Extractor
from rso.biometrics.images import FingerImage, read_image
from rso.biometrics.matching import Matcher
from rso.biometrics.minutiae import Template

Floats = NDArray[np.float64]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Impression:
    """One image of a database: ``FINGER_IMPRESSION.tif``, such as ``101_3.tif``."""

    database: str
    finger: str
    number: str
    path: Path
    resolution_ppi: int

    def read(self) -> FingerImage:
        return read_image(self.path.read_bytes(), resolution_ppi=self.resolution_ppi)


@dataclass(frozen=True, slots=True)
class Extracted:
    """Templates by database and (finger, impression), None where there is none; CPU milliseconds an image."""

    templates: Mapping[str, Mapping[tuple[str, str], Template | None]]
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scores, and the numbers of the two fingers of each pair."""

    score: Floats
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cpu_us: float

    @property
    def genuine(self) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = self.first == self.second
        return same


@dataclass(frozen=True, slots=True)
class Rate:
    """A share from 0 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """``fmr100`` is the share of genuine pairs lost at the threshold where one impostor pair in 100 passes."""

    eer: Rate
    fmr100: Rate
    fmr1000: Rate
    genuine: int
    impostor: int
    failures: int
    extract_cpu_ms: float
    compare_cpu_us: float
    template_bytes: float


def impressions(folder: Path) -> Iterator[Impression]:
    """The images below ``folder``, which holds a folder a database and ``resolutions.json`` (name to ppi)."""
    resolutions: dict[str, int] = json.loads((folder / "resolutions.json").read_text())
    if not isinstance(resolutions, dict) or not all(isinstance(ppi, int) for ppi in resolutions.values()):
        raise ValueError("resolutions.json gives each database its pixels an inch")
    for database, ppi in sorted(resolutions.items()):
        for path in sorted((folder / database).glob("*.tif")):
            finger, _, number = path.stem.partition("_")
            yield Impression(database, finger, number, path, ppi)


def extract_all(images: Sequence[Impression], extractor: Extractor, progress: Progress | None = None) -> Extracted:
    """The templates of ``images``; ``progress`` is called with the number done. Decoding is not timed."""
    templates: dict[str, dict[tuple[str, str], Template | None]] = {}
    spent = 0.0
    for done, image in enumerate(images, 1):
        print_ = image.read()
        begun = cpu_seconds()
        template = extractor.extract(print_).template
        spent += cpu_seconds() - begun
        templates.setdefault(image.database, {})[image.finger, image.number] = template
        if progress is not None:
            progress(done)
    return Extracted(templates, 1000 * spent / max(len(images), 1))


def compare_all(extracted: Extracted, matcher: Matcher) -> Pairs:
    """Every pair of impressions within each database, once."""
    scores: list[Floats] = []
    fingers: list[tuple[int, int]] = []
    spent, compared, names = 0.0, 0, dict[tuple[str, str], int]()
    for database, prints in extracted.templates.items():
        keys = sorted(prints)
        numbers = [names.setdefault((database, finger), len(names)) for finger, _ in keys]
        kept = [place for place, key in enumerate(keys) if prints[key] is not None]
        shelf = matcher.shelf([template for key in keys if (template := prints[key]) is not None])
        for place, key in enumerate(keys):
            row = np.zeros(len(keys))
            if (template := prints[key]) is not None:
                begun = cpu_seconds()
                row[kept] = shelf.scores(template)
                spent, compared = spent + cpu_seconds() - begun, compared + len(shelf)
            scores.append(row[place + 1 :])
            fingers.extend((numbers[place], other) for other in numbers[place + 1 :])
    first, second = np.array(fingers, np.int64).T
    return Pairs(np.concatenate(scores), first, second, 1e6 * spent / max(compared, 1))


def figures(extracted: Extracted, pairs: Pairs, *, samples: int = 500, seed: int = 1) -> Figures:
    """The rates, with intervals from ``samples`` draws of fingers; ``ValueError`` without pairs of both kinds."""
    if pairs.genuine.all() or not pairs.genuine.any():
        raise ValueError("figures need genuine and impostor pairs")
    found = [t for prints in extracted.templates.values() for t in prints.values()]
    sizes = [len(template.encode()) for template in found if template is not None]
    drawn = np.array(list(_resampled(pairs, samples, seed)))
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    value = _rates(pairs, np.ones(len(pairs.score)))
    eer, fmr100, fmr1000 = (Rate(*(float(v) for v in three)) for three in zip(value, low, high, strict=True))
    genuine = int(pairs.genuine.sum())
    return Figures(
        eer,
        fmr100,
        fmr1000,
        genuine,
        len(pairs.score) - genuine,
        len(found) - len(sizes),
        extracted.cpu_ms,
        pairs.cpu_us,
        float(np.mean(sizes)),
    )


def error_rates(pairs: Pairs, threshold: float) -> tuple[float, float]:
    """False match rate and false non-match rate where pairs at or over ``threshold`` match."""
    matched = pairs.score >= threshold
    return float(matched[~pairs.genuine].mean()), float((~matched)[pairs.genuine].mean())


def _resampled(pairs: Pairs, samples: int, seed: int) -> Iterator[tuple[float, float, float]]:
    """The rates of draws of fingers with replacement; a pair counts as often as both of its fingers do.

    A draw without any genuine or any impostor pair, which only very few fingers give, is drawn again.
    """
    random = np.random.default_rng(seed)
    many = int(max(pairs.first.max(), pairs.second.max())) + 1
    while samples > 0:
        times = np.bincount(random.integers(0, many, many), minlength=many)
        weight = np.where(pairs.genuine, times[pairs.first], times[pairs.first] * times[pairs.second])
        if weight[pairs.genuine].any() and weight[~pairs.genuine].any():
            samples -= 1
            yield _rates(pairs, weight.astype(np.float64))


def _rates(pairs: Pairs, weight: Floats) -> tuple[float, float, float]:
    """EER, FMR100 and FMR1000 of weighted pairs."""
    order = np.argsort(-pairs.score, kind="stable")
    score, genuine = pairs.score[order], pairs.genuine[order]
    ours, theirs = np.where(genuine, weight[order], 0), np.where(genuine, 0, weight[order])
    last = np.append(score[1:] != score[:-1], True)  # pairs of one score pass together
    fmr = np.append(0, (theirs.cumsum() / theirs.sum())[last])
    fnmr = np.append(1, (1 - ours.cumsum() / ours.sum())[last])
    cross = int(np.argmin(np.abs(fmr - fnmr)))

    def lost(most: float) -> float:
        return max(float(fnmr[np.searchsorted(fmr, most, side="right") - 1]), 0.0)

    return float((fmr[cross] + fnmr[cross]) / 2), lost(0.01), lost(0.001)
