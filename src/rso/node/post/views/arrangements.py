"""Arrangements: list, draft, terms in words, signatures, ending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.clock import unix_seconds
from rso.base.errors import RsoError
from rso.node.post import actions, queries
from rso.node.post.forms import ArrangementForm, EndForm, initial_of
from rso.node.post.models import Arrangement, ArrangementSignature
from rso.node.post.presenters import (
    END_WORDS,
    FORCE_WORDS,
    error_words,
    party_facts,
    signature_keys,
    state_of,
    term_facts,
)
from rso.node.post.rules import PostPermission, seat_of

_A_PAGE = 50
State = Arrangement.State


@require_safe
@needs(PostPermission.SEE_ARRANGEMENT)
def arrangements(request: ActorRequest) -> HttpResponse:
    page = Paginator(queries.arrangements(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [(row, *_state(row), queries.waits_for_signature(request.actor, row, at=now)) for row in page.object_list]
    may_draft = decide(request.actor, PostPermission.DRAFT_ARRANGEMENT).allowed
    return render(request, "post/arrangements.html", {"page_obj": page, "rows": rows, "may_draft": may_draft})


def _state(row: Arrangement) -> tuple[Any, str]:
    """The stored state, or why what is signed is not in force at this moment."""
    found = queries.checked(bytes.fromhex(row.digest)) if row.state in (State.SIGNED, State.IN_FORCE) else None
    step = None if found is None else found.first_failure(unix_seconds(timezone.now()))
    return state_of(row.state) if step is None else (FORCE_WORDS[step][1], "wait")


def _peer_choices(request: ActorRequest) -> list[tuple[str, str]]:
    known = queries.peers(request.actor, at=timezone.now())
    return [(str(peer.agency), f"{peer.name} ({peer.agency})") for peer in known if peer.active]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PostPermission.DRAFT_ARRANGEMENT)
def new(request: ActorRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PostPermission.DRAFT_ARRANGEMENT)
def change(request: ActorRequest, digest: str) -> HttpResponse:
    row = get_object_or_404(Arrangement, digest=digest, state=State.DRAFT)
    return _edit(request, row)


def _edit(request: ActorRequest, row: Arrangement | None) -> HttpResponse:
    given: dict[str, Any] = {"starts": timezone.localdate()}
    reference = b""
    if row is not None:
        given, reference = initial_of(queries.document_of(row)), bytes.fromhex(row.reference)
    try:
        peers = _peer_choices(request)
    except RsoError as error:
        messages.error(request, error_words(error))
        return redirect("post:arrangements")
    form = ArrangementForm(request.POST or None, peers=peers, reference=reference, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(request.actor, terms=form.document(), now=timezone.now(), replaces=row)
        except RsoError as error:
            form.add_error(None, str(error_words(error)))
        else:
            messages.success(request, _("The draft is kept. Read it once more before you propose it."))
            return redirect("post:arrangement", made.digest)
    return render(request, "post/arrangement_form.html", {"form": form, "row": row})


@require_safe
@needs(PostPermission.SEE_ARRANGEMENT)
def arrangement(request: ActorRequest, digest: str) -> HttpResponse:
    return _page(request, get_object_or_404(Arrangement, digest=digest), EndForm())


def _page(request: ActorRequest, row: Arrangement, form: EndForm, status: int = 200) -> HttpResponse:
    terms = queries.document_of(row)
    words, tone = _state(row)
    found = queries.checked(bytes.fromhex(row.digest))
    steps = [] if found is None or row.state == State.DRAFT else found.steps(unix_seconds(timezone.now()))
    context = {
        "row": row,
        "words": words,
        "tone": tone,
        "facts": term_facts(terms),
        "parties": party_facts(terms),
        "signatures": signature_keys(row, terms),
        "force": [(FORCE_WORDS[step][0 if holds else 1], holds) for step, holds in steps],
        "ended_by": queries.peer_name(row.ended_by) if row.ended_by else "",
        "end_words": END_WORDS.get(row.end_reason, row.end_reason),
        "form": form,
        "is_fresh": is_fresh(request.session),
        **_may(request, row),
    }
    return render(request, "post/arrangement.html", context, status=status)


def _may(request: ActorRequest, row: Arrangement) -> dict[str, bool]:
    """What the page offers; the action decides again."""
    actor = request.actor
    seat = seat_of(bytes.fromhex(row.digest), actor.opaque).hex()
    has_signed = ArrangementSignature.objects.filter(digest=row.digest, seat=seat).exists()
    open_states = (State.SENT, State.SIGNED, State.IN_FORCE)
    return {
        "may_change": row.state == State.DRAFT and decide(actor, PostPermission.DRAFT_ARRANGEMENT).allowed,
        "may_sign": queries.waits_for_signature(actor, row, at=timezone.now()),
        "may_end": row.state in open_states and decide(actor, PostPermission.END_ARRANGEMENT).allowed,
        "has_signed": has_signed,
    }


def _act(request: ActorRequest, digest: str, act: Callable[[Arrangement], object], said: str) -> HttpResponse:
    row = get_object_or_404(Arrangement, digest=digest)
    try:
        act(row)
    except RsoError as error:
        if error.code == "not-allowed":
            raise
        messages.error(request, error_words(error))
    else:
        messages.success(request, said)
    return redirect("post:arrangement", digest)


@require_POST
@needs(PostPermission.DRAFT_ARRANGEMENT)
def propose(request: ActorRequest, digest: str) -> HttpResponse:
    def act(row: Arrangement) -> object:
        return actions.propose(request.actor, arrangement=row, stepped_up=is_fresh(request.session))

    return _act(request, digest, act, _("The proposal is on its way. People of both sides have to sign it."))


@require_POST
@needs(PostPermission.SIGN_ARRANGEMENT)
def sign(request: ActorRequest, digest: str) -> HttpResponse:
    def act(row: Arrangement) -> object:
        return actions.sign(request.actor, arrangement=row, stepped_up=is_fresh(request.session))

    return _act(request, digest, act, _("You have signed. The other party is being told."))


@require_POST
@needs(PostPermission.DRAFT_ARRANGEMENT)
def discard(request: ActorRequest, digest: str) -> HttpResponse:
    actions.discard(request.actor, arrangement=get_object_or_404(Arrangement, digest=digest, state=State.DRAFT))
    messages.success(request, _("The draft is deleted."))
    return redirect("post:arrangements")


@require_POST
@needs(PostPermission.END_ARRANGEMENT)
def end(request: ActorRequest, digest: str) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, get_object_or_404(Arrangement, digest=digest), form, status=422)

    def act(row: Arrangement) -> object:
        fresh = is_fresh(request.session)
        return actions.end(request.actor, arrangement=row, stepped_up=fresh, **form.cleaned_data)

    return _act(request, digest, act, _("It is ended here from now on, and the other party is being told."))
