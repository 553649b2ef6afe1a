"""Secondments and listings: lists, their pages, and tables for a spreadsheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso import sheets
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.intake import making, presenters, queries
from rso.office.intake.actions import following
from rso.office.intake.models import Listing, Secondment
from rso.office.intake.rules import IntakePermission, ListingState, SecondmentMove, SecondmentState, moves_from
from rso.ui.parts import Crumb, Tab

_A_PAGE = 25


def table(name: str, head: list[Any], rows: Any) -> StreamingHttpResponse:
    """A table as a download."""
    answer = StreamingHttpResponse(sheets.csv_lines(head, rows), content_type=sheets.CSV)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.csv"'
    return answer


# ---- secondments
def _asked_secondments(request: ActorRequest) -> tuple[str, Any]:
    state = request.GET.get("state", "")
    state = state if state in list(SecondmentState) else ""
    return state, queries.secondments(request.actor, state=state, search=request.GET.get("q", ""))


@require_safe
@needs(IntakePermission.SEE_SECONDMENTS)
def secondments(request: ActorRequest) -> HttpResponse:
    state, rows = _asked_secondments(request)
    choices = [("", _("All")), *Secondment.StateWords.choices]
    context = {
        "page_obj": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "tabs": [Tab(words, f"?state={code}" if code else "?", code == state) for code, words in choices],
        "tones": presenters.SECONDMENT_TONES,
        "narrowed": bool(state or request.GET.get("q")),
        "crumbs": [Crumb(_("Secondments"))],
    }
    return render(request, "intake/secondments.html", context)


@require_safe
@needs(IntakePermission.SEE_SECONDMENTS)
def secondments_table(request: ActorRequest) -> StreamingHttpResponse:
    _state, rows = _asked_secondments(request)
    names = ("offered_by", "discipline", "project", "starts_on", "ends_on", "state")
    head = [*names, "changed_on"]
    return table(
        "secondments", head, ([*(getattr(r, n) for n in names), r.changed_at.date()] for r in rows.iterator(500))
    )


def _secondment(request: ActorRequest, pk: UUID) -> Secondment:
    return get_object_or_404(queries.secondments(request.actor), pk=pk)


@require_safe
@needs(IntakePermission.SEE_SECONDMENTS)
def secondment(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _show(request, _secondment(request, pk))


def _show(request: ActorRequest, row: Secondment, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "secondment": row,
        "tone": presenters.SECONDMENT_TONES[SecondmentState(row.state)],
        "facts": presenters.secondment_facts(row),
        "unusual": presenters.is_unusual(row),
        "happenings": presenters.secondment_happenings(row),
        "moves": [(move.value, presenters.MOVE_WORDS[move]) for move in moves_from(SecondmentState(row.state))],
        "origin": queries.origin("secondment", str(row.pk)),
        "form": making.MoveForm(),
        "crumbs": [Crumb(_("Secondments"), reverse("intake:secondments")), Crumb(row.discipline, data=True)],
        **more,
    }
    return render(request, "intake/secondment.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IntakePermission.HANDLE_SECONDMENTS)
def edit_secondment(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _secondment(request, pk)
    form = making.SecondmentForm(request.POST or None, instance=Secondment.objects.get(pk=row.pk))
    crumbs = [
        Crumb(_("Secondments"), reverse("intake:secondments")),
        Crumb(row.discipline, reverse("intake:secondment", args=[row.pk]), data=True),
        Crumb(_("Change")),
    ]
    if request.method == "POST" and form.is_valid():
        try:
            following.edit_secondment(request.actor, secondment=row, fields=form.cleaned_data, now=timezone.now())
        except RsoError as error:
            form.add_error(None, presenters.words(error))
        else:
            messages.success(request, _("The secondment is changed."))
            return redirect("intake:secondment", pk=pk)
    context = {"form": form, "title": _("Change the secondment"), "crumbs": crumbs}
    return render(request, "intake/make.html", context, status=422 if form.errors else 200)


@require_POST
@needs(IntakePermission.HANDLE_SECONDMENTS)
def move_secondment(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = _secondment(request, pk), making.MoveForm(request.POST)
    if not form.is_valid():
        return _show(request, row, 422, form=form)
    said = form.cleaned_data
    try:
        following.move_secondment(
            request.actor, secondment=row, move=SecondmentMove(said["move"]), note=said["note"], now=timezone.now()
        )
    except RsoError as error:
        form.add_error("note" if error.code == "report-wanted" else None, presenters.words(error))
        return _show(request, _secondment(request, pk), 409, form=form)
    messages.success(request, _("The secondment has moved on."))
    return redirect("intake:secondment", pk=pk)


# ---- listings
def _asked_listings(request: ActorRequest) -> tuple[str, Any]:
    state, today = request.GET.get("state", ""), timezone.localdate()
    lapsed = today if state == "lapsed" else None
    state = state if state in [*ListingState, "lapsed"] else ""
    found = queries.listings(
        request.actor, state="" if lapsed else state, search=request.GET.get("q", ""), lapsed_on=lapsed
    )
    return state, found


@require_safe
@needs(IntakePermission.SEE_LISTINGS)
def listings(request: ActorRequest) -> HttpResponse:
    state, rows = _asked_listings(request)
    choices = [("", _("All")), *Listing.StateWords.choices, ("lapsed", _("Lapsed"))]
    context = {
        "page_obj": Paginator(rows, _A_PAGE).get_page(request.GET.get("page")),
        "tabs": [Tab(words, f"?state={code}" if code else "?", code == state) for code, words in choices],
        "tones": presenters.LISTING_TONES,
        "today": timezone.localdate(),
        "narrowed": bool(state or request.GET.get("q")),
        "crumbs": [Crumb(_("Training listings"))],
    }
    return render(request, "intake/listings.html", context)


@require_safe
@needs(IntakePermission.SEE_LISTINGS)
def listings_table(request: ActorRequest) -> StreamingHttpResponse:
    _state, rows = _asked_listings(request)
    names = ("title", "provider", "audience", "languages", "mode", "state", "last_confirmed_on", "expires_on")
    return table("listings", list(names), ([getattr(row, name) for name in names] for row in rows.iterator(500)))


def _listing(request: ActorRequest, pk: UUID) -> Listing:
    return get_object_or_404(queries.listings(request.actor), pk=pk)


@require_safe
@needs(IntakePermission.SEE_LISTINGS)
def listing(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _listing(request, pk)
    context = {
        "listing": row,
        "tone": presenters.LISTING_TONES[ListingState(row.state)],
        "facts": presenters.listing_facts(row),
        "lapsed": row.expires_on is not None and row.expires_on < timezone.localdate(),
        "origin": queries.origin("listing", str(row.pk)),
        "crumbs": [Crumb(_("Training listings"), reverse("intake:listings")), Crumb(row.title, data=True)],
    }
    return render(request, "intake/listing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IntakePermission.HANDLE_LISTINGS)
def edit_listing(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _listing(request, pk)
    form = making.ListingForm(request.POST or None, instance=Listing.objects.get(pk=row.pk))
    crumbs = [
        Crumb(_("Training listings"), reverse("intake:listings")),
        Crumb(row.title, reverse("intake:listing", args=[row.pk]), data=True),
        Crumb(_("Change")),
    ]
    if request.method == "POST" and form.is_valid():
        following.edit_listing(request.actor, listing=row, fields=form.cleaned_data, now=timezone.now())
        messages.success(request, _("The listing is changed, and is a draft until it is confirmed."))
        return redirect("intake:listing", pk=pk)
    context = {"form": form, "title": _("Change the listing"), "crumbs": crumbs}
    return render(request, "intake/make.html", context, status=422 if form.errors else 200)


_LISTING_ACTS = {"confirm": following.confirm_listing, "withdraw": following.withdraw_listing}


@require_POST
@needs(IntakePermission.HANDLE_LISTINGS)
def act_on_listing(request: ActorRequest, pk: UUID, move: str) -> HttpResponse:
    if move not in _LISTING_ACTS:
        raise Http404
    try:
        _LISTING_ACTS[move](request.actor, listing=_listing(request, pk), now=timezone.now())
    except RsoError as error:
        messages.error(request, presenters.words(error))
    else:
        confirmed = move == "confirm"
        messages.success(request, _("The listing is confirmed.") if confirmed else _("The listing is withdrawn."))
    return redirect("intake:listing", pk=pk)
