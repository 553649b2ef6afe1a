"""Written requests: list, new, one with its timeline, reply, refusal, a second person's agreement."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Actor, decide
from rso.audit.actions import viewed
from rso.base.errors import RsoError
from rso.node.post import queries as known
from rso.node.requests import actions, queries
from rso.node.requests.forms import AskForm, RefuseForm, ReplyForm
from rso.node.requests.models import Letter
from rso.node.requests.presenters import error_words, facts, letter_state, reason_words, timeline
from rso.node.requests.rules import SERVICE, RequestsEvent, RequestsPermission
from rso.wire.conversation import Side
from rso.wire.identifiers import AgencyId
from rso.wire.messages import Refusal, WrittenReply

_A_PAGE = 50


@require_safe
@needs(RequestsPermission.SEE)
def letters(request: ActorRequest) -> HttpResponse:
    page = Paginator(queries.letters(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    rows = [(letter, known.peer_name(letter.conversation.peer), *letter_state(letter)) for letter in page]
    may_ask = decide(request.actor, RequestsPermission.ASK).allowed
    return render(request, "requests/letters.html", {"page_obj": page, "rows": rows, "may_ask": may_ask})


def choices(actor: Actor) -> list[tuple[str, str]]:
    """Whom a request may be sent to, under which arrangement: ``AGENCY#HASH`` and the words for it."""
    return [
        (f"{peer.agency}#{terms.digest.hex()}", f"{peer.name} · {terms.arrangement.title}")
        for peer in known.peers(actor, at=timezone.now())
        for terms in peer.in_force
        if terms.arrangement.allows_service(SERVICE)
    ]


def chosen(value: str) -> tuple[AgencyId, bytes]:
    """What one of the choices means."""
    agency, _, digest = value.partition("#")
    return AgencyId.parse(agency), bytes.fromhex(digest)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RequestsPermission.ASK)
def new(request: ActorRequest) -> HttpResponse:
    try:
        offered = choices(request.actor)
    except RsoError as error:
        messages.error(request, error_words(error))
        return redirect("requests:letters")
    form = AskForm(request.POST or None, choices=offered, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        try:
            letter = ask(request.actor, form, is_fresh(request.session))
        except RsoError as error:
            form.add_error(None, str(error_words(error)))
        else:
            messages.success(request, _("The request is on its way."))
            return redirect("requests:letter", letter.pk)
    context = {"form": form, "has_choices": bool(offered), "is_fresh": is_fresh(request.session)}
    return render(request, "requests/new.html", context)


def ask(actor: Actor, form: AskForm, stepped_up: bool) -> Letter:
    """Sends what a valid form says; the interface for programs does the same."""
    given = form.cleaned_data
    to, arrangement = chosen(given["arrangement"])
    return actions.ask(
        actor,
        to=to,
        arrangement=arrangement,
        purpose=given["purpose"],
        subject=given["subject"],
        text=given["text"],
        reply_by=given["reply_by"],
        stepped_up=stepped_up,
        **form.about(),
    )


@never_cache
@require_safe
@needs(RequestsPermission.SEE)
def letter(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(queries.letters(request.actor), pk=pk)
    viewed(request.actor, RequestsEvent.VIEWED, subject=found.pk)
    return _page(request, found, ReplyForm(), RefuseForm())


def _page(
    request: ActorRequest, found: Letter, reply_form: ReplyForm, refuse_form: RefuseForm, status: int = 200
) -> HttpResponse:
    words, tone = letter_state(found)
    said = queries.words(found)
    draft = queries.draft_of(found)
    is_open = found.conversation.side == Side.HOLDER and found.conversation.ended_at is None
    context = {
        "letter": found,
        "words": words,
        "tone": tone,
        "said": said,
        "facts": facts(found, said.request.subject if said.request else ""),
        "reply": said.reply.text if isinstance(said.reply, WrittenReply) else "",
        "refusal": reason_words(said.reply.reason) if isinstance(said.reply, Refusal) else "",
        "refusal_text": said.reply.text if isinstance(said.reply, Refusal) else "",
        "happenings": timeline(found.conversation),
        "draft": draft,
        "own_draft": found.drafted_by_id == request.actor.user_id,
        "may_reply": is_open and decide(request.actor, RequestsPermission.REPLY).allowed,
        "reply_form": reply_form,
        "refuse_form": refuse_form,
        "is_fresh": is_fresh(request.session),
    }
    return render(request, "requests/letter.html", context, status=status)


def _act(request: ActorRequest, pk: UUID, act: Callable[[Letter], object], said: str) -> HttpResponse:
    found = get_object_or_404(queries.letters(request.actor), pk=pk)
    try:
        act(found)
    except RsoError as error:
        if error.code == "not-allowed":
            raise
        messages.error(request, error_words(error))
    else:
        messages.success(request, said)
    return redirect("requests:letter", pk)


@require_POST
@needs(RequestsPermission.REPLY)
def reply(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(queries.letters(request.actor), pk=pk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            actions.reply(
                request.actor,
                letter=found,
                text=form.cleaned_data["text"],
                stepped_up=is_fresh(request.session),
                **form.about(),
            )
        except RsoError as error:
            form.add_error(None, str(error_words(error)))
        else:
            found.refresh_from_db()
            kept = _("Your reply is kept until a second person agrees to it.")
            messages.success(request, kept if found.draft else _("The reply leaves within the arrangement's tick."))
            return redirect("requests:letter", pk)
    return _page(request, found, form, RefuseForm(), status=422)


@require_POST
@needs(RequestsPermission.REPLY)
def refuse(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(queries.letters(request.actor), pk=pk)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, ReplyForm(), form, status=422)

    def act(one: Letter) -> object:
        return actions.refuse(request.actor, letter=one, stepped_up=is_fresh(request.session), **form.cleaned_data)

    return _act(request, pk, act, _("The refusal leaves within the arrangement's tick."))


@require_POST
@needs(RequestsPermission.REPLY)
def agree(request: ActorRequest, pk: UUID) -> HttpResponse:
    def act(one: Letter) -> object:
        return actions.agree(request.actor, letter=one, stepped_up=is_fresh(request.session))

    return _act(request, pk, act, _("You agreed. The reply leaves within the arrangement's tick."))


@require_POST
@needs(RequestsPermission.REPLY)
def return_draft(request: ActorRequest, pk: UUID) -> HttpResponse:
    def act(one: Letter) -> object:
        return actions.return_draft(request.actor, letter=one)

    return _act(request, pk, act, _("The draft is taken back: the reply can be written anew."))
