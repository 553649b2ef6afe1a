"""The office's administrator: the state of the machinery, and what failed in the background."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.front import machinery, presenters
from rso.office.front.rules import FrontPermission
from rso.ui.parts import Crumb


@require_safe
@needs(FrontPermission.ADMINISTER)
def administration(request: ActorRequest) -> HttpResponse:
    state = machinery.state(request.actor, timezone.now())
    context = {
        "state": state,
        "stats": presenters.state_stats(state),
        "facts": presenters.state_facts(state),
        "ways": presenters.administrators_ways(request.actor),
        "crumbs": [Crumb(_("Administration"))],
    }
    return render(request, "front/administration.html", context)


@require_safe
@needs(FrontPermission.HANDLE_JOBS)
def jobs(request: ActorRequest) -> HttpResponse:
    page = Paginator(machinery.failed_jobs(request.actor), 25).get_page(request.GET.get("page"))
    crumbs = [Crumb(_("Administration"), reverse("front:administration")), Crumb(_("Background work"))]
    return render(request, "front/jobs.html", {"page_obj": page, "crumbs": crumbs})


_ACTS = {"again": machinery.requeue, "dismiss": machinery.dismiss}


@require_POST
@needs(FrontPermission.HANDLE_JOBS)
def act_on_job(request: ActorRequest, pk: UUID, move: str) -> HttpResponse:
    if move not in _ACTS:
        raise Http404
    try:
        _ACTS[move](request.actor, pk=pk)
    except RsoError:
        messages.error(request, _("This is no longer among what failed: somebody was first."))
    else:
        messages.success(request, _("It is tried again now.") if move == "again" else _("It is dismissed."))
    return redirect("front:jobs")
