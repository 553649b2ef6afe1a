"""Focal points to look up and to take along as cards."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
from rso.accounts.rules import decide
from rso.office.contacts import presenters, queries, vcard
from rso.office.contacts.actions import taking
from rso.office.contacts.models import FocalPoint
from rso.office.contacts.rules import ContactsPermission
from rso.office.directory.presenters import steps
from rso.ui import parts

_A_PAGE = 24


def _asked(request: ActorRequest) -> dict[str, str]:
    said = request.POST if request.method == "POST" else request.GET
    return {
        "words": said.get("q", "").strip()[:100],
        "subject": said.get("subject", "")[:60],
        "organisation": said.get("organisation", "")[:20],
    }


def _found(request: ActorRequest) -> QuerySet[FocalPoint]:
    return queries.focal_points(request.actor, timezone.localdate(), **_asked(request))


@require_safe
@needs(ContactsPermission.SEE)
def focal_points(request: ActorRequest) -> HttpResponse:
    asked, now = _asked(request), timezone.now()
    page = Paginator(_found(request), _A_PAGE).get_page(request.GET.get("page"))
    others = {"q": asked["words"], "organisation": asked["organisation"]}
    tabs = [parts.Tab(_("All subjects"), _address(others), not asked["subject"])]
    tabs += [
        parts.Tab(
            presenters.subject_words(one), _address({**others, "subject": one.code}), one.code == asked["subject"]
        )
        for one in queries.subjects()
    ]
    held = queries.on_day(timezone.localdate()).values("organisation")
    context = {
        "page": page,
        "shown": presenters.shown(page, request.actor, now),
        "tabs": tabs,
        "members": Organisation.objects.filter(pk__in=held).order_by("name"),
        "may_change_subjects": decide(request.actor, ContactsPermission.CHANGE_SUBJECTS).allowed,
        **asked,
    }
    return render(request, "contacts/focal_points.html", context)


def _address(asked: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def find(request: ActorRequest, pk: int) -> FocalPoint:
    """The entry, or the page that says there is none."""
    row = queries.one(request.actor, pk)
    if row is None:
        raise Http404
    return row


@require_safe
@needs(ContactsPermission.SEE)
def focal_point(request: ActorRequest, pk: int) -> HttpResponse:
    return show(request, find(request, pk))


def show(request: ActorRequest, row: FocalPoint, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an entry; its history for those who keep it."""
    keeps = decide(request.actor, ContactsPermission.KEEP, row.entry).allowed
    context = {
        "one": presenters.shown([row], request.actor, timezone.now())[0],
        "hours": presenters.hours_words(row),
        "steps": steps(FocalPoint, queries.revisions(request.actor, row)) if keeps else [],
        "keeps": keeps,
        "crumbs": [
            parts.Crumb(_("Focal points"), reverse("contacts:focal-points")),
            parts.Crumb(row.name, data=True),
        ],
        **more,
    }
    return render(request, "contacts/focal_point.html", context, status=status)


@require_POST
@needs(ContactsPermission.SEE)
def cards(request: ActorRequest) -> HttpResponse:
    """All that were found, as cards; by POST, since taking them along is written down."""
    return _cards(request, list(_found(request)), "focal-points.vcf")


@require_POST
@needs(ContactsPermission.SEE)
def card(request: ActorRequest, pk: int) -> HttpResponse:
    return _cards(request, [find(request, pk)], f"focal-point-{pk}.vcf")


def _cards(request: ActorRequest, rows: list[FocalPoint], name: str) -> HttpResponse:
    taking.note_export(request.actor, entries=len(rows), form="vcard")
    text = vcard.cards([presenters.card_of(row) for row in rows])
    answer = HttpResponse(text, content_type=vcard.MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
