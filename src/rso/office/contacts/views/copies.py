"""The offline copy in two steps: the passphrase is shown once, then the file that it opens is taken."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.office.contacts import presenters, queries, sealing
from rso.office.contacts.actions import taking
from rso.office.contacts.rules import ContactsPermission
from rso.ui import parts

_SALT = "rso.contacts.copy"
#: How long the page with the passphrase may stand before the file is taken, in seconds.
_WAITS = 900


def _again(request: ActorRequest) -> HttpResponse:
    """To the page that asks for a factor once more, and back."""
    return redirect(f"{reverse('account_reauthenticate')}?next={reverse('contacts:copy')}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContactsPermission.TAKE_COPY)
def copy(request: ActorRequest) -> HttpResponse:
    if request.method == "POST" and not is_fresh(request.session):
        return _again(request)
    context = {
        "days": settings.RSO_OFFLINE_COPY_DAYS,
        "crumbs": [
            parts.Crumb(_("Focal points"), reverse("contacts:focal-points")),
            parts.Crumb(_("Offline copy")),
        ],
    }
    if request.method == "POST":
        passphrase = sealing.make_passphrase()
        # Signed for this person, so that only what was made here seals a copy; stored nowhere.
        signed = signing.dumps([request.actor.person, passphrase], salt=_SALT)
        context |= {"passphrase": passphrase, "signed": signed}
    answer = render(request, "contacts/copy.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@needs(ContactsPermission.TAKE_COPY)
def file(request: ActorRequest) -> HttpResponse:
    """The sealed file."""
    if not is_fresh(request.session):
        return _again(request)
    try:
        person, passphrase = signing.loads(request.POST.get("signed", ""), salt=_SALT, max_age=_WAITS)
    except signing.BadSignature:
        person, passphrase = None, ""
    if person != request.actor.person:
        messages.error(request, _("This page has stood too long: begin again, with a new passphrase."))
        return redirect("contacts:copy")
    today = timezone.localdate()
    expires = today + timedelta(days=settings.RSO_OFFLINE_COPY_DAYS)
    rows = list(queries.focal_points(request.actor, today))
    content = presenters.copy_of(rows, today, expires)
    sealed = taking.take_copy(request.actor, content=content, entries=len(rows), passphrase=passphrase, expires=expires)
    direction = "rtl" if get_language_bidi() else "ltr"
    page = sealing.page(sealed, presenters.copy_words(), language=get_language() or "en", direction=direction)
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="focal-points-{today.isoformat()}.html"'
    answer["Cache-Control"] = "no-store"
    return answer
