"""Administrators' pages of organisations and their agencies; an organisation's own administrator sees one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts import actions, queries
from rso.accounts.forms import AgencyForm, NameForm, OrganisationForm
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
from rso.accounts.presenters import words_of
from rso.accounts.rules import AccountsPermission, decide
from rso.base.errors import RsoError
from rso.ui.parts import Crumb, Fact, Tab

_A_PAGE = 30


@require_safe
@needs(AccountsPermission.SEE_ORGANISATIONS)
def organisations(request: ActorRequest) -> HttpResponse:
    """All of them, or for whoever keeps one organisation only, that one's page."""
    own = queries.administered(request.actor)
    if own is not None and len(own) == 1:
        return redirect("accounts:organisation", pk=get_object_or_404(queries.organisations(request.actor)).pk)
    words, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    kind = kind if kind in Organisation.Kind.values else ""
    present = set(queries.organisations(request.actor).order_by().values_list("kind", flat=True).distinct())
    context = {
        "page": Paginator(queries.organisations(request.actor, words, kind), _A_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "may_add": decide(request.actor, AccountsPermission.CHANGE_ORGANISATIONS).allowed,
        "crumbs": [*_crumbs()[:1], Crumb(_("Organisations"))],
        "tabs": [Tab(_("All"), "?", not kind)]
        + [Tab(label, f"?kind={code}", code == kind) for code, label in Organisation.Kind.choices if code in present],
    }
    return render(request, "accounts/organisations.html", context)


def _find(request: ActorRequest, pk: int) -> Organisation:
    return get_object_or_404(queries.organisations(request.actor), pk=pk)


@require_safe
@needs(AccountsPermission.SEE_ORGANISATIONS)
def organisation(request: ActorRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    context = {
        "organisation": found,
        "facts": [
            Fact(_("Code"), found.code),
            Fact(_("Kind of organisation"), found.get_kind_display(), words=True),
        ],
        "agencies": found.agencies.all(),
        "organisation_key": str(found.pk),
        "may_rename": decide(request.actor, AccountsPermission.CHANGE_ORGANISATIONS).allowed,
        "seats": queries.seats_at(request.actor, found, timezone.localdate()),
        "crumbs": _crumbs(Crumb(found.name, data=True)),
    }
    return render(request, "accounts/organisation.html", context)


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [
        Crumb(_("People and seats"), reverse("accounts:people")),
        Crumb(_("Organisations"), reverse("accounts:organisations")),
        *more,
    ]


def _filled_in(
    request: ActorRequest, form: Form, act: Callable[[dict[str, Any]], Organisation], done: str, title: str, *at: Crumb
) -> HttpResponse:
    """A form that calls one action; a refusal stands beside it, and keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            changed = act(form.cleaned_data)
        except RsoError as error:
            form.add_error("code" if "code" in form.fields else None, words_of(error))
        else:
            messages.success(request, done)
            return redirect("accounts:organisation", pk=changed.pk)
    context = {"form": form, "title": title, "crumbs": _crumbs(*at, Crumb(title))}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_ORGANISATIONS)
def add(request: ActorRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)
    return _filled_in(
        request, form, lambda said: actions.add_organisation(request.actor, **said),
        _("The organisation is entered."), _("Enter an organisation"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_ORGANISATIONS)
def rename(request: ActorRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = NameForm(request.POST or None, initial={"name": found.name})
    return _filled_in(
        request, form, lambda said: actions.rename_organisation(request.actor, organisation=found, **said),
        _("The new name is shown from now on."), _("Change the name"), _crumb_of(found),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_AGENCIES)
def add_agency(request: ActorRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    return _filled_in(
        request, AgencyForm(request.POST or None),
        lambda said: actions.add_agency(request.actor, organisation=found, **said).organisation,
        _("The agency is entered."), _("Enter an agency"), _crumb_of(found),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_AGENCIES)
def rename_agency(request: ActorRequest, pk: int, agency: int) -> HttpResponse:
    found = _find(request, pk)
    part = get_object_or_404(found.agencies.select_related("organisation"), pk=agency)
    return _filled_in(
        request, NameForm(request.POST or None, initial={"name": part.name}),
        lambda said: actions.rename_agency(request.actor, agency=part, **said).organisation,
        _("The new name is shown from now on."), _("Change the name"), _crumb_of(found),
    )  # fmt: skip


def _crumb_of(found: Organisation) -> Crumb:
    return Crumb(found.name, reverse("accounts:organisation", args=[found.pk]), data=True)
