"""What was judged relevant is found, in each language. Whoever wrote the queries saw no rule."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.search.judged import CORPORA, Corpus

from rso.search.actions import put_new
from rso.search.entries import Entry
from rso.search.queries import find

pytestmark = pytest.mark.django_db
#: Below the least that was measured (docs/benchmarks.md), so that only a loss fails.
LEAST = 0.95


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.language)
def test_what_was_judged_relevant_is_found(corpus: Corpus) -> None:
    texts = [Entry("text", one["id"], corpus.language, one["title"], one["text"], "/") for one in corpus.documents]
    put_new(texts, now=datetime(2026, 11, 27, tzinfo=UTC))
    shares = []
    for query in corpus.queries:
        found = {one.ref for one in find(query["query"], language=corpus.language, limit=20).documents}
        shares.append(len(found & set(query["relevant"])) / len(query["relevant"]))
    assert sum(shares) / len(shares) >= LEAST
