"""What every test needs: where the real data is, and a data folder that vanishes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parent.parent
# Settings make their secret and their folders under RSO_DATA: a test run gets a folder of its own.
os.environ.setdefault("RSO_DATA", tempfile.mkdtemp(prefix="rso-test-"))
os.environ.setdefault("RSO_PSEUDO_LOCALES", "yes")

# Hypothesis's deadline is an assertion on how long something took, and a busy machine does not keep it.
settings.register_profile("rso", parent=settings(), deadline=None)
settings.load_profile("rso")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real test data; tests that need it skip, saying so, where it is absent."""
    folder = Path(os.environ.get("RSO_TEST_DATA", CHECKOUT.parent / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}: set RSO_TEST_DATA to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def prints(data: Path) -> Path:
    """The real prints of FVC2002."""
    folder = data / "fingerprints" / "fvc2002"
    if not folder.is_dir():
        pytest.skip(f"no real prints at {folder}")
    return folder


def pytest_configure(config: pytest.Config) -> None:
    """Static files are not what tests of views are about, and WhiteNoise walks all of them for every client."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        from django.conf import settings

        middleware = "whitenoise.middleware.WhiteNoiseMiddleware"
        if settings.configured and middleware in settings.MIDDLEWARE:
            settings.MIDDLEWARE.remove(middleware)


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    """A request leaves its language in the thread: the next test begins without it."""
    yield
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        from django.utils import translation

        translation.deactivate()
