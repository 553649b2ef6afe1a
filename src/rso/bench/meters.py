"""CPU meters around the three calls of the answering side that are not the exchange: decode, extract, search.

They stand inside the holder's process and count the CPU of the thread that makes the call. What the limited
process that decodes images uses is counted from outside.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

SECONDS: defaultdict[str, float] = defaultdict(float)
CALLS: Counter[str] = Counter()


def metered(step: str, call: Callable[P, R]) -> Callable[P, R]:
    """``call`` with its CPU entered under ``step``."""

    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        begun = time.thread_time()
        try:
            return call(*args, **kwargs)
        finally:
            SECONDS[step] += time.thread_time() - begun
            CALLS[step] += 1

    return counted


class _Metered:
    """An extractor or an index of which one method is metered."""

    def __init__(self, real: Any, method: str, step: str) -> None:
        setattr(self, method, metered(step, getattr(real, method)))


def install() -> None:
    """Puts the meters into the answering side of this process."""
    from rso.node.searches.actions import searching as module

    searching: Any = module
    extractor, index = searching.shared_extractor(), searching.shared_index()
    searching.read_image = metered("decode", searching.read_image)
    searching.shared_extractor = lambda: _Metered(extractor, "extract", "extract")
    searching.shared_index = lambda: _Metered(index, "identify", "search")


def clear() -> None:
    """From here on nothing is counted yet."""
    SECONDS.clear()
    CALLS.clear()
