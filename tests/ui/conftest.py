"""Every test begins in English, with the two made-up languages at hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from rso.ui import pseudo


@pytest.fixture(scope="session", autouse=True)
def _made_up_languages() -> None:
    if not settings.RSO_PSEUDO_LOCALES:
        settings.LANGUAGES = [*settings.LANGUAGES, *pseudo.LANGUAGES]
        trans_real.get_languages.cache_clear()
        pseudo.install()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language behind in the thread: here it ends with the test."""
    with translation.override("en"):
        yield
