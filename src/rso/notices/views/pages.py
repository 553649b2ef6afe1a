"""My notices, and the administrator's view of the outbox."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.notices import actions, queries
from rso.notices.models import Mail
from rso.notices.presenters import words
from rso.notices.rules import NoticesPermission
from rso.ui.parts import Tab

_A_PAGE = 30


@require_safe
@signed_in
def notices(request: ActorRequest) -> HttpResponse:
    page = Paginator(queries.mine(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/notices.html", {"page": page})


@require_POST
@signed_in
def open_notice(request: ActorRequest, pk: int) -> HttpResponse:
    """Marks a notice as read and goes to the page that it tells of."""
    notice = get_object_or_404(queries.mine(request.actor), pk=pk)
    actions.mark_read(request.actor, notices=queries.mine(request.actor).filter(pk=pk))
    return redirect(notice.path)


@require_POST
@signed_in
def read_all(request: ActorRequest) -> HttpResponse:
    actions.mark_read(request.actor, notices=queries.mine(request.actor))
    return redirect("notices:notices")


@require_safe
@needs(NoticesPermission.SEE_OUTBOX)
def outbox(request: ActorRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = queries.outbox(request.actor)
    if state in Mail.State.values:
        found = found.filter(state=state)
    else:
        state = ""
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    choices = [("", _("All")), *Mail.State.choices]
    tabs = [Tab(label, f"?state={code}" if code else "?", code == state) for code, label in choices]
    return render(request, "notices/outbox.html", {"page": page, "tabs": tabs})


@require_POST
@needs(NoticesPermission.RESEND)
def resend(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        actions.resend(request.actor, mail=get_object_or_404(queries.outbox(request.actor), pk=pk))
    except RsoError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, _("The mail will be tried again now."))
    return redirect("notices:outbox")
