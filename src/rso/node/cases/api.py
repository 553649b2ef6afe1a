"""The node's interface for programs: one for all of its apps, at ``/api/``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema

from rso.accounts.factors import has_second_factor
from rso.accounts.guards import needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.node.cases import actions, queries
from rso.node.cases.rules import CasesPermission
from rso.node.cases.views.pages import as_file
from rso.node.gallery.api import router as gallery
from rso.node.post.api import router as post
from rso.node.post.models import Conversation, Outbox
from rso.node.requests.api import router as requests
from rso.node.searches.api import router as searches
from rso.rest.api import Router, make_api
from rso.rest.paging import Page, Paging, page_of

router = Router(tags=["cases"])


class ConversationRow(Schema):
    id: UUID
    peer: str
    side: str
    question: str
    purpose: str
    state: str


@router.get("/waiting", response=dict[str, int | None])
@signed_in
def waiting(request: ActorRequest) -> dict[str, int | None]:
    """What waits for whoever asks, as numbers; null where their seats have nothing to do with it."""
    return dict(vars(queries.waiting(request.actor, now=timezone.now())))


@router.get("/conversations", response=Page[ConversationRow])
@needs(CasesPermission.SEE_AUDIT)
def conversations(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Every exchange of this node, the latest first; no person and no content."""
    return page_of(queries.conversations(request.actor), paging, lambda row: row)


@router.get("/conversations/{uuid:pk}", response=dict[str, Any])
@needs(CasesPermission.SEE_AUDIT)
def conversation(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """The chain of one case: its steps, its messages, and whether the whole audit holds."""
    found = queries.chain(request.actor, get_object_or_404(Conversation, pk=pk))
    state = queries.chain_state(request.actor)
    return {
        "id": str(pk),
        "stages": [str(stage.pk) for stage in found.stages],
        "steps": [
            {
                "sequence": entry.sequence,
                "at_ms": entry.at_ms,
                "event": entry.event,
                "actor": entry.system or str(entry.actor),
                "facts": entry.facts,
                "digest": bytes(entry.digest).hex(),
            }
            for entry in found.steps
        ],
        "messages": [
            {
                "id": str(row.pk),
                "kind": row.kind,
                "outgoing": isinstance(row, Outbox),
                "state": row.state,
                "notarised": row.notarised_at is not None,
            }
            for row in found.messages
        ],
        "chain": {"rows": state.rows, "head": state.head, "broken": state.broken},
    }


@router.get("/messages", response=list[dict[str, Any]])
@needs(CasesPermission.EXPORT_EVIDENCE)
def messages(request: ActorRequest, conversation: UUID) -> list[dict[str, Any]]:
    """The messages of a conversation in which one takes part, for their evidence."""
    return [
        {"id": str(row.pk), "kind": row.kind, "notarised": row.notarised_at is not None}
        for row in queries.messages(request.actor, conversation)
    ]


@router.post("/messages/{uuid:pk}/evidence")
@needs(CasesPermission.EXPORT_EVIDENCE)
def evidence(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The evidence of one message, as ``application/cbor``; check it with ``rso evidence verify``."""
    row = queries.find_message(request.actor, pk)
    if row is None:
        raise Http404
    return as_file(actions.export_evidence(request.actor, row=row), row.pk)


api = make_api(
    title="Node",
    version="1",
    namespace="node-api",
    admitted=has_second_factor,
    description="A member's own side of the exchange.",
    statuses={"key-destroyed": 410, "step-up-needed": 403},
)
api.add_router("", router)
api.add_router("", gallery)
api.add_router("", searches)
api.add_router("", requests)
api.add_router("", post)
