"""What somebody keeps of their searches: saved ones, and recent ones until they sign out. Seen by nobody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Actor
from rso.base.errors import RsoError
from rso.office.front.forms import SaveForm
from rso.office.front.presenters import address
from rso.search import actions
from rso.search.presenters import language_name
from rso.search.queries import remembers, saved_searches
from rso.search.rules import recent_with
from rso.search.sources import sources

_RECENT = "search_recent"
"""In the session: searches, the latest first; ``None`` where their maker does not want them remembered."""


def remember(request: HttpRequest, actor: Actor, query: str, kind: str, language: str) -> None:
    """Keeps a search in the session of somebody signed in, unless they chose otherwise. It ends with the session."""
    if not actor.signed_in or not query:
        return
    if _RECENT not in request.session:
        request.session[_RECENT] = [] if remembers(actor) else None
    recent = request.session[_RECENT]
    if recent is None or recent[:1] == [[query, kind, language]]:
        return
    request.session[_RECENT] = recent_with(recent, query, kind, language)


def recent_searches(request: HttpRequest) -> list[dict[str, Any]]:
    """What is remembered, with addresses."""
    return [_shown(*one) for one in request.session.get(_RECENT) or []]


def _shown(query: str, kind: str, language: str) -> dict[str, Any]:
    known = sources()
    return {
        "query": query,
        "kind": known[kind].words if kind in known else "",
        "language": language_name(language) if language else "",
        "href": address(query, kind, language),
    }


@require_safe
@signed_in
def saved(request: ActorRequest) -> HttpResponse:
    return _page(request)


def _page(request: ActorRequest, form: SaveForm | None = None, status: int = 200) -> HttpResponse:
    rows = [{"row": one, **_shown(one.query, one.kind, one.language)} for one in saved_searches(request.actor)]
    context = {
        "rows": rows, "recent": recent_searches(request), "remembers": remembers(request.actor), "form": form,
    }  # fmt: skip
    return render(request, "front/saved.html", context, status=status)


@require_POST
@signed_in
def save(request: ActorRequest) -> HttpResponse:
    form = SaveForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    said = form.cleaned_data
    try:
        actions.save_search(
            request.actor, name=said["name"], query=said["q"], kind=said["kind"], language=said["language"],
            tells=said["tells"], now=timezone.now(),
        )  # fmt: skip
    except RsoError as error:
        form.add_error("name", _WORDS[error.code]())
        return _page(request, form, 409)
    messages.success(request, _("The search is saved."))
    return redirect("front:saved")


_WORDS = {
    "too-many-saved": lambda: _("You have as many saved searches as may be: remove one first."),
    "name-in-use": lambda: _("You have a saved search of this name: choose another."),
}


@require_POST
@signed_in
def change(request: ActorRequest, pk: int) -> HttpResponse:
    """Forgets a saved search, or changes whether its keeper is told of new results."""
    row = get_object_or_404(saved_searches(request.actor), pk=pk)
    if request.POST.get("act") == "forget":
        actions.forget_search(request.actor, saved=row)
        messages.success(request, _("The saved search is forgotten."))
    else:
        actions.set_telling(request.actor, saved=row, tells=request.POST.get("act") == "tell")
    return redirect("front:saved")


@require_POST
@signed_in
def recent(request: ActorRequest) -> HttpResponse:
    """Forgets what is remembered; with ``act`` also whether anything will be."""
    if request.POST.get("act") in {"on", "off"}:
        actions.set_habit(request.actor, remembers=request.POST["act"] == "on")
    request.session.pop(_RECENT, None)
    return redirect("front:saved")
