"""`rso bench`: measurements. What the figures mean: docs/benchmarks.md."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click


def _say(line: str) -> None:
    click.echo(line, err=True)


def _show(told: dict[str, Any], lines: list[str], as_json: bool) -> None:
    for line in lines:
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(told))


def _default_prints() -> Path:
    data = Path(os.environ.get("RSO_TEST_DATA", Path("..") / "shared" / "data"))
    return data / "fingerprints" / "fvc2002"


@click.group(short_help="Measure exchanges, fingerprints, search and pages.")
def bench() -> None:
    """Measure: what an exchange costs, how well fingers are told apart, what the search finds, what pages take."""


@bench.command(short_help='What a probe and its "no hit" cost.')
@click.option(
    "--exchanges", default=200, show_default=True, type=click.IntRange(1, 5000), help="Counted, asked at once."
)
@click.option("--alone", default=10, show_default=True, type=click.IntRange(1, 1000), help="Asked one after another.")
@click.option("--gallery", default=500, show_default=True, type=click.IntRange(1, 20_000), help="Fingers searched.")
@click.option(
    "--exchange-seconds", default=10, show_default=True, type=click.IntRange(1, 900), help="Between rounds of a node."
)
@click.option(
    "--each-searched",
    is_flag=True,
    help="Decode, extract and search for every question that is counted, instead of once for each print before.",
)
@click.option(
    "--profile",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Leave profiles (cProfile) of sending and of both nodes' workers in this folder. Figures are too high then.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line of standard output.")
def exchange(
    exchanges: int,
    alone: int,
    gallery: int,
    exchange_seconds: int,
    each_searched: bool,
    profile: Path | None,
    as_json: bool,
) -> None:
    """Measure a probe and its automatic "no hit": two nodes and a relay over HTTPS, all real, on this machine.

    CPU is that of all processes. Decoding, extraction, search and the wait for the clock tick are shown apart.
    """
    from rso.bench.exchange import Wishes, measure

    told = measure(Wishes(exchanges, gallery, alone, exchange_seconds, each_searched, profile), _say)
    lines = [
        f"{told['cpu_ms_per_exchange']} ms of CPU an exchange, over {exchanges}",
        *(f"  {name} {value}" for name, value in told["steps"].items()),
        *(f"  apart: {name} {value}" for name, value in told["apart"].items()),
        f"{told['p50_ms']} ms until the answer (median), {told['p95_ms']} ms (95 %), over {alone} asked alone",
        f"floors of the same bytes: AES-GCM {told['floor']['aes_gcm_ms']} ms, HTTPS {told['floor']['https_ms']} ms",
        f"{told['bytes_on_wire']} bytes on the wire",
    ]
    _show(told, lines, as_json)


@bench.command(short_help="How well real fingers are told apart.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="A folder of databases in the FVC form. Default: fingerprints/fvc2002 in RSO_TEST_DATA.",
)
@click.option("--database", "databases", multiple=True, help="Only this database, as DB1_B; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line of standard output.")
def fingerprints(data: Path | None, databases: tuple[str, ...], as_json: bool) -> None:
    """Measure how well real fingers are told apart (all pairs, pooled; about three minutes for FVC2002)."""
    from rso.bench.fingerprints import lines, measure

    told = measure(data or _default_prints(), databases, _say)
    _show(told, lines(told), as_json)


@bench.command()
@click.option("--documents", default=100_000, show_default=True, type=click.IntRange(1, 2_000_000), help="Searched.")
@click.option("--database", default="", help="An empty database, as in RSO_DATABASE_URL. Default: SQLite in a folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line of standard output.")
def search(documents: int, database: str, as_json: bool) -> None:
    """Measure the search: what it finds, and how long it takes.

    Of what was judged relevant to queries in nineteen languages, the share that is found; then the time of each query
    over everything.
    """
    from rso.bench.searching import lines, measure

    told = measure(documents, database, _say)
    _show(told, lines(told), as_json)


@bench.command()
@click.option("--records", default=10_000, show_default=True, type=click.IntRange(10, 1_000_000), help="Of each kind.")
@click.option("--requests", default=40, show_default=True, type=click.IntRange(5, 10_000), help="For each page.")
@click.option("--seconds", default=4.0, show_default=True, type=click.FloatRange(0.1, 600), help="For each rate.")
@click.option("--database", default="", help="An empty database, as in RSO_DATABASE_URL. Default: SQLite in a folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object as the last line of standard output.")
def pages(records: int, requests: int, seconds: float, database: str, as_json: bool) -> None:
    """Measure the pages of an office.

    Bytes of the first page; time and database statements of each; requests a second. A real office is filled, served
    from a folder that is removed afterwards, and opened in Chromium with an empty cache.
    """
    from rso.bench.pages import Wishes, lines, measure

    told = measure(Wishes(records, requests, seconds, database), _say)
    _show(told, lines(told), as_json)
