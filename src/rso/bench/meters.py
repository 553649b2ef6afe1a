"""CPU meters around the three calls of the answering side that are not the exchange: decode, extract, search.

They stand inside the holder's process and count the CPU of the thread that makes the call. What the limited
process that decodes images uses is counted from outside. Once told to remember, they hand out again what was made
before from the same image, so that a run holds none of this work.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

SECONDS: defaultdict[str, float] = defaultdict(float)
CALLS: Counter[str] = Counter()
"""How often each step was really done."""
REMEMBERED: Counter[str] = Counter()
"""How often each step was spared."""
_remembering = False


def metered(step: str, call: Callable[P, R], told_by: Callable[P, Hashable]) -> Callable[P, R]:
    """``call`` with its CPU entered under ``step``; ``told_by`` tells by what a call is known again."""
    made: dict[Hashable, R] = {}

    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        key = told_by(*args, **kwargs)
        if _remembering and key in made:
            REMEMBERED[step] += 1
            return made[key]
        begun = time.thread_time()
        try:
            made[key] = call(*args, **kwargs)
        finally:
            SECONDS[step] += time.thread_time() - begun
            CALLS[step] += 1
        return made[key]

    return counted


class _Metered:
    """An extractor or an index of which one method is metered."""

    def __init__(self, real: Any, method: str, step: str, told_by: Callable[..., Hashable]) -> None:
        setattr(self, method, metered(step, getattr(real, method), told_by))


def install() -> None:
    """Puts the meters into the answering side of this process."""
    from rso.node.searches.actions import searching as module

    searching: Any = module
    extractor = _Metered(searching.shared_extractor(), "extract", "extract", id)
    index = _Metered(searching.shared_index(), "identify", "search", lambda probe, _among: _as_searched(probe))
    searching.read_image = metered("decode", searching.read_image, lambda octets, **_: octets)
    searching.shared_extractor = lambda: extractor
    searching.shared_index = lambda: index


def _as_searched(probe: Any) -> Hashable:
    return probe.finger, id(probe.template)


def remember(yes: bool) -> None:
    """Whether what was made of an image is handed out again from here on. The gallery must stay as it is then."""
    global _remembering
    _remembering = yes
