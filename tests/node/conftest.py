from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings
from tests.node.region import Region, make_region


@pytest.fixture
def region(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Region]:
    """The node as Avaria, among Borduna, Cestria and the relay. Mark the test with both databases."""
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    yield from make_region(settings, tmp_path)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language behind in the thread: here it ends with the test."""
    with translation.override("en"):
        yield
