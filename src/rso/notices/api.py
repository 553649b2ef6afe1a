"""One's own desk and notices, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.guards import signed_in
from rso.accounts.middleware import ActorRequest
from rso.notices import actions, digests, queries
from rso.notices.desk import Part, piles
from rso.notices.kinds import group_of
from rso.notices.models import Notice
from rso.notices.rules import Manner
from rso.rest.api import Router
from rso.rest.paging import Page, Paging, page_of

router = Router()


class NoticeRow(Schema):
    id: int
    group: str
    kind: str
    words: str
    reference: str
    path: str
    created_at: datetime
    is_read: bool


class ThingRow(Schema):
    title: str
    path: str
    kind: str
    state: str
    due: date | None
    since: datetime | None


class PileRow(Schema):
    """What one part of the office has for the caller; the first few stand in ``things``."""

    code: str
    words: str
    count: int
    late: int
    href: str
    things: list[ThingRow]


class Read(Schema):
    ids: list[int] = []


class Wishes(Schema):
    """How one is told, by group."""

    wishes: dict[str, Manner]


class Changed(Schema):
    changed: int


def _row(notice: Notice) -> NoticeRow:
    names = ("id", "kind", "words", "reference", "path", "created_at")
    group, said = group_of(notice.kind).code, {name: getattr(notice, name) for name in names}
    return NoticeRow(group=group, is_read=notice.read_at is not None, **said)


@router.get("/desk", response=list[PileRow])
@signed_in
def desk(request: ActorRequest, part: Part = Part.WAITS) -> list[PileRow]:
    """What waits for the caller, their drafts, or what they worked on last."""
    found = piles(request.actor, timezone.localdate(), part)
    return [
        PileRow(
            code=pile.code, words=str(pile.words), count=pile.things.count, late=pile.things.late,
            href=pile.things.href,
            things=[
                ThingRow(
                    title=str(one.title), path=one.path, kind=str(one.kind), state=str(one.state), due=one.due,
                    since=one.since,
                )
                for one in pile.things.shown
            ],
        )
        for pile in found
    ]  # fmt: skip


@router.get("/notices", response=Page[NoticeRow])
@signed_in
def list_notices(request: ActorRequest, paging: Query[Paging], group: str = "", unread: bool = False) -> dict[str, Any]:
    """The caller's own notices, the latest first."""
    rows: QuerySet[Notice] = queries.mine(request.actor)
    rows = rows.filter(queries.of_group(group)) if group else rows
    return page_of(rows.filter(read_at__isnull=True) if unread else rows, paging, _row)


@router.post("/notices/read", response=Changed)
@signed_in
def read_notices(request: ActorRequest, body: Read) -> Changed:
    """Marks the caller's notices as read: those of ``ids``, or all where none is named."""
    rows = queries.mine(request.actor)
    rows = rows.filter(pk__in=body.ids) if body.ids else rows
    return Changed(changed=actions.mark_read(request.actor, notices=rows))


@router.get("/notices/wishes", response=Wishes)
@signed_in
def show_wishes(request: ActorRequest) -> Wishes:
    """How the caller is told, by group."""
    return Wishes(wishes=queries.wishes_of(request.actor))


@router.put("/notices/wishes", response={204: None})
@signed_in
def keep_wishes(request: ActorRequest, body: Wishes) -> Status[None]:
    """Keeps how the caller is told; groups that are not named stay as they are."""
    digests.wish(request.actor, manners={**queries.wishes_of(request.actor), **body.wishes})
    return Status(204, None)
