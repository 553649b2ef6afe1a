"""From a finger image to a template."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rso.biometrics.images import FingerImage
from rso.biometrics.minutiae import Template
from rso.biometrics.quality import Quality


class Shortfall(StrEnum):
    """Why there is no template."""

    NO_RIDGES = "no-ridges"
    TOO_FEW_MINUTIAE = "too-few-minutiae"


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
    """LEADER (University of Bologna) by ONNX Runtime. Loads its model at first use; threads may share it."""

    name = "leader"

    def __init__(self, *, threads: int = 1) -> None:
        self.threads = threads

    def extract(self, image: FingerImage) -> Extraction:
        raise NotImplementedError
