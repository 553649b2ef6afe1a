"""From an enquiry to what it becomes, and back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.intake import making, presenters, queries
from rso.office.intake.actions import becoming
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import IntakePermission
from rso.ui import parts


def _find(request: ActorRequest, pk: UUID) -> Enquiry:
    return get_object_or_404(queries.queue(request.actor, state="all").filter(erased_at=None), pk=pk)


def filled_in(
    request: ActorRequest,
    enquiry: Enquiry,
    form: BaseForm,
    act: Callable[[dict[str, Any]], object],
    *,
    title: Any,
    lead: Any,
    done: Any,
) -> HttpResponse:
    """One form that makes something of an enquiry; a refusal stands beside it, and keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except RsoError as error:
            form.add_error("code" if error.code == "code-in-use" else None, presenters.words(error))
        else:
            messages.success(request, done)
            return redirect("intake:enquiry", pk=enquiry.pk)
    context = {
        "form": form,
        "enquiry": enquiry,
        "title": title,
        "lead": lead,
        "crumbs": [
            parts.Crumb(_("Enquiries"), reverse("intake:queue")),
            parts.Crumb(enquiry.organisation_name, reverse("intake:enquiry", args=[enquiry.pk]), data=True),
            parts.Crumb(title),
        ],
    }
    return render(request, "intake/make.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IntakePermission.CONVERT)
def organisation(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _find(request, pk)
    return filled_in(
        request, row, making.PartyForm(request.POST or None, initial=making.party_of(row)),
        lambda said: becoming.make_organisation(request.actor, enquiry=row, now=timezone.now(), **said),
        title=_("Enter the organisation"),
        lead=_("It becomes an interested party. Its first administrator is invited by mail, and can invite others."),
        done=_("The organisation is entered, and its administrator is invited."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IntakePermission.HANDLE_SECONDMENTS)
def secondment(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _find(request, pk)
    return filled_in(
        request, row, making.SecondmentForm(request.POST or None, initial=making.secondment_of(row)),
        lambda said: becoming.make_secondment(request.actor, enquiry=row, fields=said, now=timezone.now()),
        title=_("Record a secondment"),
        lead=_("An offer first: consider it, accept or decline it, place the official, and end it with a report."),
        done=_("The offer is recorded among the secondments."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IntakePermission.HANDLE_LISTINGS)
def listing(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _find(request, pk)
    return filled_in(
        request, row, making.ListingForm(request.POST or None, initial=making.listing_of(row)),
        lambda said: becoming.make_listing(request.actor, enquiry=row, fields=said, now=timezone.now()),
        title=_("Begin a listing"),
        lead=_("A draft. Confirm it once its provider has said that all of it is so."),
        done=_("The listing is begun, as a draft."),
    )  # fmt: skip


@require_POST
@needs(IntakePermission.CONVERT)
def undo(request: ActorRequest, pk: UUID, outcome: int) -> HttpResponse:
    """Takes back what came of an enquiry."""
    row = _find(request, pk)
    found = get_object_or_404(row.outcomes, pk=outcome)
    try:
        becoming.undo(request.actor, outcome=found, now=timezone.now())
    except RsoError as error:
        messages.error(request, presenters.words(error))
    else:
        messages.success(request, _("It is taken back."))
    return redirect("intake:enquiry", pk=pk)
