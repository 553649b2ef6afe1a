"""The directory's dated facts for programs: all of it is public, and any day can be asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from rso.accounts.guards import public
from rso.office.directory import queries
from rso.office.directory.models import Passage, Standing
from rso.rest.api import Router

router = Router()


class Fact(Schema):
    """What every fact says of itself: from when to when it holds, and where it comes from."""

    since: date | None
    until: date | None
    version: int
    source: str


class MemberRow(Fact):
    code: str
    name: str
    official_name: str
    status: str
    group: str


class PassageRow(Fact):
    kind: str
    code: str
    text: str


class ChairRow(Fact):
    code: str
    name: str


class BodyRow(Fact):
    code: str
    kind: str
    name: str
    purpose: str
    chairs: list[ChairRow]


class ResourceRow(Fact):
    code: str
    kind: str
    title: str
    about: str
    partner: str


def _terms(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("since", "until", "version", "source")}


def _member(row: Standing) -> MemberRow:
    return MemberRow(
        code=row.organisation.code, name=row.display_name, official_name=row.official_name, status=row.status,
        group=row.group, **_terms(row),
    )  # fmt: skip


def _body(row: Any) -> BodyRow:
    """``row`` is a body of ``queries.bodies``, which hangs its chairs of the day on it."""
    chairs = [
        ChairRow(code=chair.organisation.code, name=chair.organisation.name, **_terms(chair))
        for chair in row.chairs_now
    ]
    return BodyRow(code=row.code, kind=row.kind, name=row.name, purpose=row.purpose, chairs=chairs, **_terms(row))


@router.get("/members", response=list[MemberRow])
@public
def members(request: HttpRequest, on: date | None = None) -> list[MemberRow]:
    """Members and member organisations on a day (today if none is named)."""
    return [_member(row) for row in queries.members(on or timezone.localdate())]


@router.get("/passages/{kind}", response=list[PassageRow])
@public
def passages(request: HttpRequest, kind: Passage.Kind, on: date | None = None) -> list[PassageRow]:
    """Purpose, objectives, principles, background, governance or address on a day."""
    rows = queries.passages(kind, on or timezone.localdate())
    return [PassageRow(kind=row.kind, code=row.code, text=row.text, **_terms(row)) for row in rows]


@router.get("/bodies", response=list[BodyRow])
@public
def bodies(request: HttpRequest, on: date | None = None, governance: bool = False) -> list[BodyRow]:
    """Working groups, task forces and forums, or the organs of governance, with their chairs of the day."""
    return [_body(row) for row in queries.bodies(on or timezone.localdate(), governance=governance)]


@router.get("/resources", response=list[ResourceRow])
@public
def resources(request: HttpRequest, on: date | None = None) -> list[ResourceRow]:
    """Resources under their official titles."""
    names = ("code", "kind", "title", "about", "partner")
    rows = queries.resources(on or timezone.localdate())
    return [ResourceRow(**{name: getattr(row, name) for name in names}, **_terms(row)) for row in rows]
