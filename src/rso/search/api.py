"""The search for programs: what whoever asks may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema, Status
from pydantic import Field

from rso.accounts.guards import public, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import ANONYMOUS
from rso.base.errors import RsoError
from rso.rest.api import Router
from rso.rest.paging import Page, Paging
from rso.search import actions
from rso.search.audiences import audiences_of
from rso.search.models import Saved
from rso.search.queries import find, saved_searches

router = Router()


class Asked(Schema):
    """What is looked for."""

    q: str = Field(max_length=200)
    language: str = Field("", max_length=20)
    kind: str = Field("", max_length=40)


class ResultRow(Schema):
    kind: str
    language: str
    title: str
    path: str


@router.get("/search", response=Page[ResultRow])
@public
def search(request: HttpRequest, asked: Query[Asked], paging: Query[Paging]) -> dict[str, Any]:
    """Texts with all the words of ``q``, the best first. ``total`` is at most 1,000."""
    offset = (paging.page - 1) * paging.size
    audiences = audiences_of(getattr(request, "actor", ANONYMOUS))
    found = find(
        asked.q, audiences=audiences, language=asked.language, kind=asked.kind, limit=paging.size, offset=offset
    )
    return {
        "items": [
            ResultRow(kind=one.kind, language=one.language, title=one.title, path=one.path) for one in found.documents
        ],
        "page": paging.page,
        "pages": max(-(-found.count // paging.size), 1),
        "total": found.count,
    }


class SavedRow(Schema):
    id: int
    name: str
    query: str
    kind: str
    language: str
    tells: bool


class ToSave(Schema):
    """A search to be kept."""

    name: str = Field(min_length=1, max_length=80)
    query: str = Field(min_length=1, max_length=200)
    kind: str = Field("", max_length=40)
    language: str = Field("", max_length=20)
    tells: bool = False


def _row(saved: Saved) -> SavedRow:
    return SavedRow(
        id=saved.pk, name=saved.name, query=saved.query, kind=saved.kind, language=saved.language, tells=saved.tells
    )


@router.get("/search/saved", response=list[SavedRow])
@signed_in
def saved(request: ActorRequest) -> list[SavedRow]:
    """The caller's own saved searches; nobody else sees them."""
    return [_row(one) for one in saved_searches(request.actor)]


@router.post("/search/saved", response={201: SavedRow})
@signed_in
def save(request: ActorRequest, body: ToSave) -> Status[SavedRow]:
    """Keeps a search; with ``tells`` its keeper is told of new results."""
    return Status(201, _row(actions.save_search(request.actor, now=timezone.now(), **body.dict())))


@router.delete("/search/saved/{number}", response={204: None})
@signed_in
def forget(request: ActorRequest, number: int) -> Status[None]:
    """Forgets one of the caller's own."""
    row = saved_searches(request.actor).filter(pk=number).first()
    if row is None:
        raise RsoError("not-found", "There is no such saved search of yours.")
    actions.forget_search(request.actor, saved=row)
    return Status(204, None)
