"""``rso bench search``: how much of what was judged relevant is found in each language, and how long a search takes.

Run as ``python -m rso.bench.searching DOCUMENTS`` inside an empty office's settings, it prints one JSON object a line:
``{"say": ..}`` while it works, the figures last.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from rso.base.errors import RsoError
from rso.bench import machine
from rso.bench.figures import percentile

Say = Callable[[str], None]
TEXTS: Final = Path(__file__).parent / "data" / "search"
LOOKED_AT: Final = 20
"""Results that are looked at: two pages."""
_TEXT, _FILLER = "text", "filler"
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？။।۔៕])\s*")
_BATCH: Final = 2_000
_SEED: Final = 2_012


@dataclass(frozen=True)
class Corpus:
    """Texts of one language, and queries with the texts that somebody judged relevant to each."""

    language: str
    written_by: str
    documents: tuple[dict[str, str], ...]
    queries: tuple[dict[str, Any], ...]


def corpora(folder: Path = TEXTS) -> list[Corpus]:
    """All that are in the tree, by language."""
    read = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")))
    return [Corpus(one["language"], one["written_by"], tuple(one["documents"]), tuple(one["queries"])) for one in read]


def measure(documents: int, database: str, say: Say) -> dict[str, Any]:
    """Fills an office's index in a folder that is removed afterwards, or in the empty ``database`` (an address as in
    ``RSO_DATABASE_URL``), in a process of its own; gives the figures as plain data.
    """
    with tempfile.TemporaryDirectory(prefix="rso-bench-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RSO_", "DJANGO_"))}
        own = {"RSO_DATA": folder, "DJANGO_SETTINGS_MODULE": "rso.config.settings.office"}
        if database:
            own["RSO_DATABASE_URL"] = database
        command = [sys.executable, "-m", "rso.bench.searching", str(documents)]
        with subprocess.Popen(command, env=kept | own, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told: dict[str, Any] = {}
            for line in process.stdout:
                told = json.loads(line)
                if "say" in told:
                    say(told["say"])
    if process.returncode or "median_ms" not in told:
        raise RsoError("bench-failed", "The measurement ended before its end; what it said stands above.")
    return told


def lines(told: dict[str, Any]) -> list[str]:
    """The figures for people to read."""
    shown = [
        f"{language:6s} {found['recall']:7.1%} of what was judged relevant, over {found['queries']} queries"
        for language, found in told["languages"].items()
    ]
    shown.append(f"{told['median_ms']} ms a search (median), {told['p95_ms']} ms (95 %), {told['documents']} documents")
    return [*shown, f"{told['index_ms']} ms to index a document, {told['database']}"]


# ---------------------------------------------------------------- in the measured process


def _fillers(found: list[Corpus], count: int) -> Iterator[Any]:
    """Texts of sentences of the real ones in another order, so that common words are as common as they are there."""
    from rso.search.entries import Entry

    chance = np.random.default_rng(_SEED)
    sentences = {one.language: [s for d in one.documents for s in _SENTENCE.split(d["text"]) if s] for one in found}
    for number in range(count):
        corpus = found[number % len(found)]
        of = sentences[corpus.language]
        body = " ".join(of[at] for at in chance.integers(len(of), size=4))
        title = corpus.documents[chance.integers(len(corpus.documents))]["title"]
        yield Entry(_FILLER, f"filler-{number}", corpus.language, title, body, "/")


def _fill(found: list[Corpus], documents: int) -> float:
    """Puts all in; returns milliseconds a document."""
    from rso.search.actions import put_new
    from rso.search.entries import Entry

    now, count = datetime.now(UTC), 0
    texts = [
        Entry(_TEXT, document["id"], one.language, document["title"], document["text"], "/")
        for one in found
        for document in one.documents
    ]
    begun = time.monotonic()
    batch: list[Entry] = []
    for entry in [*texts, *_fillers(found, max(documents - len(texts), 0))]:
        batch.append(entry)
        if len(batch) == _BATCH:
            count += put_new(batch, now=now)
            _tell(say=f"{count} of {documents} documents are in the index")
            batch = []
    if batch:
        count += put_new(batch, now=now)
    return round(1000 * (time.monotonic() - begun) / count, 3)


def _recall(one: Corpus) -> float:
    """The mean over queries of the share of relevant texts among the first results."""
    from rso.search.queries import find

    shares = []
    for query in one.queries:
        found = find(query["query"], language=one.language, kind=_TEXT, limit=LOOKED_AT)
        refs = {document.ref for document in found.documents}
        shares.append(len(refs & set(query["relevant"])) / len(query["relevant"]))
    return sum(shares) / len(shares)


def _times(found: list[Corpus]) -> list[float]:
    """Milliseconds of each query over everything, a page of results."""
    from rso.search.queries import find

    taken = []
    for one in found:
        for query in one.queries:
            begun = time.monotonic()
            find(query["query"])
            taken.append(1000 * (time.monotonic() - begun))
    return taken


def _tell(**told: object) -> None:
    print(json.dumps(told), flush=True)  # noqa: T201 - what this process says to the one that started it


def main() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    documents, found = int(sys.argv[1]), corpora()
    index_ms = _fill(found, documents)
    _tell(say="asking")
    languages = {
        one.language: {
            "queries": len(one.queries), "recall": round(_recall(one), 4), "written_by": one.written_by,
        } for one in found
    }  # fmt: skip
    _times(found[:1])  # the first search of a process reads what all others find read
    taken = _times(found)
    _tell(
        languages=languages,
        median_ms=round(percentile(taken, 0.5), 2),
        p95_ms=round(percentile(taken, 0.95), 2),
        documents=max(documents, sum(len(one.documents) for one in found)),
        looked_at=LOOKED_AT,
        index_ms=index_ms,
        database=connection.vendor,
        machine=machine.describe(),
    )


if __name__ == "__main__":
    main()
