"""One's own desk, and the pages of the footer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import public, signed_in
from rso.accounts.middleware import ActorRequest
from rso.defaults.queries import value_of
from rso.notices.desk import Part, piles
from rso.office.directory import queries as directory
from rso.office.directory.models import Passage
from rso.office.front import machinery, presenters, topics
from rso.office.front.settings import CONTACT_MAIL, HOURS
from rso.office.intake.settings import KEEP_MONTHS
from rso.ui.parts import Crumb


@require_safe
@signed_in
def desk(request: ActorRequest) -> HttpResponse:
    """Where one lands after signing in."""
    today = timezone.localdate()
    waits = piles(request.actor, today)
    context = {
        "today": today,
        "waits": [pile for pile in waits if pile.things.count],
        "done": [pile for pile in waits if not pile.things.count],
        "stats": presenters.stats_of(waits),
        "drafts": [pile for pile in piles(request.actor, today, Part.DRAFTS) if pile.things.count],
        "recent": [pile for pile in piles(request.actor, today, Part.RECENT) if pile.things.count],
        "news": presenters.news(request.actor),
        "seats": presenters.seats_of(request.actor, today),
        "crumbs": [Crumb(_("My desk"))],
    }
    return render(request, "front/desk.html", context)


def _page(request: HttpRequest, template: str, title: str, **more: Any) -> HttpResponse:
    return render(request, template, {"crumbs": [Crumb(title)], **more})


def _office_mail() -> str:
    """Where questions about this site go: what is set, or the office's public address."""
    held = directory.passages(Passage.Kind.ADDRESS, timezone.localdate()).filter(code="mail")
    return value_of(CONTACT_MAIL) or next((row.text for row in held), "")


@require_safe
@public
def contact(request: HttpRequest) -> HttpResponse:
    lines = directory.passages(Passage.Kind.ADDRESS, timezone.localdate())
    return _page(
        request, "front/contact_page.html", _("Contact"), contact=lines, mail=value_of(CONTACT_MAIL),
        hours=value_of(HOURS),
    )  # fmt: skip


@require_safe
@public
def help_page(request: HttpRequest) -> HttpResponse:
    return _page(request, "front/help.html", _("Help"), topics=topics.all_topics())


@require_safe
@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, "front/accessibility.html", _("Accessibility"), mail=_office_mail())


@require_safe
@public
def privacy(request: HttpRequest) -> HttpResponse:
    mail, months = _office_mail(), value_of(KEEP_MONTHS)
    return _page(request, "front/privacy.html", _("Privacy"), mail=mail, months=months)


@require_safe
@public
def software(request: HttpRequest) -> HttpResponse:
    return _page(request, "front/software.html", _("About this software"), version=machinery.versions()[0][1])
