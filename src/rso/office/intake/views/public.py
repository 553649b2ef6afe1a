"""What anybody sees: six ways, a short form each, and the confirmation by mail."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import ANONYMOUS, decide
from rso.base.errors import RsoError
from rso.office.intake import actions, presenters, queries
from rso.office.intake.adapters import place_of
from rso.office.intake.forms import FORMS, EnquiryForm
from rso.office.intake.models import Enquiry
from rso.office.intake.presenters import WAYS, way_words, words
from rso.office.intake.rules import IntakePermission, State, Way
from rso.ui import parts


@require_safe
@public
def ways(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/ways.html", {"ways": WAYS})


@require_http_methods(["GET", "HEAD", "POST"])
@public
def write(request: HttpRequest, way: str) -> HttpResponse:
    if way not in list(Way):
        raise Http404
    chosen = Way(way)
    acting = cast(ActorRequest, request)
    oneself = decide(acting.actor, IntakePermission.OWN).allowed
    start = {"key": uuid4(), **(presenters.oneself(acting.actor) if oneself else {})}
    form = FORMS[chosen](request.POST if request.method == "POST" else None, initial=start)
    if oneself:
        form.knows_its_sender()
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            enquiry = _send(acting, chosen, form, oneself)
        except RsoError as error:
            form.add_error(None, words(error))
            status = 429
        else:
            if oneself:
                return redirect("intake:mine-one", pk=enquiry.pk)
            messages.success(request, _("A mail is on its way to %(address)s.") % {"address": enquiry.email})
            return redirect("intake:sent")
    context = {"form": form, "way": way_words(chosen), "oneself": oneself}
    return render(request, "intake/write.html", context, status=status)


def _send(request: ActorRequest, way: Way, form: EnquiryForm, oneself: bool) -> Enquiry:
    said: dict[str, Any] = {
        "way": way,
        "fields": form.common_values(),
        "details": form.detail_values(),
        "language": get_language() or "",
        "now": timezone.now(),
        "key": form.cleaned_data["key"],
    }
    if oneself:
        enquiry = actions.write_oneself(request.actor, **said)
        messages.success(request, _("Your enquiry is in the queue. This page shows what becomes of it."))
        return enquiry
    return actions.receive(ANONYMOUS, place=place_of(request), **said)


@require_safe
@needs(IntakePermission.OWN)
def mine(request: ActorRequest) -> HttpResponse:
    """What one wrote oneself, for interested parties and officials."""
    page = Paginator(queries.mine(request.actor), 20).get_page(request.GET.get("page"))
    return render(request, "intake/mine.html", {"page_obj": page, "tones": presenters.STATE_TONES})


@require_safe
@needs(IntakePermission.OWN)
def mine_one(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(queries.mine(request.actor), pk=pk)
    context = {
        "enquiry": row,
        "crumbs": [parts.Crumb(_("My enquiries"), reverse("intake:mine")), parts.Crumb(row.get_way_display())],
        "tone": presenters.tone(row),
        "facts": presenters.facts(row),
        "happenings": presenters.own_happenings(row),
        "outcomes": presenters.outcomes(row),
    }
    return render(request, "intake/mine_one.html", context)


@require_safe
@public
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@public
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail shows a button: mail programs fetch links by themselves, and a GET changes nothing."""
    try:
        if request.method == "POST":
            enquiry, done = actions.confirm(ANONYMOUS, token=token, now=timezone.now()), True
        else:
            enquiry = actions.to_confirm(token=token, now=timezone.now())
            done = enquiry.state != State.UNCONFIRMED
    except RsoError as error:
        return render(request, "intake/confirm.html", {"error": words(error)}, status=410)
    return render(request, "intake/confirm.html", {"enquiry": enquiry, "done": done})
