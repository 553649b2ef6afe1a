"""The queue, for the RSO's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.intake import actions, presenters, queries
from rso.office.intake.forms import AnswerForm, AsideForm, DueForm
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import IntakePermission, State
from rso.ui import parts

_TABS = [
    ("open", gettext_lazy("Open")),
    ("answered", gettext_lazy("Answered")),
    ("declined", gettext_lazy("Answered with no")),
    ("set-aside", gettext_lazy("Set aside")),
    ("all", gettext_lazy("All")),
]


@require_safe
@needs(IntakePermission.SEE)
def queue(request: ActorRequest) -> HttpResponse:
    state, mine = request.GET.get("state", "open"), request.GET.get("mine") == "1"
    if state not in dict(_TABS):
        state = "open"
    rows = queries.queue(request.actor, state=state, search=request.GET.get("q", ""), mine=mine)
    counts = queries.counts(request.actor, timezone.localdate())
    context = {
        "page_obj": Paginator(rows, 25).get_page(request.GET.get("page")),
        "tabs": [
            parts.Tab(_("In my hands"), "?mine=1", mine, counts["mine"]),
            *(parts.Tab(words, f"?state={code}", code == state and not mine) for code, words in _TABS),
        ],
        "tones": presenters.STATE_TONES,
        "stats": [
            parts.Stat(_("New"), counts["new"]),
            parts.Stat(_("In hand"), counts["in_hand"]),
            parts.Stat(_("Past their day"), counts["late"]),
        ],
        "today": timezone.localdate(),
    }
    return render(request, "intake/queue.html", context)


@require_safe
@needs(IntakePermission.SEE)
def enquiry(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _show(request, _one(request, pk))


def _one(request: ActorRequest, pk: UUID) -> Enquiry:
    return get_object_or_404(queries.queue(request.actor, state="all"), pk=pk)


def _show(request: ActorRequest, row: Enquiry, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of an enquiry; ``bound`` forms and the ``refused`` words stand in place of fresh ones."""
    context = {
        "enquiry": row,
        "crumbs": [
            parts.Crumb(_("Enquiries"), reverse("intake:queue")),
            parts.Crumb(row.organisation_name, data=True),
        ],
        "tone": presenters.tone(row),
        "facts": presenters.facts(row),
        "happenings": presenters.happenings(row),
        "form": AnswerForm(),
        "aside": AsideForm(),
        "owned": row.owner_id == request.user.pk,
        "due": DueForm(initial={"due_on": row.due_on, "seen_owner": queries.owner_key(row)}),
        "in_hand": row.state == State.IN_HAND,
        **bound,
    }
    return render(request, "intake/enquiry.html", context, status=status)


@require_POST
@needs(IntakePermission.HANDLE)
def act(request: ActorRequest, pk: UUID, move: str) -> HttpResponse:
    """Takes, releases, answers, declines or reopens; a refusal is shown where it happened and loses no text."""
    row = _one(request, pk)
    if move not in _FORMS:
        raise Http404
    name, form_class = _FORMS[move]
    form = form_class(request.POST)
    if not form.is_valid():
        return _show(request, row, 422, **{name: form})
    try:
        done = _do(request, row, move, form)
    except RsoError as error:
        refused = presenters.words(error)
        return _show(
            request, _one(request, pk), 409, refused=refused, typed=request.POST.get("answer", ""), **{name: form}
        )
    messages.success(request, done)
    return redirect("intake:enquiry", pk=pk)


_FORMS: dict[str, tuple[str, type[Form]]] = {
    "take": ("due", DueForm),
    "answer": ("form", AnswerForm),
    "decline": ("form", AnswerForm),
    "set-aside": ("aside", AsideForm),
    "release": ("plain", Form),
    "reopen": ("plain", Form),
}


def _do(request: ActorRequest, row: Enquiry, move: str, form: Form) -> str:
    now, said = timezone.now(), form.cleaned_data
    if move == "take":
        actions.take(request.actor, enquiry=row, owner=request.user, now=now, **said)
        return _("The enquiry is yours.")
    if move == "release":
        actions.release(request.actor, enquiry=row, now=now)
        return _("The enquiry is back in the queue.")
    if move == "set-aside":
        actions.set_aside(request.actor, enquiry=row, reason=said["reason"], now=now)
        return _("The enquiry is set aside. Its sender is written nothing.")
    if move == "reopen":
        actions.reopen(request.actor, enquiry=row, now=now)
        return _("The enquiry is open again.")
    actions.answer(request.actor, enquiry=row, text=said["answer"], yes=move == "answer", now=now)
    return _("The answer is on its way by mail.")
