"""The post and its arrangements for programs. No operation shows what a message says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.clock import unix_seconds
from rso.node.post import actions, queries
from rso.node.post.forms import ArrangementForm, EndForm
from rso.node.post.models import Arrangement, Inbox, Outbox
from rso.node.post.rules import PostPermission
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router(tags=["post"])
if TYPE_CHECKING:
    ArrangementBody = Body
    EndBody = Body
else:
    ArrangementBody = body_of(ArrangementForm, name="ArrangementBody")
    EndBody = body_of(EndForm, name="EndBody")


class RelayState(Schema):
    code: str
    last_at: datetime | None
    next_at: datetime | None
    failures: int
    clock_off_s: int
    directory_code: str


class MessageRow(Schema):
    id: UUID
    kind: str
    peer: str
    state: str
    code: str
    step: int | None
    at: datetime
    notarised_at: datetime | None


class ArrangementRow(Schema):
    digest: str
    title: str
    version: int
    state: str
    not_in_force: str | None
    parties: list[str]
    ended_at: datetime | None


@router.get("/post/relay", response=RelayState)
@needs(PostPermission.SEE_POST)
def relay(request: ActorRequest) -> Any:
    """How it stands with the relay; ``code`` is empty where all is well."""
    return queries.contact()


def _message(row: Outbox | Inbox) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "peer": row.recipient if isinstance(row, Outbox) else row.sender,
        "state": row.state,
        "code": row.code or row.receipt_error,
        "step": row.step if isinstance(row, Inbox) else None,
        "at": row.queued_at if isinstance(row, Outbox) else row.received_at,
        "notarised_at": row.notarised_at,
    }


@router.get("/post/outbox", response=Page[MessageRow])
@needs(PostPermission.SEE_POST)
def outbox(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What went out, the latest first."""
    return page_of(queries.outbox(request.actor), paging, _message)


@router.get("/post/inbox", response=Page[MessageRow])
@needs(PostPermission.SEE_POST)
def inbox(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
    """What came in, the latest first; ``step`` is where verification stopped."""
    return page_of(queries.inbox(request.actor), paging, _message)


def _arrangement(row: Arrangement) -> dict[str, Any]:
    found = queries.checked(bytes.fromhex(row.digest))
    assert found is not None
    return {
        "digest": row.digest,
        "title": row.title,
        "version": row.version,
        "state": row.state,
        "not_in_force": found.reason_not_in_force(unix_seconds(timezone.now())),
        "parties": sorted(str(agency) for agency in found.agencies()),
        "ended_at": row.ended_at,
    }


@router.get("/arrangements", response=Page[ArrangementRow])
@needs(PostPermission.SEE_ARRANGEMENT)
def arrangements(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
    """All arrangements; ``not_in_force`` is null for one that is in force now, else the first reason."""
    return page_of(queries.arrangements(request.actor), paging, _arrangement)


def _of(request: ActorRequest, digest: str) -> Arrangement:
    return get_object_or_404(queries.arrangements(request.actor), digest=digest)


@router.get("/arrangements/{digest}", response=ArrangementRow)
@needs(PostPermission.SEE_ARRANGEMENT)
def arrangement(request: ActorRequest, digest: str) -> dict[str, Any]:
    """One arrangement by its hash."""
    return _arrangement(_of(request, digest))


@router.post("/arrangements", response={201: ArrangementRow})
@needs(PostPermission.DRAFT_ARRANGEMENT)
def draft(request: ActorRequest, body: ArrangementBody) -> Status[dict[str, Any]]:
    """Keeps a draft."""
    peers = [(str(peer.agency), peer.name) for peer in queries.peers(request.actor, at=timezone.now()) if peer.active]
    form = from_form(ArrangementForm, body, peers=peers)
    return Status(201, _arrangement(actions.draft(request.actor, terms=form.document(), now=timezone.now())))


@router.post("/arrangements/{digest}/propose", response=ArrangementRow)
@needs(PostPermission.DRAFT_ARRANGEMENT)
def propose(request: ActorRequest, digest: str) -> dict[str, Any]:
    """Sends the draft to the other parties."""
    fresh = is_fresh(request.session)
    return _arrangement(actions.propose(request.actor, arrangement=_of(request, digest), stepped_up=fresh))


@router.post("/arrangements/{digest}/sign", response=ArrangementRow)
@needs(PostPermission.SIGN_ARRANGEMENT)
def sign(request: ActorRequest, digest: str) -> dict[str, Any]:
    """Signs in the caller's own person."""
    fresh = is_fresh(request.session)
    return _arrangement(actions.sign(request.actor, arrangement=_of(request, digest), stepped_up=fresh))


@router.post("/arrangements/{digest}/end", response=ArrangementRow)
@needs(PostPermission.END_ARRANGEMENT)
def end(request: ActorRequest, digest: str, body: EndBody) -> dict[str, Any]:
    """Ends it at once."""
    form = from_form(EndForm, body)
    row, fresh = _of(request, digest), is_fresh(request.session)
    return _arrangement(actions.end(request.actor, arrangement=row, stepped_up=fresh, **form.cleaned_data))
