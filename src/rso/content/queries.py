"""Reading works: what is written, what was published, and what a reader is shown of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Prefetch, Q, QuerySet

from rso.accounts.models import User
from rso.accounts.rules import Actor, Role, decide, require
from rso.audit.models import Entry
from rso.audit.queries import of_subject
from rso.content.kinds import kinds
from rso.content.models import (
    CountryFact,
    Edition,
    FactState,
    LanguageVersion,
    Publication,
    Recording,
    Segment,
    Wording,
    Work,
)
from rso.content.rules import Block, ContentPermission, Form, Origin, Reading, Safety, next_meaning, read
from rso.files.models import StoredFile
from rso.search.audiences import audiences_of
from rso.search.entries import PUBLIC


def readable(actor: Actor, audience: str) -> bool:
    """May the actor read what is for ``audience``? A key that nobody holds is for nobody."""
    return audience == PUBLIC or audience in audiences_of(actor)


# ---- the working copy


def heads(version: LanguageVersion) -> dict[int, Wording]:
    """The newest wording of each segment (by the segment's pk)."""
    newest = Wording.objects.filter(version=version).values("segment").annotate(newest=Max("pk")).values("newest")
    return {row.segment_id: row for row in Wording.objects.filter(pk__in=newest)}


def segments(edition: Edition) -> list[Segment]:
    """The segments that stand, in their order."""
    return list(Segment.objects.filter(edition=edition, removed_at=None).order_by("order", "pk"))


def recordings(version: LanguageVersion) -> dict[tuple[int, int], Recording]:
    """The newest recording of each wording, by the segment's pk and the wording's number."""
    rows = Recording.objects.filter(version=version).order_by("at", "pk")
    return {(row.segment_id, row.number): row for row in rows}


def draft(version: LanguageVersion) -> list[Block]:
    """The working copy as a snapshot that could be published now."""
    said, spoken, places = heads(version), recordings(version), segments(version.edition)
    before = blocks_before(version, {one.key for one in places}) if version.is_source else {}
    changed = _changed_between(version, places, said, before)
    return [
        _drafted(version, segment, said.get(segment.pk), spoken, before.get(segment.key), segment.pk not in changed)
        for segment in places
    ]


def _changed_between(
    version: LanguageVersion, places: list[Segment], said: dict[int, Wording], before: dict[str, Block]
) -> set[int]:
    """Segments whose newest wording keeps the meaning of one that was never published and did not keep its own.

    Of the same words again, as when somebody only says that they keep it, the last say counts.
    """
    since = {
        one.pk: before[one.key].number for one in places
        if one.key in before and one.pk in said and said[one.pk].keeps_meaning
        and said[one.pk].number > before[one.key].number + 1
    }  # fmt: skip
    found: set[int] = set()
    later: dict[int, str] = {}
    rows = Wording.objects.filter(version=version, segment__in=since).order_by("-number") if since else []
    for row in rows:
        pk = row.segment_id
        if row.number > since[pk] and not row.keeps_meaning and later.get(pk) != row.text:
            found.add(pk)
        later[pk] = row.text
    return found


def _drafted(
    version: LanguageVersion,
    segment: Segment,
    wording: Wording | None,
    spoken: dict[tuple[int, int], Recording],
    before: Block | None,
    may_keep: bool,
) -> Block:
    text = wording.text if wording else ""
    number = wording.number if wording else 0
    safety = Safety(segment.safety)
    keeps = may_keep and wording is not None and wording.keeps_meaning
    recording = spoken.get((segment.pk, number))
    return Block(
        key=segment.key,
        form=Form(segment.form),
        text=text,
        number=number,
        level=segment.level,
        safety=safety,
        meaning=next_meaning(before, text=text, safety=safety, keeps_meaning=keeps) if version.is_source else 0,
        of=wording.of_meaning if wording else 0,
        origin=Origin(wording.origin) if wording else Origin.PERSON,
        checked=wording is None or wording.origin != Origin.MACHINE or wording.checked_by_id is not None,
        image=str(segment.image_id or ""),
        audio=str(recording.file_id) if recording else "",
        facts=segment.facts,
    )


# ---- what was published


def newest(version: LanguageVersion) -> Publication | None:
    """The newest publication that stands."""
    return version.publications.filter(withdrawn_at=None).order_by("-number").first()


def source_of(edition: Edition) -> Publication | None:
    """The published source of an edition."""
    rows = Publication.objects.filter(version__edition=edition, version__is_source=True, withdrawn_at=None)
    return rows.order_by("-number").first()


def blocks_before(version: LanguageVersion, keys: Collection[str]) -> dict[str, Block]:
    """The blocks whose meanings a source's next ones go on counting, by ``keys``: those of its own last publication,
    or of the edition before. A withdrawn one counts too: its numbers are taken.

    A part that was out and is put back goes on where it stood when it was last in: were its meanings counted from one
    again, the translation of an old one would be found to fit.
    """
    rows = Publication.objects.filter(
        version__edition__work=version.edition.work_id,
        version__is_source=True,
        version__edition__number__lte=version.edition.number,
    ).order_by("-version__edition__number", "-number")
    found: dict[str, Block] = {}
    start = 0
    # Most often the last one has them all: only where it has not are the others read, a few at a time.
    for size in (1, *[20] * rows.count()):
        page = list(rows[start : start + size])
        for row in page:
            for block in row.snapshot:
                found.setdefault(block.key, block)
        if not page or found.keys() >= set(keys):
            break
        start += size
    return found


def current_source(work: Work) -> Publication | None:
    """The published source of the newest edition that has one: what the work says today."""
    rows = Publication.objects.filter(version__edition__work=work, version__is_source=True, withdrawn_at=None)
    return rows.select_related("version__edition__work").order_by("-version__edition__number", "-number").first()


def current_sources(works: Iterable[Work]) -> dict[int, Publication]:
    """:func:`current_source` of many works at once, by the work's pk."""
    rows = Publication.objects.filter(
        version__edition__work__in=list(works), version__is_source=True, withdrawn_at=None
    )
    rows = rows.select_related("version__edition").order_by("version__edition__number", "number")
    return {row.version.edition.work_id: row for row in rows}


@dataclass(frozen=True)
class Read:
    """A work as a reader gets it in a language. ``translation`` is ``None`` where the source itself is read.

    ``languages`` are those in which the edition was published, the source's first.
    """

    work: Work
    source: Publication
    translation: Publication | None
    readings: list[Reading]
    languages: list[str]

    @property
    def language(self) -> str:
        return (self.translation or self.source).version.language


def reading(actor: Actor, work: Work, language: str = "") -> Read | None:
    """What ``actor`` reads of ``work`` in ``language`` (the source's where there is no translation), or ``None``."""
    kind = kinds().get(work.kind)
    if not readable(actor, work.audience) or (kind is not None and kind.hides(work.code)):
        return None
    return told(work, language)


def told(work: Work, language: str = "") -> Read | None:
    """What a work says in a language, for whoever has asked already who may read it; ``None`` if nothing is out."""
    source = current_source(work)
    if source is None:
        return None
    rows = Publication.objects.filter(version__edition=source.version.edition_id, withdrawn_at=None)
    newest_of: dict[str, Publication] = {}
    for row in rows.select_related("version").defer("blocks").order_by("number"):
        newest_of[row.version.language] = row
    wanted = newest_of.get(language)
    translation = wanted if wanted is not None and not wanted.version.is_source else None
    readings = read(source.snapshot, translation.snapshot if translation else None)
    others = sorted(code for code in newest_of if code != source.version.language)
    return Read(work, source, translation, readings, [source.version.language, *others])


def audiences(kind: str) -> list[str]:
    """The audiences that works of a kind have; there are few."""
    return list(Work.objects.filter(kind=kind).order_by().values_list("audience", flat=True).distinct())


def published_works(kind: str) -> QuerySet[Work]:
    """Works of a kind that have a published source, for whoever decides afterwards who may read."""
    live = Publication.objects.filter(version__is_source=True, withdrawn_at=None)
    return Work.objects.filter(kind=kind, pk__in=live.values("version__edition__work"))


def publications_with(file: StoredFile) -> Iterable[Work]:
    """Works with a standing publication that shows or speaks a file. Its subject is the code of its work."""
    name = str(file.pk)
    for work in Work.objects.filter(code=file.subject):
        rows = Publication.objects.filter(version__edition__work=work, withdrawn_at=None)
        if any(name in (kept.get("image"), kept.get("audio")) for row in rows for kept in row.blocks):
            yield work


# ---- lists


#: Those of the office who see every text, whoever may read it.
_EVERY_TEXT = (Role.EDITOR, Role.RSO_STAFF, Role.PUBLISHER, Role.OFFICE_ADMINISTRATOR)


def seen_by(actor: Actor) -> QuerySet[Work]:
    """The works that somebody who works on texts sees: people of a language see those that they may read, and those
    that were begun in their language, which for all others the office does."""
    require(actor, ContentPermission.SEE)
    if actor.holds(*_EVERY_TEXT):
        return Work.objects.all()
    own = LanguageVersion.objects.filter(language__in=actor.languages(Role.TRANSLATOR, Role.NATIONAL_REVIEWER))
    return Work.objects.filter(Q(audience__in=audiences_of(actor)) | Q(pk__in=own.values("edition__work")))


def works(
    actor: Actor, *, words: str = "", kind: str = "", language: str = "", state: str = "", owner: str = ""
) -> QuerySet[Work]:
    """Works by working title, for those who write, with their editions and language versions.

    ``language`` and ``state`` are those of one and the same version.
    """
    versions = LanguageVersion.objects.select_related("assignee")
    editions = Edition.objects.prefetch_related(Prefetch("versions", versions))
    found = seen_by(actor).select_related("owner").prefetch_related(Prefetch("editions", editions))
    if kind:
        found = found.filter(kind=kind)
    if owner:
        found = found.filter(owner__code=owner)
    if language or state:
        with_it = LanguageVersion.objects.all()
        with_it = with_it.filter(language=language) if language else with_it
        with_it = with_it.filter(state=state) if state else with_it
        found = found.filter(pk__in=with_it.values("edition__work"))
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(code__icontains=word))
    return found


def owners() -> list[tuple[str, str]]:
    """Codes and names of the organisations that own works."""
    return list(Work.objects.order_by("owner__name").values_list("owner__code", "owner__name").distinct())


def publications(work: Work, language: str) -> QuerySet[Publication]:
    """All that was ever published of a work in a language, of all editions, the newest first; without the words."""
    rows = Publication.objects.filter(version__edition__work=work, version__language=language)
    return rows.select_related("version__edition", "by").defer("blocks").order_by("-at")


def changed_at(source: Publication, keys: Iterable[str]) -> dict[str, datetime]:
    """When the published source came to mean what it means now, by key, for those segments that ``keys`` name."""
    wanted = {block.key: block.meaning for block in source.snapshot if block.key in set(keys)}
    found: dict[str, datetime] = {}
    rows = Publication.objects.filter(version__edition__work=source.version.edition.work_id, version__is_source=True)
    for row in rows.filter(at__lte=source.at).order_by("at") if wanted else ():
        for block in row.snapshot:
            if wanted.get(block.key) == block.meaning:
                found.setdefault(block.key, row.at)
    return found


def waiting_for(actor: Actor) -> QuerySet[LanguageVersion]:
    """Versions on which the actor can go on: assigned, to be reviewed, or stale in a language of theirs."""
    found = LanguageVersion.objects.select_related("edition__work", "assignee")
    mine = Q(assignee_id=actor.user_id, state="writing") if actor.signed_in else Q(pk__in=[])
    signs = Q(state="review", is_source=False, language__in=actor.languages(Role.NATIONAL_REVIEWER))
    stale = Q(published_at__isnull=False, is_source=False, language__in=actor.languages(Role.TRANSLATOR))
    unread = Q(state="review", is_source=True) if decide(actor, ContentPermission.APPROVE).allowed else Q(pk__in=[])
    ready = Q(state="approved", publish_at=None) if decide(actor, ContentPermission.PUBLISH).allowed else Q(pk__in=[])
    return found.filter(mine | signs | unread | ready | (stale & ~Q(current=F("total")))).order_by("due_on", "pk")


def due(now: datetime) -> QuerySet[LanguageVersion]:
    """Approved versions whose moment of publication has come."""
    return LanguageVersion.objects.filter(state="approved", publish_at__lte=now).order_by("publish_at", "pk")


# ---- facts of a country


@dataclass(frozen=True)
class Stated:
    """A fact as it is said now."""

    fact: CountryFact
    state: FactState

    def name(self, language: str) -> str:
        return str(self.state.names.get(language) or self.state.name)


def facts(organisation: str = "", kind: str = "") -> list[Stated]:
    """What members say of themselves now, in the order of their names. Such facts are public."""
    rows = CountryFact.objects.filter(retired_at=None).select_related("organisation", "confirmed_by")
    if organisation:
        rows = rows.filter(organisation__code=organisation)
    if kind:
        rows = rows.filter(kind=kind)
    states = Prefetch("states", FactState.objects.order_by("-number"), to_attr="told")
    return [Stated(row, told[0]) for row in rows.prefetch_related(states) if (told := getattr(row, "told", []))]


# ---- who did what


def names_of(actor: Actor, opaque: Iterable[UUID]) -> dict[UUID, str]:
    """Names of those who worked on texts, for those who work on texts."""
    require(actor, ContentPermission.SEE)
    return dict(User.objects.filter(opaque__in=set(opaque)).values_list("opaque", "name"))


def happened(actor: Actor, work: Work) -> QuerySet[Entry]:
    """The audit of a work, the latest first, for those who work on texts."""
    require(actor, ContentPermission.SEE)
    return of_subject(work.code).filter(event__startswith="content:").order_by("-sequence")
