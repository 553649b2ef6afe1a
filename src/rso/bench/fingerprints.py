"""``rso bench fingerprints``: how well extractor and matcher tell real fingers apart (protocol allX)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rso.base.errors import RsoError
from rso.bench import machine
from rso.biometrics import bench
from rso.biometrics.bench import Rate
from rso.biometrics.extraction import LeaderExtractor
from rso.biometrics.matching import EdgeMatcher

Say = Callable[[str], None]
_TELL_EVERY = 20


def measure(folder: Path, databases: tuple[str, ...], say: Say) -> dict[str, Any]:
    """The figures over the databases in ``folder`` (all, or those named) as plain data.

    Raises ``RsoError`` (``no-prints``) where there are none.
    """
    try:
        images = [i for i in bench.impressions(folder) if not databases or i.database in databases]
    except (OSError, ValueError) as error:
        raise _none(folder) from error
    if not images:
        raise _none(folder, databases)
    total = len(images)

    def progress(done: int) -> None:
        if done % _TELL_EVERY == 0 or done == total:
            say(f"{done} of {total} images extracted")

    extracted = bench.extract_all(images, LeaderExtractor(), progress)
    say("comparing every pair")
    found = bench.figures(extracted, bench.compare_all(extracted, EdgeMatcher()))
    return {
        **{name: _plain(value) for name, value in asdict(found).items()},
        "images": total,
        "databases": sorted({image.database for image in images}),
        "protocol": "allX",
        "machine": machine.describe(),
    }


def _plain(value: Any) -> Any:
    return {name: round(share, 6) for name, share in value.items()} if isinstance(value, dict) else value


def lines(told: dict[str, Any]) -> list[str]:
    """The figures for people to read."""
    shown = [f"{told['images']} images, {told['genuine']} genuine and {told['impostor']} impostor pairs"]
    for name, words in (("eer", "equal error rate"), ("fmr100", "FMR100"), ("fmr1000", "FMR1000")):
        rate = Rate(**told[name])
        shown.append(f"{words:24s} {rate.value:7.2%}  (95 %: {rate.low:.2%} to {rate.high:.2%})")
    shown.append(f"{'failures to extract':24s} {told['failures']:7d}")
    shown.append(f"{'extraction':24s} {told['extract_cpu_ms']:7.0f} ms of CPU an image")
    shown.append(f"{'comparison':24s} {told['compare_cpu_us']:7.0f} us of CPU a pair")
    return shown


def _none(folder: Path, databases: tuple[str, ...] = ()) -> RsoError:
    named = f" of {', '.join(databases)}" if databases else ""
    return RsoError(
        "no-prints",
        f"No prints{named} in {folder}. Give --data a folder that holds resolutions.json and a folder a database, "
        "as FVC2002.",
    )
