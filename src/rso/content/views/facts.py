"""Facts of countries: the public page, the keepers' pages, and the overview of the RSO's staff."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
from rso.accounts.rules import ANONYMOUS, Actor, decide
from rso.content import presenters_facts as presenters
from rso.content import queries_facts as queries
from rso.content.actions import facts as actions
from rso.content.forms_translation import FactForm
from rso.content.models import CountryFact
from rso.content.queries import facts
from rso.content.rules import ContentPermission
from rso.ui import parts


@require_safe
@public
def countries(request: HttpRequest) -> HttpResponse:
    """The members that state something, for anybody."""
    found = queries.countries(words=request.GET.get("q", ""))
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    context = {
        "page_obj": Paginator(found, 30).get_page(request.GET.get("page")),
        "is_search": bool(request.GET.get("q")),
        "may_keep": decide(actor, ContentPermission.CHANGE_FACTS).allowed,
        "may_oversee": decide(actor, ContentPermission.SEE_FACTS).allowed
        and decide(actor, ContentPermission.SEE).allowed,
    }
    return render(request, "facts/countries.html", context)


@require_safe
@public
def country(request: HttpRequest, organisation: str) -> HttpResponse:
    """What a member says of itself, in the reader's language where the member gave a name in it."""
    owner = get_object_or_404(Organisation, code=organisation)
    found = facts(organisation)
    if not found:
        raise Http404
    language = request.GET.get("language") or get_language() or "en"
    context = {
        "organisation": owner,
        "groups": presenters.groups(found, language),
        "crumbs": [parts.Crumb(_("Facts by country"), reverse("facts:countries")), parts.Crumb(owner.name, data=True)],
    }
    return render(request, "facts/country.html", context)


# ---- keepers


def _find(request: ActorRequest, pk: int) -> CountryFact:
    try:
        return queries.visible(request.actor, pk)
    except CountryFact.DoesNotExist:
        raise Http404 from None


@require_safe
@needs(ContentPermission.CHANGE_FACTS)
def keep(request: ActorRequest) -> HttpResponse:
    """All facts of the members whose keeper one is, with a button to confirm each."""
    owners = queries.kept_by(request.actor)
    found = queries.of_members(request.actor, owners)
    rows = presenters.rows(found, timezone.localdate())
    context = {
        "owners": [(owner, [row for row in rows if row.fact.organisation_id == owner.pk]) for owner in owners],
        "months": settings.RSO_FACT_CONFIRM_MONTHS,
    }
    return render(request, "facts/keep.html", context)


@require_safe
@needs(ContentPermission.SEE_FACTS)
def overseen(request: ActorRequest) -> HttpResponse:
    """The facts of all members by name, for the RSO's staff and editors, who change none of them."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in CountryFact.Kind.values else ""
    found = queries.every(request.actor, words=request.GET.get("q", ""), kind=kind)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": presenters.rows(queries.stated(page), timezone.localdate()),
        "tabs": [parts.Tab(_("All"), "?", not kind)]
        + [parts.Tab(label, f"?kind={code}", code == kind) for code, label in CountryFact.Kind.choices],
    }
    return render(request, "facts/all.html", context)


@require_safe
@needs(ContentPermission.SEE_FACTS)
def one(request: ActorRequest, pk: int) -> HttpResponse:
    """A fact with everything that it ever said."""
    return _one(request, _find(request, pk))


def _one(request: ActorRequest, fact: CountryFact, status: int = 200) -> HttpResponse:
    states = list(fact.states.select_related("by").order_by("-number"))
    (row,) = presenters.rows(queries.stated([fact]), timezone.localdate())
    context = {
        "row": row,
        "fact": fact,
        "details": presenters.details(row),
        "history": [presenters.changed(state, before) for state, before in queries.changes(states)],
        "may_keep": queries.may_keep(request.actor, fact.organisation.code),
        "crumbs": [
            parts.Crumb(_("Facts of your country"), reverse("facts:keep"))
            if queries.may_keep(request.actor, fact.organisation.code)
            else parts.Crumb(_("Facts of all members"), reverse("facts:all")),
            parts.Crumb(row.name, data=True),
        ],
    }
    return render(request, "facts/one.html", context, status=status)


def _form_page(request: ActorRequest, form: FactForm, heading: Any, status: int = 200) -> HttpResponse:
    context = {
        "form": form, "heading": heading,
        "crumbs": [parts.Crumb(_("Facts of your country"), reverse("facts:keep")), parts.Crumb(heading)],
        "names_open": any(form[name].value() for name in form.name_names),
    }  # fmt: skip
    return render(request, "facts/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.CHANGE_FACTS)
def add(request: ActorRequest, organisation: str) -> HttpResponse:
    owner = get_object_or_404(Organisation, code=organisation)
    if not queries.may_keep(request.actor, owner.code):
        raise Http404
    form = FactForm(request.POST or None)
    heading = _("Add a fact")
    if request.method != "POST":
        return _form_page(request, form, heading)
    if not form.is_valid():
        return _form_page(request, form, heading, 422)
    kind = CountryFact.Kind(form.cleaned_data["kind"])
    actions.add_fact(request.actor, organisation=owner, kind=kind, said=form.said(), now=timezone.now())
    messages.success(request, _("The fact is public, in every text that shows facts of this kind."))
    return redirect("facts:keep")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.CHANGE_FACTS)
def change(request: ActorRequest, pk: int) -> HttpResponse:
    fact = _find(request, pk)
    if not queries.may_keep(request.actor, fact.organisation.code):
        raise Http404
    (row,) = queries.stated([fact])
    form = FactForm(request.POST or None, instance=row.state, with_kind=False)
    heading = _("Change a fact")
    if request.method != "POST":
        return _form_page(request, form, heading)
    if not form.is_valid():
        return _form_page(request, form, heading, 422)
    actions.change_fact(request.actor, fact=fact, said=form.said(), now=timezone.now())
    messages.success(request, _("Every text, in every language, says this now."))
    return redirect("facts:one", pk=pk)


@require_POST
@needs(ContentPermission.CHANGE_FACTS)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    fact = _find(request, pk)
    actions.confirm_fact(request.actor, fact=fact, on=timezone.localdate())
    messages.success(request, _("Confirmed as of today."))
    return redirect("facts:keep")


@require_POST
@needs(ContentPermission.CHANGE_FACTS)
def retire(request: ActorRequest, pk: int) -> HttpResponse:
    """Takes a fact out of all texts, or puts it back."""
    fact = _find(request, pk)
    is_back = fact.retired_at is not None
    actions.set_retired(request.actor, fact=fact, retired=not is_back, now=timezone.now())
    done = _("The fact stands in the texts again.") if is_back else _("The fact is out of all texts.")
    messages.success(request, done)
    return redirect("facts:one", pk=pk)
