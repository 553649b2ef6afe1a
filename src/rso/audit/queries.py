"""Reading the audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from rso.accounts.rules import Actor, require
from rso.audit.models import Entry, Head
from rso.audit.rules import GENESIS, AuditPermission, BrokenChain, Row, check_note, verify

_PAGE = 2000


def of_subject(subject: str) -> QuerySet[Entry]:
    """The rows about one opaque id, oldest first."""
    return Entry.objects.filter(subject=str(subject)).select_related("note")


def verify_chain() -> tuple[int, bytes]:
    """Checks the whole chain, its notes and its end; gives the number of rows and the last digest.

    Raises ``BrokenChain``. Rows that are appended meanwhile are checked too, and are no fault.
    """
    head = Head.objects.filter(pk=1).first()
    size, end = (head.sequence, bytes(head.digest)) if head else (0, GENESIS)
    count, last = verify(_rows(size, end))
    if count < size:
        raise BrokenChain(count + 1, "it is missing at the end")
    return count, last


def _rows(size: int, end: bytes) -> Iterator[tuple[Row, bytes]]:
    for entry in _in_pages():
        digest = bytes(entry.digest)
        if entry.sequence == size and digest != end:
            raise BrokenChain(size, "the end of the chain names another row")
        if hasattr(entry, "note"):
            check_note(entry.sequence, bytes(entry.note_digest), bytes(entry.note.salt), entry.note.text)
        yield entry.row(), digest


def _in_pages() -> Iterator[Entry]:
    """A server's cursor would outlive a broken chain's error, and fail when it is closed."""
    found = Entry.objects.order_by("sequence").select_related("note")
    page = list(found[:_PAGE])
    while page:
        yield from page
        page = list(found.filter(sequence__gt=page[-1].sequence)[:_PAGE])


def entries(
    actor: Actor, *, event: str = "", about: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[Entry]:
    """The audit without people's words, the latest first.

    ``event`` is the beginning of an event's name; ``about`` an opaque id, as actor or as subject; days are UTC and
    both count.
    """
    require(actor, AuditPermission.SEE)
    found = Entry.objects.order_by("-sequence")
    if event:
        found = found.filter(event__startswith=event)
    if about:
        found = found.filter(Q(subject=about) | Q(actor=about) if _is_id(about) else Q(subject=about))
    if first:
        found = found.filter(at_ms__gte=_ms(first))
    if last:
        found = found.filter(at_ms__lt=_ms(last + timedelta(days=1)))
    return found


def _ms(day: date) -> int:
    """The day's first moment, in milliseconds of Unix time."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
