"""An administrator's pages of the labelled defaults."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.defaults import actions, queries
from rso.defaults.forms import ValueForm
from rso.defaults.rules import Default, DefaultsPermission, table
from rso.ui.parts import Crumb


def _find(name: str) -> Default[Any]:
    try:
        return table()[name]
    except KeyError:
        raise Http404 from None


@require_safe
@needs(DefaultsPermission.SEE)
def settings(request: ActorRequest) -> HttpResponse:
    context = {
        "rows": queries.held(request.actor),
        "may_change": decide(request.actor, DefaultsPermission.CHANGE).allowed,
        "crumbs": [Crumb(_("Settings"))],
    }
    return render(request, "defaults/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DefaultsPermission.CHANGE)
def setting(request: ActorRequest, name: str) -> HttpResponse:
    default = _find(name)
    form = ValueForm(default, request.POST or None, initial={"value": queries.value_of(default)})
    if request.method == "POST" and form.is_valid():
        actions.change(request.actor, default=default, text=form.cleaned_data["value"], now=timezone.now())
        messages.success(request, _("The setting is kept, and holds from now on."))
        return redirect("defaults:settings")
    context = {
        "form": form,
        "default": default,
        "crumbs": [Crumb(_("Settings"), reverse("defaults:settings")), Crumb(default.label)],
    }
    return render(request, "defaults/setting.html", context, status=422 if form.errors else 200)


@require_POST
@needs(DefaultsPermission.CHANGE)
def restore(request: ActorRequest, name: str) -> HttpResponse:
    actions.restore(request.actor, default=_find(name))
    messages.success(request, _("The labelled default holds again."))
    return redirect("defaults:settings")
