"""Texts for programs: what is published, and whether a print or a pack is still current."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Schema
from pydantic import Field

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.content import queries
from rso.content.kinds import kinds
from rso.content.models import LanguageVersion, Publication, Work
from rso.content.prints import Verdict
from rso.content.rules import ContentPermission, Form, Origin, Safety, Shown, State
from rso.content.views.reading import actor_in, asked_of
from rso.rest.api import Router
from rso.rest.paging import Page, Paging, page_of

router = Router()


class VersionRow(Schema):
    id: int
    edition: int
    language: str
    is_source: bool
    state: State
    total: int
    current: int
    withheld: int
    published_at: datetime | None
    publish_at: datetime | None


class WorkRow(Schema):
    code: str
    kind: str
    title: str
    owner: str
    source_language: str
    audience: str
    versions: list[VersionRow]


class PartRow(Schema):
    """A part as a reader gets it. ``language`` is that of ``text``, which is inline HTML."""

    key: str
    form: Form
    level: int
    text: str
    language: str
    shown: Shown
    safety: Safety
    origin: Origin
    checked: bool
    facts: str


class ReadingRow(Schema):
    code: str
    kind: str
    language: str
    languages: list[str]
    publication: UUID
    source_publication: UUID
    published_at: datetime
    digest: str
    parts: list[PartRow]


class PublicationRow(Schema):
    id: UUID
    language: str
    edition: int
    number: int
    at: datetime
    digest: str
    withdrawn_at: datetime | None


class CheckRow(Schema):
    """``parts`` changed, ``safety`` of them safety-critical; ``facts`` of the country changed since ``printed``."""

    verdict: Verdict
    parts: int
    safety: int
    facts: int
    publication: UUID
    language: str
    now: UUID | None
    path: str


class WorksAsked(Schema):
    """Filters of the list."""

    q: str = Field("", max_length=200)
    kind: str = Field("", max_length=40)
    language: str = Field("", max_length=20)
    state: str = Field("", max_length=20)
    owner: str = Field("", max_length=20)


def _version(row: LanguageVersion, edition: int) -> VersionRow:
    names = ("language", "is_source", "total", "current", "withheld", "published_at", "publish_at")
    return VersionRow(
        id=row.pk, edition=edition, state=State(row.state), **{name: getattr(row, name) for name in names}
    )


def _work(row: Work) -> WorkRow:
    return WorkRow(
        code=row.code, kind=row.kind, title=row.title, owner=row.owner.code, source_language=row.source_language,
        audience=row.audience,
        versions=[_version(one, edition.number) for edition in row.editions.all() for one in edition.versions.all()],
    )  # fmt: skip


def _told(request: HttpRequest, code: str, language: str) -> queries.Read:
    """What is read, or 404 alike for none and for one that is not this caller's to read."""
    told = queries.reading(actor_in(request), get_object_or_404(Work, code=code), language)
    if told is None or (language and language not in told.languages):
        raise Http404
    return told


@router.get("/works", response=Page[WorkRow])
@needs(ContentPermission.SEE)
def works(request: ActorRequest, asked: Query[WorksAsked], paging: Query[Paging]) -> dict[str, Any]:
    """Works with all their editions and languages, for those who work on texts."""
    rows = queries.works(
        request.actor, words=asked.q, kind=asked.kind, language=asked.language, state=asked.state, owner=asked.owner
    )
    return page_of(rows, paging, _work)


@router.get("/works/{code}", response=WorkRow)
@needs(ContentPermission.SEE)
def work(request: ActorRequest, code: str) -> WorkRow:
    """One work."""
    return _work(get_object_or_404(queries.works(request.actor), code=code))


@router.get("/works/{code}/reading", response=ReadingRow)
@public
def reading(request: HttpRequest, code: str, language: str = "") -> ReadingRow:
    """A published work as the caller reads it: in ``language``, or in the source's. A safety-critical part whose
    translation is older than its original comes in the source's words, with ``shown`` = ``withheld``."""
    told = _told(request, code, language)
    publication = told.translation or told.source
    source = told.source.version.language
    return ReadingRow(
        code=code, kind=told.work.kind, language=told.language, languages=told.languages, publication=publication.pk,
        source_publication=told.source.pk, published_at=publication.at, digest=publication.digest,
        parts=[
            PartRow(
                key=one.block.key, form=one.block.form, level=one.block.level, text=one.block.text,
                language=told.language if one.is_translated else source, shown=one.shown, safety=one.block.safety,
                origin=one.block.origin, checked=one.block.checked, facts=one.block.facts,
            )
            for one in told.readings
        ],
    )  # fmt: skip


@router.get("/works/{code}/publications", response=Page[PublicationRow])
@public
def publications(request: HttpRequest, code: str, paging: Query[Paging], language: str = "") -> dict[str, Any]:
    """All publications of a work in a language, the newest first, without their words."""
    told = _told(request, code, language)
    return page_of(queries.publications(told.work, told.language), paging, _publication)


def _publication(row: Publication) -> PublicationRow:
    return PublicationRow(
        id=row.pk, language=row.version.language, edition=row.version.edition.number, number=row.number, at=row.at,
        digest=row.digest, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip


@router.get("/check/{uuid:pk}", response=CheckRow)
@public
def check(request: HttpRequest, pk: UUID) -> CheckRow:
    """Whether a print or a pack is current. Beside the publication's id it may say ``with`` (the source's publication
    that it was read with), ``country`` and ``printed`` (whole seconds since 1970), as the code on a print does."""
    found = asked_of(request, pk)
    if found is None:
        raise Http404
    version, now = found.publication.version, found.now
    current = (now.translation or now.source) if now is not None else None
    language = version.language if now is not None and version.language in now.languages else ""
    code = version.edition.work.code
    return CheckRow(
        verdict=found.verdict, parts=found.difference.parts, safety=found.difference.safety, facts=found.facts,
        publication=pk, language=version.language, now=current.pk if current else None,
        path=kinds()[version.edition.work.kind].path(code, language) if now is not None else "",
    )  # fmt: skip
