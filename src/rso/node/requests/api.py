"""Written requests for programs. Input is the page's form as JSON."""

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
from rso.audit.actions import viewed
from rso.node.requests import actions, queries, views
from rso.node.requests.forms import AskForm, RefuseForm, ReplyForm
from rso.node.requests.models import Letter
from rso.node.requests.rules import RequestsEvent, RequestsPermission
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of
from rso.wire.messages import Refusal, WrittenReply

router = Router(tags=["written requests"])
if TYPE_CHECKING:
    AskBody = Body
    ReplyBody = Body
    RefuseBody = Body
else:
    AskBody = body_of(AskForm, name="AskBody")
    ReplyBody = body_of(ReplyForm, name="ReplyBody")
    RefuseBody = body_of(RefuseForm, name="RefuseBody")


class LetterRow(Schema):
    id: UUID
    peer: str
    side: str
    state: str
    purpose: str
    started_at: datetime
    reply_by: datetime
    waits_for_second: bool


class LetterFull(LetterRow):
    subject: str | None
    text: str | None
    reply: str | None
    refusal: str | None
    is_destroyed: bool


class Choice(Schema):
    value: str
    words: str


def _row(letter: Letter) -> dict[str, Any]:
    row = letter.conversation
    return {
        "id": letter.pk,
        "peer": row.peer,
        "side": row.side,
        "state": row.state,
        "purpose": row.purpose,
        "started_at": row.started_at,
        "reply_by": letter.reply_by,
        "waits_for_second": bool(letter.draft),
    }


def _full(letter: Letter) -> dict[str, Any]:
    said = queries.words(letter)
    return _row(letter) | {
        "subject": said.request.subject if said.request else None,
        "text": said.request.text if said.request else None,
        "reply": said.reply.text if isinstance(said.reply, WrittenReply) else None,
        "refusal": said.reply.reason if isinstance(said.reply, Refusal) else None,
        "is_destroyed": said.is_destroyed,
    }


def _letter(request: ActorRequest, pk: UUID) -> Letter:
    return get_object_or_404(queries.letters(request.actor), pk=pk)


@router.get("/requests", response=Page[LetterRow])
@needs(RequestsPermission.SEE)
def letters(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
    """All written requests, the latest first; no words."""
    return page_of(queries.letters(request.actor), paging, _row)


@router.get("/requests/choices", response=list[Choice])
@needs(RequestsPermission.ASK)
def choices(request: ActorRequest) -> list[dict[str, str]]:
    """Whom a request may be sent to: the values of ``arrangement``."""
    return [{"value": value, "words": words} for value, words in views.choices(request.actor)]


@router.get("/requests/{uuid:pk}", response=LetterFull)
@needs(RequestsPermission.SEE)
def letter(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """One of them with its words. Reading it leaves a row in the audit."""
    found = _letter(request, pk)
    viewed(request.actor, RequestsEvent.VIEWED, subject=found.pk)
    return _full(found)


@router.post("/requests", response={201: LetterRow})
@needs(RequestsPermission.ASK)
def ask(request: ActorRequest, body: AskBody) -> Status[dict[str, Any]]:
    """Sends a request."""
    form = from_form(AskForm, body, choices=views.choices(request.actor), now=timezone.now())
    return Status(201, _row(views.ask(request.actor, form, is_fresh(request.session))))


@router.post("/requests/{uuid:pk}/reply", response=LetterRow)
@needs(RequestsPermission.REPLY)
def reply(request: ActorRequest, pk: UUID, body: ReplyBody) -> dict[str, Any]:
    """Replies, or keeps the reply until a second person agrees."""
    form = from_form(ReplyForm, body)
    text, fresh = form.cleaned_data["text"], is_fresh(request.session)
    found = _letter(request, pk)
    return _row(actions.reply(request.actor, letter=found, text=text, stepped_up=fresh, **form.about()))


@router.post("/requests/{uuid:pk}/agree", response=LetterRow)
@needs(RequestsPermission.REPLY)
def agree(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """Agrees to another person's reply; it goes."""
    return _row(actions.agree(request.actor, letter=_letter(request, pk), stepped_up=is_fresh(request.session)))


@router.post("/requests/{uuid:pk}/refuse", response=LetterRow)
@needs(RequestsPermission.REPLY)
def refuse(request: ActorRequest, pk: UUID, body: RefuseBody) -> dict[str, Any]:
    """Refuses."""
    form = from_form(RefuseForm, body)
    fresh = is_fresh(request.session)
    return _row(actions.refuse(request.actor, letter=_letter(request, pk), stepped_up=fresh, **form.cleaned_data))
