"""The directory's dated facts for programs: reading is public, and any day can be asked for; changing is not."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import ANONYMOUS, Actor
from rso.office.directory import presenters, queries
from rso.office.directory.actions import keeping
from rso.office.directory.actions.importing import sheet_data
from rso.office.directory.actions.revising import values_of
from rso.office.directory.forms import form_of, model_of
from rso.office.directory.models import Dated, Group, Passage, Standing, Term
from rso.office.directory.presenters import person_of
from rso.office.directory.rules import DirectoryPermission
from rso.rest.api import Router
from rso.rest.forms import FormRefused
from rso.rest.paging import Page, Paging, page_of

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
    alpha2: str
    alpha3: str


class PassageRow(Fact):
    kind: str
    code: str
    text: str


class ChairRow(Fact):
    code: str
    name: str


class TermRow(Fact):
    body: str
    post: str
    post_name: str
    code: str
    name: str
    person: str
    is_over: bool


class GroupRow(Schema):
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
        group=row.group.code, alpha2=row.alpha2, alpha3=row.alpha3, **_terms(row),
    )  # fmt: skip


def _term(actor: Actor, row: Term) -> TermRow:
    return TermRow(
        body=row.post.body.code, post=row.post.code, post_name=row.post.name, code=row.organisation.code,
        name=row.organisation.name, person=person_of(actor, row), is_over=row.is_over, **_terms(row),
    )  # fmt: skip


def _body(row: Any) -> BodyRow:
    """``row`` is a body of ``queries.bodies``, which hangs its posts and holders of the day on it."""
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


@router.get("/observers", response=list[MemberRow])
@public
def observers(request: HttpRequest, on: date | None = None) -> list[MemberRow]:
    """Observers on a day, as far as they are recorded: the full list is not public."""
    return [_member(row) for row in queries.observers(on or timezone.localdate())]


@router.get("/posts", response=list[TermRow])
@public
def posts(request: HttpRequest, on: date | None = None, q: str = "", past: bool = False) -> list[TermRow]:
    """Who holds which post on a day, or with ``past`` whose term was over by then. ``person`` is empty for whoever may
    not read it."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return [_term(actor, row) for row in queries.held(actor, on or timezone.localdate(), q[:100], past=past)]


@router.get("/groups", response=list[GroupRow])
@public
def groups(request: HttpRequest) -> list[GroupRow]:
    """The groups under which members are listed, in their order."""
    return [GroupRow(code=row.code, name=row.name) for row in Group.objects.all()]


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


# ---------------------------------------------------------------- for administrators
class RevisionRow(Schema):
    deed: str
    at: datetime
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


class Kept(Schema):
    """A row as it stands: its fields by column, its state, and the latest revision, to be sent along with a change."""

    id: int
    state: str
    seen: int
    values: dict[str, Any]


class Entered(Schema):
    """``values`` are the columns of a sheet of the kind, as texts (codes for members, groups and bodies)."""

    values: dict[str, str]
    reason: str


class Changed(Entered):
    seen: int | None = None


class Moved(Schema):
    """``until`` is asked for by ``close`` alone; without it the day is not known."""

    reason: str
    until: date | None = None
    seen: int | None = None


class Move(StrEnum):
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    UNDO = "undo"


_MOVES = {
    Move.REOPEN: keeping.reopen,
    Move.WITHDRAW: keeping.withdraw,
    Move.RESTORE: keeping.restore,
    Move.UNDO: keeping.undo,
}


def _kind(kind: str) -> str:
    if kind not in presenters.KIND_WORDS:
        raise Http404
    return kind


def _kept(row: Any) -> Kept:
    state = row.state if isinstance(row, Dated) else "open"
    return Kept(id=row.pk, state=state, seen=keeping.latest(row), values=values_of(row))


def _one(actor: Actor, kind: str, pk: int) -> Any:
    row = queries.facts(actor, _kind(kind)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _values(kind: str, given: dict[str, str], row: Any = None) -> dict[str, Any]:
    """The values of a form that the given texts fill in; what is not given stays as it is. The page uses the same."""
    form = form_of(_kind(kind))(data=sheet_data(kind, given, row), instance=row)
    if not form.is_valid():
        raise FormRefused({name: [str(said) for said in errors] for name, errors in form.errors.items()})
    return form.values()


@router.get("/facts/{kind}", response=Page[Kept])
@needs(DirectoryPermission.SEE_HISTORY)
def facts(request: ActorRequest, paging: Query[Paging], kind: str, q: str = "") -> dict[str, Any]:
    """All rows of a kind, closed and withdrawn ones among them."""
    return page_of(queries.facts(request.actor, _kind(kind), q[:100]), paging, _kept)


@router.post("/facts/{kind}", response={201: Kept})
@needs(DirectoryPermission.CHANGE)
def enter(request: ActorRequest, kind: str, said: Entered) -> Any:
    """Enters a row."""
    values = _values(kind, said.values)
    row = keeping.enter(request.actor, model=model_of(kind), values=values, reason=said.reason, now=timezone.now())
    return Status(201, _kept(row))


@router.put("/facts/{kind}/{pk}", response=Kept)
@needs(DirectoryPermission.CHANGE)
def correct(request: ActorRequest, kind: str, pk: int, said: Changed) -> Kept:
    """Corrects a row; what is not given stays as it is."""
    row = _one(request.actor, kind, pk)
    values = _values(kind, said.values, row)
    told: dict[str, Any] = {"values": values, "reason": said.reason, "seen": said.seen, "now": timezone.now()}
    return _kept(keeping.correct(request.actor, row=row, **told))


@router.post("/facts/{kind}/{pk}/follow", response={201: Kept})
@needs(DirectoryPermission.CHANGE)
def follow(request: ActorRequest, kind: str, pk: int, said: Changed) -> Any:
    """A newer fact from the day ``since`` on: the row ends on that day, and a new one begins."""
    row = _one(request.actor, kind, pk)
    if kind not in ("standing", "term", "passage"):
        raise Http404
    values = _values(kind, {"until": "", **said.values}, row)
    told: dict[str, Any] = {"values": values, "reason": said.reason, "seen": said.seen, "now": timezone.now()}
    return Status(201, _kept(keeping.follow(request.actor, row=row, **told)))


@router.get("/facts/{kind}/{pk}/history", response=list[RevisionRow])
@needs(DirectoryPermission.SEE_HISTORY)
def history(request: ActorRequest, kind: str, pk: int) -> list[RevisionRow]:
    """What was done to a row, the latest first."""
    return [
        RevisionRow(deed=row.deed, at=row.at, reason=row.reason, before=row.before, after=row.after)
        for row in queries.history(request.actor, _kind(kind), pk)
    ]


@router.post("/facts/{kind}/{pk}/{move}", response=Kept)
@needs(DirectoryPermission.CHANGE)
def move(request: ActorRequest, kind: str, pk: int, move: Move, said: Moved) -> Kept:
    """Closes, opens again, withdraws, restores or undoes."""
    row = _one(request.actor, kind, pk)
    told: dict[str, Any] = {"reason": said.reason, "seen": said.seen, "now": timezone.now()}
    if move == Move.CLOSE:
        return _kept(keeping.close(request.actor, row=row, until=said.until, **told))
    if kind == "group" and move != Move.UNDO:
        raise Http404
    return _kept(_MOVES[move](request.actor, row=row, **told))
