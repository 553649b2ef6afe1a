"""Who may do what: the one table, in words; and the page of a refusal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.permission_words import groups
from rso.accounts.roles import roles_here
from rso.accounts.rules import AccountsPermission, Role, decide, table
from rso.ui.parts import Crumb


@require_safe
@signed_in
def permissions(request: ActorRequest) -> HttpResponse:
    here = roles_here()
    wanted = request.GET.get("role", "")
    role = Role(wanted) if wanted in set(Role) and Role(wanted) in here else None
    rows = [
        (entry.permission, [words for role, words in here.items() if role in entry.roles], entry.rule is not None)
        for _name, entry in sorted(table().items())
        if role is None or role in entry.roles
    ]
    crumbs = [Crumb(_("Who may do what"))]
    if decide(request.actor, AccountsPermission.SEE_PEOPLE).allowed:
        crumbs.insert(0, Crumb(_("People and seats"), reverse("accounts:people")))
    context = {
        "rows": rows,
        "groups": groups(rows),
        "roles": [(code.value, words, code is role) for code, words in here.items()],
        "role": role,
        "role_name": here[role] if role else "",
        "yours": [words for code, words in here.items() if code in request.actor.roles],
        "crumbs": crumbs,
    }
    return render(request, "accounts/permissions.html", context)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The site's page for 403."""
    return render(request, "403.html", status=403)
