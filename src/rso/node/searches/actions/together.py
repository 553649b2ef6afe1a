"""Several in one transaction, where what fails in one must not undo the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

logger = logging.getLogger("rso.node.searches")


@dataclass
class Failures:
    """What failed so far. Nothing is lost: the first is raised when all others are done."""

    errors: list[Exception] = field(default_factory=list)

    @contextmanager
    def kept(self, subject: UUID) -> Iterator[None]:
        """Notes what fails within, and goes on."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised by raise_first
            logger.error("Probe %s could not be worked on (%s).", subject, type(error).__qualname__)
            self.errors.append(error)

    @contextmanager
    def undone(self, subject: UUID) -> Iterator[None]:
        """The same, and what was written within is undone."""
        with self.kept(subject), transaction.atomic():
            yield

    def raise_first(self) -> None:
        if self.errors:
            raise self.errors[0]
