"""The queue, for the RSO's staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.errors import RsoError
from rso.defaults.queries import value_of
from rso.defaults.rules import DefaultsPermission
from rso.office.intake import actions, presenters, queries
from rso.office.intake.actions import erasing
from rso.office.intake.forms import AnswerForm, AsideForm, AssignForm, DueForm, NoteForm
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import IntakePermission, State
from rso.office.intake.settings import KEEP_MONTHS
from rso.office.intake.views.following import table as download
from rso.ui import parts

#: How far ahead the page of what is erased looks.
_SOON_DAYS = 30
_TABS = [
    ("open", gettext_lazy("Open")),
    ("answered", gettext_lazy("Answered")),
    ("declined", gettext_lazy("Answered with no")),
    ("set-aside", gettext_lazy("Set aside")),
    ("all", gettext_lazy("All")),
]


def _asked(request: ActorRequest, asked: Any) -> tuple[str, QuerySet[Enquiry]]:
    """The tab that was asked for, and its rows."""
    today, search = timezone.localdate(), asked.get("q", "")
    for name, narrowed in (("mine", {"mine": True}), ("nobody", {"unassigned": True}), ("late", {"late_on": today})):
        if asked.get(name) == "1":
            return name, queries.queue(request.actor, search=search, **narrowed)
    state = asked.get("state", "open")
    state = state if state in dict(_TABS) else "open"
    return state, queries.queue(request.actor, state=state, search=search)


@require_safe
@needs(IntakePermission.SEE)
def queue(request: ActorRequest) -> HttpResponse:
    tab, rows = _asked(request, request.GET)
    counts = queries.counts(request.actor, timezone.localdate())
    context = {
        "page_obj": Paginator(rows, 25).get_page(request.GET.get("page")),
        "tabs": [
            parts.Tab(_("Mine"), "?mine=1", tab == "mine", counts["mine"]),
            parts.Tab(_("Of nobody"), "?nobody=1", tab == "nobody", counts["new"]),
            parts.Tab(_("Late"), "?late=1", tab == "late", counts["late"]),
            *(
                parts.Tab(words, f"?state={code}", code == tab, counts["open"] if code == "open" else None)
                for code, words in _TABS
            ),
        ],
        "tones": presenters.STATE_TONES,
        "today": timezone.localdate(),
        "asked": request.GET,
        "crumbs": [parts.Crumb(_("Enquiries"))],
    }
    return render(request, "intake/queue.html", context)


@require_POST
@needs(IntakePermission.SEE)
def table(request: ActorRequest) -> StreamingHttpResponse:
    """The rows that the page shows, without names, addresses and words; that they were taken is in the audit."""
    _tab, rows = _asked(request, request.POST)
    head = ["reference", "way", "state", "organisation_kind", "owner", "answer_due", "sent", "answered"]
    lines = [
        [
            row.reference, row.way, row.state, row.organisation_kind, row.owner.name if row.owner else "",
            row.due_on, row.created_at.date(), row.answered_at.date() if row.answered_at else "",
        ]
        for row in rows
    ]  # fmt: skip
    actions.note_export(request.actor, rows=len(lines))
    return download("enquiries", head, lines)


@require_safe
@needs(IntakePermission.SEE)
def retention(request: ActorRequest) -> HttpResponse:
    """What is erased next, and when."""
    now = timezone.now()
    soon = queries.due_to_erase(erasing.erase_before(now, in_days=_SOON_DAYS))
    context = {
        "page_obj": Paginator(soon, 25).get_page(request.GET.get("page")),
        "months": value_of(KEEP_MONTHS),
        "days": _SOON_DAYS,
        "may_change": decide(request.actor, DefaultsPermission.CHANGE).allowed,
        "setting": KEEP_MONTHS.name,
        "crumbs": [parts.Crumb(_("Enquiries"), reverse("intake:queue")), parts.Crumb(_("What is erased"))],
    }
    return render(request, "intake/retention.html", context)


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
            parts.Crumb(row.organisation_name or row.reference, data=True),
        ],
        "tone": presenters.tone(row),
        "facts": presenters.facts(row),
        "happenings": presenters.happenings(row),
        "form": AnswerForm(),
        "aside": AsideForm(),
        "owned": row.owner_id == request.user.pk,
        "due": DueForm(initial={"due_on": row.due_on, "seen_owner": queries.owner_key(row)}),
        "in_hand": row.state == State.IN_HAND,
        "note": NoteForm(),
        "assigning": _assign_form(request, initial={"due_on": row.due_on, "seen_owner": queries.owner_key(row)}),
        "outcomes": presenters.outcomes(row),
        "to_make": [] if row.erased_at else presenters.to_make(request.actor, row),
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
    form = _assign_form(request, request.POST) if move == "assign" else form_class(request.POST)
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


def _assign_form(request: ActorRequest, *given: Any, **more: Any) -> AssignForm:
    form = AssignForm(*given, **more)
    own: dict[str, Any] = form.fields
    own["owner"].queryset = queries.colleagues(request.actor, timezone.localdate()).exclude(pk=request.user.pk)
    return form


_FORMS: dict[str, tuple[str, type[Form]]] = {
    "take": ("due", DueForm),
    "answer": ("form", AnswerForm),
    "decline": ("form", AnswerForm),
    "assign": ("assigning", AssignForm),
    "note": ("note", NoteForm),
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
    if move == "assign":
        actions.assign(request.actor, enquiry=row, now=now, **said)
        return _("The enquiry is your colleague's, and they are told.")
    if move == "note":
        actions.note(request.actor, enquiry=row, text=said["note"], now=now)
        return _("The note stands in the history.")
    if move == "set-aside":
        actions.set_aside(request.actor, enquiry=row, reason=said["reason"], now=now)
        return _("The enquiry is set aside. Its sender is written nothing.")
    if move == "reopen":
        actions.reopen(request.actor, enquiry=row, now=now)
        return _("The enquiry is open again.")
    actions.answer(request.actor, enquiry=row, text=said["answer"], yes=move == "answer", now=now)
    return _("The answer is on its way by mail.")
