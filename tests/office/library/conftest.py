"""A place for files, and the words of the search, for each test of the library."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.RSO_FILES = tmp_path / "files"
    cache.clear()  # a test that is rolled back gives its keys to the next one
