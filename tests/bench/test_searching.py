"""The judged texts hold what they promise, and a tiny run gives every figure."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from click.testing import CliRunner

from rso.bench.searching import Corpus, corpora
from rso.cli.main import main

LANGUAGES = {"ar", "bn", "en", "fa-AF", "id", "ja", "km", "ko", "lo", "mn"}
LANGUAGES |= {"ms", "my", "ne", "si", "ta", "th", "ur", "vi", "zh"}


def test_all_languages_are_there() -> None:
    assert {one.language for one in corpora()} == LANGUAGES


@pytest.mark.parametrize("corpus", corpora(), ids=lambda corpus: corpus.language)
def test_every_query_is_judged_on_texts_that_are_there(corpus: Corpus) -> None:
    ids = [document["id"] for document in corpus.documents]
    assert len(set(ids)) == len(ids) == 30
    assert len({query["query"] for query in corpus.queries}) == len(corpus.queries) == 24
    for query in corpus.queries:
        assert query["relevant"]
        assert set(query["relevant"]) <= set(ids)
    assert Counter(query["kind"] for query in corpus.queries) == {"word": 9, "words": 6, "form": 5, "inside": 4}
    assert "no native speaker" in corpus.written_by


@pytest.mark.slow
def test_a_tiny_run_gives_every_figure() -> None:
    done = CliRunner().invoke(main, ["bench", "search", "--documents", "600", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told["languages"]) == LANGUAGES
    assert all(0.5 < found["recall"] <= 1 and found["queries"] == 24 for found in told["languages"].values())
    assert told["documents"] == 600
    assert 0 < told["median_ms"] <= told["p95_ms"]
    assert told["database"] == "sqlite"
