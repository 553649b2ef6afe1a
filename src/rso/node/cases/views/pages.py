"""The home page, and the auditor's pages."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.roles import ROLE_WORDS
from rso.accounts.rules import Actor, decide
from rso.base.errors import RsoError
from rso.node.cases import actions, presenters, queries
from rso.node.cases.rules import CasesPermission
from rso.node.post import queries as post
from rso.node.post.models import Conversation
from rso.node.searches.presenters import KIND_WORDS, error_words, purpose_words, question_row, state_words
from rso.node.searches.queries.asking import may_agree, searches
from rso.node.searches.rules import SearchesPermission
from rso.ui.parts import Crumb

_A_PAGE = 50
_RECENT = 5


@never_cache
@require_safe
@signed_in
def home(request: ActorRequest) -> HttpResponse:
    """What waits for this person."""
    values = {
        "stats": presenters.stats(queries.waiting(request.actor, now=timezone.now())),
        "roles": [ROLE_WORDS[role] for role in sorted(request.actor.roles)],
        "may_ask": decide(request.actor, SearchesPermission.CREATE).allowed,
        "recent": _recent(request.actor),
        "may_audit": decide(request.actor, CasesPermission.SEE_AUDIT).allowed,
        "contact": post.contact(),
    }
    return render(request, "cases/home.html", values)


def _recent(actor: Actor) -> list[dict[str, object]]:
    """The latest questions that this person may see, each with the answers so far."""
    if not decide(actor, SearchesPermission.SEE).allowed:
        return []
    found = searches(actor).prefetch_related("questions__conversation").order_by("-created_at")[:_RECENT]
    return [question_row(search, may_agree=may_agree(actor, search)) for search in found]


@require_safe
@needs(CasesPermission.SEE_AUDIT)
def conversations(request: ActorRequest) -> HttpResponse:
    page = Paginator(queries.conversations(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    rows = [
        (row, post.peer_name(row.peer), KIND_WORDS.get(row.question, row.question),
         purpose_words(row.purpose), state_words(row.side, row.state))
        for row in page
    ]  # fmt: skip
    state = queries.chain_state(request.actor)
    return render(request, "cases/conversations.html", {"page_obj": page, "rows": rows, "state": state})


@never_cache
@require_safe
@needs(CasesPermission.SEE_AUDIT)
def conversation(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Conversation, pk=pk)
    chain = queries.chain(request.actor, found)
    values = {
        "conversation": found,
        "crumbs": [Crumb(_("Cases"), reverse("cases:conversations")), Crumb(found.reference[:12], data=True)],
        "name": post.peer_name(found.peer),
        "purpose": purpose_words(found.purpose),
        "state": state_words(found.side, found.state),
        "chain": queries.chain_state(request.actor),
        "steps": [presenters.step(entry) for entry in chain.steps],
        "carried": [(row, KIND_WORDS.get(row.kind, row.kind), hasattr(row, "queued_at")) for row in chain.messages],
    }
    return render(request, "cases/conversation.html", values)


@require_POST
@needs(CasesPermission.EXPORT_EVIDENCE)
def evidence(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The evidence of one message as a file; taking it out leaves a row, so it is a POST."""
    row = queries.find_message(request.actor, pk)
    if row is None:
        raise Http404
    try:
        data = actions.export_evidence(request.actor, row=row)
    except RsoError as error:
        values = {"title": _("There is no evidence of this message yet"), "error": error_words(error)}
        return render(request, "cases/cannot.html", values, status=409)
    return as_file(data, row.pk)


def as_file(data: bytes, pk: UUID) -> HttpResponse:
    """Evidence as a download."""
    response = HttpResponse(data, content_type="application/cbor")
    response["Content-Disposition"] = f'attachment; filename="evidence-{pk}.cbor"'
    response["Cache-Control"] = "no-store"
    return response
