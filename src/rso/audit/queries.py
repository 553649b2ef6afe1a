"""Reading the audit."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from rso.audit.models import Entry
from rso.audit.rules import Row, verify


def of_subject(subject: str) -> QuerySet[Entry]:
    """The rows about one opaque id, oldest first."""
    return Entry.objects.filter(subject=str(subject)).select_related("note")


def verify_chain() -> tuple[int, bytes]:
    """Checks the whole chain; gives the number of rows and the last digest, or raises ``BrokenChain``."""

    def rows() -> Iterator[tuple[Row, bytes]]:
        for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
            yield entry.row(), bytes(entry.digest)

    return verify(rows())
