"""Is what somebody holds on paper, or in a pack, still what is said? A code to scan leads here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from rso.accounts.rules import Actor
from rso.content.kinds import kinds
from rso.content.models import CountryFact, Publication
from rso.content.queries import Read, readable, told
from rso.content.rules import Difference, Form, Reading, difference, read


class Verdict(StrEnum):
    CURRENT = "current"
    CHANGED = "out-of-date"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Printed:
    """What a print says of itself: a publication, the source's publication that it was read with (a translation shows
    the source's words where it has none), the country whose facts it shows, and when it was printed."""

    publication: UUID
    source: UUID | None = None
    country: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """``facts`` counts facts of the country that changed since the printing. ``now`` is what is said today, if
    anything is."""

    verdict: Verdict
    publication: Publication
    difference: Difference
    facts: int
    now: Read | None

    @property
    def is_grave(self) -> bool:
        """Does somebody's safety hang on what changed?"""
        return bool(self.difference.safety or self.facts)


def check(actor: Actor, printed: Printed) -> Checked | None:
    """How a print stands today, or ``None`` for whoever may not read its work (and where there never was one)."""
    rows = Publication.objects.select_related("version__edition__work")
    row = rows.filter(pk=printed.publication).first()
    if row is None or not readable(actor, row.version.edition.work.audience):
        return None
    kind = kinds().get(row.version.edition.work.kind)
    if kind is not None and kind.hides(row.version.edition.work.code):
        return Checked(Verdict.WITHDRAWN, row, Difference(0, 0), 0, None)
    now = told(row.version.edition.work, row.version.language)
    if now is None or (row.withdrawn_at is not None and now.language != row.version.language):
        return Checked(Verdict.WITHDRAWN, row, Difference(0, 0), 0, now)
    then = _then(row, printed.source)
    found = difference(then, now.readings)
    facts = _facts_changed(then, printed)
    same = found.parts == 0 and facts == 0 and row.withdrawn_at is None
    return Checked(Verdict.CURRENT if same else Verdict.CHANGED, row, found, facts, now)


def _then(row: Publication, source: UUID | None) -> list[Reading]:
    """What the print showed. Without a word on its source it is the one that stood when the translation came out."""
    if row.version.is_source:
        return read(row.snapshot, None)
    rows = Publication.objects.filter(version__edition=row.version.edition_id, version__is_source=True)
    with_it = rows.filter(pk=source).first() if source else None
    with_it = with_it or rows.filter(at__lte=row.at).order_by("-at").first()
    return read(with_it.snapshot if with_it else [], row.snapshot)


def _facts_changed(then: list[Reading], printed: Printed) -> int:
    """Facts that the print shows and that were said otherwise, retired or added since it was made."""
    kinds = {one.block.facts for one in then if one.block.form == Form.FACTS and one.block.facts}
    if not kinds or not printed.country or printed.at is None:
        return 0
    rows = CountryFact.objects.filter(organisation__code=printed.country, kind__in=kinds)
    since = Q(states__at__gt=printed.at) | Q(retired_at__gt=printed.at)
    return rows.filter(since).distinct().count()


def moment(seconds: str) -> datetime | None:
    """The moment that a code carries, in whole seconds since 1970; ``None`` for anything else."""
    if not seconds.isascii() or not seconds.isdigit() or len(seconds) > 11:
        return None
    return datetime.fromtimestamp(int(seconds), tz=UTC)
