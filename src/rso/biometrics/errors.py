"""What can go wrong with an image, a template or the model, under codes that never change."""

from __future__ import annotations

from rso.base.errors import RsoError


class BiometricError(RsoError):
    """Root of the errors of this package."""


class ImageError(BiometricError):
    """An image cannot be used. ``code`` is one of :data:`IMAGE_CODES`."""


class ReaderUnavailableError(BiometricError):
    """The limited process cannot be started now (``reader-unavailable``): a fault of this machine, never of the
    image. Whoever has time tries again; nothing may be concluded about the image."""

    def __init__(self) -> None:
        super().__init__("reader-unavailable", "Images cannot be read at the moment. Try again in a few minutes.")


class TemplateError(BiometricError):
    """Bytes are not a template, or minutiae do not fit in one. ``code`` is one of :data:`TEMPLATE_CODES`."""


class ModelError(BiometricError):
    """The extraction model is missing or is not the one that was examined (``model-missing``,
    ``model-changed``): a fault of the installation, never of the image."""


IMAGE_CODES = frozenset(
    {
        "not-an-image",
        "unsupported-format",
        "too-large",
        "too-small",
        "truncated",
        "bomb",
        "wrong-resolution",
        "wrong-finger",
        "timed-out",
        "reader-failed",
    }
)
TEMPLATE_CODES = frozenset(
    {"template-truncated", "template-version", "template-limit", "template-malformed", "template-extractor"}
)
