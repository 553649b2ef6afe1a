"""The administrator's pages: how it stands with the relay, keys, and what went out and came in. No contents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.node.post import queries, tasks
from rso.node.post.models import Inbox, Outbox
from rso.node.post.presenters import KIND_WORDS, code_words, contact_facts, failure_words, state_of
from rso.node.post.rules import PostError, PostPermission
from rso.ui.parts import Fact, Stat, Tab

_A_PAGE = 50


def _tabs(current: str) -> list[Tab]:
    from django.urls import reverse

    return [
        Tab(_("State and keys"), reverse("post:state"), current == "state"),
        Tab(_("Outbox"), reverse("post:outbox"), current == "outbox"),
        Tab(_("Inbox"), reverse("post:inbox"), current == "inbox"),
    ]


@require_safe
@needs(PostPermission.SEE_POST)
def state(request: ActorRequest) -> HttpResponse:
    contact = queries.contact()
    context: dict[str, Any] = {
        "tabs": _tabs("state"),
        "contact": contact,
        "trouble": code_words(contact.code) if contact.code else "",
        "facts": [*contact_facts(contact), *_directory_facts()],
        "stats": _stats(request),
        "keys": queries.own_keys(request.actor),
        "now": timezone.now(),
    }
    return render(request, "post/state.html", context)


def _directory_facts() -> list[Fact]:
    try:
        copy = queries.directory_copy()
    except PostError as error:
        return [Fact(_("Directory"), code_words(error.code), words=True)]
    until = copy.expires_at.strftime("%Y-%m-%d %H:%M UTC")
    return [Fact(_("Directory, version"), str(copy.version)), Fact(_("Directory good until"), until)]


def _stats(request: ActorRequest) -> list[Stat]:
    out, into = queries.outbox(request.actor), queries.inbox(request.actor)
    return [
        _stat(_("Waiting to leave"), out.filter(state=Outbox.State.QUEUED).count(), "wait"),
        _stat(_("Not yet notarised"), out.filter(state=Outbox.State.AT_RELAY, notarised_at=None).count(), "wait"),
        _stat(_("Refused by the relay"), out.filter(state=Outbox.State.STOPPED).count(), "bad"),
        _stat(_("Refused here"), into.filter(state=Inbox.State.REFUSED).count(), "bad"),
        _stat(_("Taken, not yet applied"), into.filter(state=Inbox.State.HELD).count(), "wait"),
    ]


def _stat(label: str, count: int, tone: str) -> Stat:
    return Stat(label, count, tone=tone if count else "")


@require_safe
@needs(PostPermission.SEE_POST)
def outbox(request: ActorRequest) -> HttpResponse:
    page = Paginator(queries.outbox(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    rows = [_shown(row, row.recipient, row.queued_at) for row in page]
    context = {"tabs": _tabs("outbox"), "page_obj": page, "rows": rows, "is_outbox": True}
    return render(request, "post/messages.html", context)


@require_safe
@needs(PostPermission.SEE_POST)
def inbox(request: ActorRequest) -> HttpResponse:
    page = Paginator(queries.inbox(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    rows = [_shown(row, row.sender, row.received_at) for row in page]
    context = {"tabs": _tabs("inbox"), "page_obj": page, "rows": rows, "is_outbox": False}
    return render(request, "post/messages.html", context)


def _shown(row: Outbox | Inbox, agency: str, at: object) -> dict[str, Any]:
    words, tone = state_of(row.state)
    return {
        "at": at,
        "agency": agency,
        "name": queries.peer_name(agency) if agency else "",
        "kind": KIND_WORDS.get(row.kind, row.kind),
        "words": words,
        "tone": tone,
        "failure": failure_words(row),
        "step": row.step if isinstance(row, Inbox) else None,
        "code": row.code or row.receipt_error,
        "is_notarised": row.notarised_at is not None,
        "is_refused": row.state == Inbox.State.REFUSED,
    }


@require_POST
@needs(PostPermission.SEE_POST)
def exchange(request: ActorRequest) -> HttpResponse:
    """Tries at once, whatever the wait: for an administrator who has just mended something."""
    tasks.exchange_now.enqueue()
    messages.success(request, _("The exchange is under way. Look again in a few seconds."))
    return redirect("post:state")
