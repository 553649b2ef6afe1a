"""The search for programs: what whoever asks may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS
from rso.rest.api import Router
from rso.rest.paging import Page, Paging
from rso.search.audiences import audiences_of
from rso.search.queries import find

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
