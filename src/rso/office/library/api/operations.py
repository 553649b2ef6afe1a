"""The library's operations. What a caller may not read is not found here either."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from ninja import File, Query, Schema, Status, UploadedFile
from pydantic import Field

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.office.library import queries
from rso.office.library.actions import access, documents, records
from rso.office.library.forms import (
    AccessForm,
    AttachForm,
    NewRecordForm,
    RecordForm,
    WithdrawForm,
    initial_of,
)
from rso.office.library.models import Document, Record
from rso.office.library.rules import LibraryPermission
from rso.office.library.views.public import actor_of
from rso.rest.api import Router
from rso.rest.forms import body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router()
if TYPE_CHECKING:
    from rso.rest.forms import Body as AccessBody
    from rso.rest.forms import Body as NewRecordBody
    from rso.rest.forms import Body as RecordBody
    from rso.rest.forms import Body as WithdrawBody
else:
    NewRecordBody = body_of(NewRecordForm)
    RecordBody = body_of(RecordForm)
    AccessBody = body_of(AccessForm)
    WithdrawBody = body_of(WithdrawForm)


class AskedRecords(Schema):
    """What is looked for: words, and one value for each of the facets of the page."""

    q: str = Field("", max_length=200)
    kind: str = Field("", max_length=200)
    theme: str = Field("", max_length=200)
    language: str = Field("", max_length=200)
    readers: str = Field("", max_length=200)
    year: str = Field("", max_length=200)
    owner: str = Field("", max_length=200)
    area: str = Field("", max_length=200)
    access: str = Field("", max_length=200)


class RecordRow(Schema):
    """``languages`` are those that the caller may read in; ``access`` is a key of an audience."""

    code: str
    kind: str
    title: str
    language: str
    languages: list[str]
    owner: str
    published: str
    access: str
    href: str


class WordsRow(Schema):
    """``is_current`` says whether a translation is of what the source says now."""

    language: str
    title: str
    about: str
    is_source: bool
    is_current: bool


class DocumentRow(Schema):
    id: UUID
    name: str
    language: str
    role: str
    media_type: str
    size: int
    sha256: str
    access: str
    accessibility: str
    pages: int
    reading: str
    scan: str
    href: str


class WholeRecord(RecordRow):
    words: list[WordsRow]
    themes: list[str]
    areas: list[str]
    readers: list[str]
    partners: str
    licence: str
    rights: str
    doi: str
    isbn: str
    link: str
    stated_by: str
    supersedes: str
    superseded_by: list[str]
    revision: int
    is_shown: bool
    withdrawn_at: datetime | None
    why_withdrawn: str
    documents: list[DocumentRow]


class AttachedTo(Schema):
    """What a file is: its language, its part (``main``, ``slides``...), for whom if for fewer than the record."""

    language: str = Field("en", max_length=20)
    role: str = Field("main", max_length=20)
    access: str = Field("", max_length=80)
    accessibility: str = Field("", max_length=300)


class AccessRow(Schema):
    """``waits`` where somebody else has to decide first."""

    access: str
    waits: bool


def _row_values(row: Record) -> dict[str, Any]:
    said = queries.described(row)
    spoken = [one.language for one in row.described.all()] + [one.value for one in getattr(row, "spoken", [])]
    return {
        "code": row.work.code, "kind": row.kind, "title": said.title if said else row.work.title,
        "language": row.work.source_language, "languages": list(dict.fromkeys(spoken)),
        "owner": row.work.owner.code,
        "published": row.published, "access": row.work.audience,
        "href": reverse("library:record", args=[row.work.code]),
    }  # fmt: skip


def _row(row: Record) -> RecordRow:
    return RecordRow(**_row_values(row))


def _document(row: Document) -> DocumentRow | None:
    copy = queries.newest_copy(row)
    if copy is None or copy.file is None:
        return None
    file = copy.file
    return DocumentRow(
        id=row.pk, name=file.name, language=row.version.language, role=row.role, media_type=file.media_type,
        size=file.size, sha256=file.sha256, access=queries.access_of(row), accessibility=row.accessibility,
        pages=copy.pages, reading=copy.reading, scan=file.scan,
        href=reverse("library:fetch", args=[row.record.work.code, row.pk]),
    )  # fmt: skip


def _find(request: HttpRequest, code: str) -> Record:
    found = queries.record(actor_of(request), code)
    if found is None:
        raise Http404
    return found


def _whole(request: HttpRequest, code: str) -> WholeRecord:
    actor, row = actor_of(request), _find(request, code)
    is_gone = row.withdrawn_at is not None and not queries.keeps(actor)
    held = [] if is_gone else [one for one in map(_document, queries.documents(actor, row)) if one is not None]
    older, newer = queries.linked(actor, row)
    names = (
        "themes", "areas", "readers", "partners", "licence", "rights", "doi", "isbn", "link", "stated_by", "revision",
        "is_shown", "withdrawn_at", "why_withdrawn",
    )  # fmt: skip
    told = _row_values(row)
    told["languages"] = list(dict.fromkeys([*told["languages"], *(one.language for one in held)]))
    words = [
        WordsRow(
            language=w.language, title=w.title, about=w.about, is_source=w.is_source, is_current=w.is_current
        )
        for w in row.described.all()
    ]  # fmt: skip
    return WholeRecord(
        **told, **{name: getattr(row, name) for name in names}, words=words, documents=held,
        supersedes=older[0].work.code if older else "", superseded_by=[one.work.code for one in newer],
    )  # fmt: skip


@router.get("/records", response=Page[RecordRow])
@public
def list_records(request: HttpRequest, asked: Query[AskedRecords], paging: Query[Paging]) -> dict[str, Any]:
    """Records that the caller may read, the newest first."""
    actor = actor_of(request)
    chosen = {facet: value for facet in queries.FACETS if (value := getattr(asked, facet))}
    within = queries.codes(actor, asked.q) if asked.q else None
    found = queries.ordered(queries.records(actor, within=within, chosen=chosen), "newest")
    return page_of(queries.with_words(actor, found), paging, _row)


@router.get("/records/{slug:code}", response=WholeRecord)
@public
def show_record(request: HttpRequest, code: str) -> WholeRecord:
    """One record with the files that the caller may fetch."""
    return _whole(request, code)


@router.post("/records", response={201: WholeRecord})
@needs(LibraryPermission.CHANGE)
def add_record(request: ActorRequest, body: NewRecordBody) -> Status[WholeRecord]:
    """Adds a record that nobody else sees yet."""
    form = from_form(NewRecordForm, body)
    said = form.cleaned_data
    made = records.add(
        request.actor, title=said["title"], about=said["about"], owner=said["owner"], language=said["language"],
        access=said["access"], said=form.said(), now=timezone.now(),
    )  # fmt: skip
    return Status(201, _whole(request, made.work.code))


@router.patch("/records/{slug:code}", response=WholeRecord)
@needs(LibraryPermission.CHANGE)
def change_record(request: ActorRequest, code: str, body: RecordBody) -> WholeRecord:
    """Changes the fields that are sent. ``revision`` is the one that was read; another gives 409."""
    found = _find(request, code)
    kept = initial_of(found, records.bases(found))
    given = {"revision": 0, **body.given()}
    form = from_form(RecordForm, given, partial=True, initial=kept)
    said = form.cleaned_data
    records.change(
        request.actor, record=found, revision=said["revision"] or 0, title=said["title"], about=said["about"],
        owner=said["owner"], said=form.said(), base=form.base(), now=timezone.now(),
    )  # fmt: skip
    return _whole(request, code)


@router.post("/records/{slug:code}/show", response=WholeRecord)
@needs(LibraryPermission.CHANGE)
def show_to_readers(request: ActorRequest, code: str) -> WholeRecord:
    """Shows a record to those who may read it."""
    records.publish(request.actor, record=_find(request, code), now=timezone.now())
    return _whole(request, code)


@router.post("/records/{slug:code}/withdraw", response=WholeRecord)
@needs(LibraryPermission.CHANGE)
def withdraw_record(request: ActorRequest, code: str, body: WithdrawBody) -> WholeRecord:
    """Takes a record from its readers, with the reason."""
    reason = from_form(WithdrawForm, body).cleaned_data["reason"]
    records.set_withdrawn(request.actor, record=_find(request, code), withdrawn=True, reason=reason, now=timezone.now())
    return _whole(request, code)


@router.post("/records/{slug:code}/access", response=AccessRow)
@needs(LibraryPermission.CHANGE)
def change_access(request: ActorRequest, code: str, body: AccessBody) -> AccessRow:
    """Closes a record to some at once; to open it to more leaves a wish that somebody else decides."""
    said = from_form(AccessForm, body).cleaned_data
    wish = access.set_access(
        request.actor, record=_find(request, code), after=said["access"], reason=said["reason"], now=timezone.now()
    )
    return AccessRow(access=_find(request, code).work.audience, waits=wish is not None)


@router.post("/records/{slug:code}/files", response={201: WholeRecord})
@needs(LibraryPermission.CHANGE)
def attach_document(
    request: ActorRequest, code: str, asked: Query[AttachedTo], file: File[UploadedFile]
) -> Status[WholeRecord]:
    """Adds a file (``multipart/form-data``, field ``file``); what it is stands in the query."""
    form = from_form(AttachForm, asked.model_dump(), files={"file": file})
    said = form.cleaned_data
    documents.attach(
        request.actor, record=_find(request, code), content=said["file"].file, name=said["file"].name,
        language=said["language"], role=Document.Role(said["role"]), access=said["access"],
        accessibility=said["accessibility"], now=timezone.now(),
    )  # fmt: skip
    return Status(201, _whole(request, code))


@router.delete("/records/{slug:code}/files/{uuid:pk}", response=WholeRecord)
@needs(LibraryPermission.CHANGE)
def remove_document(request: ActorRequest, code: str, pk: UUID) -> WholeRecord:
    """Takes a file from its readers. On the page it can be put back for a while."""
    row = get_object_or_404(Document.objects.select_related("record__work"), record=_find(request, code), pk=pk)
    documents.set_removed(request.actor, document=row, removed=True, now=timezone.now())
    return _whole(request, code)
