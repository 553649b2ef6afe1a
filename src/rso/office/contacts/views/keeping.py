"""Entering, changing, ending and confirming one focal point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
from rso.accounts.rules import require
from rso.base.errors import RsoError
from rso.office.contacts import presenters, queries
from rso.office.contacts.actions import keeping as actions
from rso.office.contacts.forms import ChannelFormSet, FocalPointForm, channels_of, initial_of
from rso.office.contacts.models import FocalPoint
from rso.office.contacts.rules import ContactsPermission
from rso.office.contacts.views.focal_points import find, show
from rso.ui import parts


def _member_crumbs(organisation: Organisation, *more: parts.Crumb) -> list[parts.Crumb]:
    href = f"{reverse('contacts:member')}?organisation={organisation.code}"
    return [parts.Crumb(organisation.name, href, data=True), *more]


def _filled_in(
    request: ActorRequest,
    organisation: Organisation,
    act: Callable[[dict[str, Any], datetime | None], FocalPoint],
    title: str,
    row: FocalPoint | None = None,
) -> HttpResponse:
    """The form of an entry with its ways to be reached; a refusal keeps what was typed."""
    posted = request.POST or None
    form = FocalPointForm(posted, organisation=organisation, initial=initial_of(row) if row else _begun(request))
    lines = ChannelFormSet(posted, prefix="ways", initial=row.channels if row else None)
    if posted is not None:
        valid = [form.is_valid(), lines.is_valid()]
        if all(valid):
            try:
                changed = act(form.values() | {"channels": channels_of(lines)}, _seen(form.cleaned_data["seen"]))
            except RsoError as error:
                form.add_error(None, presenters.words_of(error))
            else:
                messages.success(request, _("The entry is saved."))
                return redirect("contacts:focal-point", pk=changed.pk)
    wrong = posted is not None and bool(form.errors or lines.total_error_count())
    context = {
        "form": form,
        "lines": lines,
        "title": title,
        "organisation": organisation,
        "crumbs": _member_crumbs(organisation, parts.Crumb(title)),
    }
    return render(request, "contacts/form.html", context, status=422 if wrong else 200)


def _begun(request: ActorRequest) -> dict[str, Any]:
    """A new entry for a subject, where a link names it."""
    subject = queries.subjects().filter(code=request.GET.get("subject", "")).first()
    return {"subject": subject} if subject else {}


def _seen(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContactsPermission.KEEP)
def enter(request: ActorRequest) -> HttpResponse:
    organisation = get_object_or_404(
        queries.members_of(request.actor), code=request.GET.get("organisation") or _only(request)
    )
    return _filled_in(
        request, organisation,
        lambda values, _seen: actions.enter(
            request.actor, organisation=organisation, values=values, now=timezone.now()
        ),
        _("Enter a focal point"),
    )  # fmt: skip


def _only(request: ActorRequest) -> str:
    mine = queries.members_of(request.actor)[:1]
    return mine[0].code if mine else ""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContactsPermission.KEEP)
def change(request: ActorRequest, pk: int) -> HttpResponse:
    row = find(request, pk)
    require(request.actor, ContactsPermission.KEEP, row.entry)
    return _filled_in(
        request, row.organisation,
        lambda values, seen: actions.change(request.actor, row=row, values=values, now=timezone.now(), seen=seen),
        _("Change the entry"), row,
    )  # fmt: skip


@require_POST
@needs(ContactsPermission.KEEP)
def move(request: ActorRequest, pk: int, move: str) -> HttpResponse:
    """Confirms, ends or takes an end back; a refusal stands on the entry's page."""
    row, now = find(request, pk), timezone.now()
    if move not in ("confirm", "end", "resume"):
        raise Http404
    try:
        if move == "confirm":
            if (seen := _seen(request.POST.get("seen", ""))) is not None:
                row.changed_at = seen  # what the page showed, not what stands there by now
            actions.confirm(request.actor, rows=[row], now=now)
        elif move == "end":
            actions.end(request.actor, row=row, now=now)
        else:
            actions.resume(request.actor, row=row, now=now)
    except RsoError as error:
        if error.code == "not-allowed":
            raise
        return show(request, find(request, pk), 409, refused=presenters.words_of(error))
    said = {"confirm": _("Confirmed. Thank you."), "end": _("The entry has ended.")}
    messages.success(request, said.get(move, _("The entry stands again.")))
    return redirect("contacts:focal-point", pk=pk)
