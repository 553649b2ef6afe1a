"""What those who fill an office with invented records share: words, one chance, one moment, and how rows are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from rso.accounts.rules import Role

_BATCH: Final = 1_000
_SEED: Final = 2_012
_TEXT: Final = (
    "border training passport victims smuggling workshop protection interview referral document course guide sea rescue"
    " shelter consular analysis trafficking cooperation information exchange officers academy region roadmap returns"
    " screening counterfeit technology prevention prosecution partnership assessment identity migrants coast guard"
)
_WORDS: Final = tuple(_TEXT.split())


@dataclass
class Filling:
    """What the fillers share: how many records each makes, one chance, one moment, and who was made so far."""

    records: int
    now: datetime
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(_SEED))
    people: dict[Role, Any] = field(default_factory=dict)
    organisations: list[Any] = field(default_factory=list)

    def words(self, count: int) -> str:
        return " ".join(_WORDS[at] for at in self.chance.integers(len(_WORDS), size=count)).capitalize()

    def before(self, number: int) -> datetime:
        """A moment in the past, each a little earlier than the one before."""
        return self.now - timedelta(minutes=7 * number)


Filler = Callable[[Filling], None]


def put(rows: Iterator[Any]) -> None:
    """Stores rows, all of one model, in batches."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            type(row).objects.bulk_create(batch)
            batch = []
    if batch:
        type(batch[0]).objects.bulk_create(batch)
