"""The judged texts, as the measurement reads them."""

from __future__ import annotations

from rso.bench.searching import Corpus, corpora

CORPORA = corpora()
__all__ = ["CORPORA", "Corpus"]
