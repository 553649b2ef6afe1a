"""What a part, and a whole version, said before; comparing, and going back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import NotAllowed
from rso.base.errors import RsoError
from rso.content import queries
from rso.content.actions import editing
from rso.content.markup import plain
from rso.content.models import LanguageVersion, Publication, Segment, Wording
from rso.content.presenters import reading as presenters
from rso.content.presenters.words import words
from rso.content.rules import ContentPermission
from rso.content.views.versions import find, frame, may_write
from rso.ui import parts


@require_safe
@needs(ContentPermission.SEE)
def revisions(request: ActorRequest, pk: int) -> HttpResponse:
    """The publications of a version, one of them (``?with=``) beside the working copy."""
    row = find(request.actor, pk)
    rows = list(row.publications.select_related("by", "version__edition").defer("blocks"))
    chosen = _publication(row, request.GET["with"]) if request.GET.get("with") else None
    draft = queries.draft(row)
    context = {
        **frame(request, row, "revisions"),
        "rows": presenters.history(rows),
        "names": {str(one.pk): one.by.name if one.by else "" for one in rows},
        "chosen": chosen,
        "parts": [one for one in presenters.compared(chosen.snapshot, draft) if one.changed] if chosen else [],
        "latest": row.wordings.select_related("segment", "by").order_by("-at", "-pk")[:20],
        "may_write": may_write(request.actor, row),
    }
    return render(request, "content/revisions.html", context)


def _publication(row: LanguageVersion, pk: str) -> Publication:
    try:
        wanted = UUID(pk)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(row.publications, pk=wanted)


@require_POST
@needs(ContentPermission.SEE)
def back(request: ActorRequest, pk: int) -> HttpResponse:
    """Brings the working copy back to a publication."""
    row = find(request.actor, pk)
    chosen = _publication(row, request.POST.get("publication", ""))
    try:
        changed = editing.restore_publication(request.actor, version=row, publication=chosen, now=timezone.now())
    except NotAllowed:
        raise
    except RsoError as error:
        messages.error(request, words(error))
        return redirect("content:revisions", pk=pk)
    said = _("The working copy is what it was then: %(count)s parts were changed.") % {"count": changed}
    messages.success(request, said)
    return redirect("content:write", pk=pk)


def _segment(row: LanguageVersion, segment: int) -> Segment:
    return get_object_or_404(Segment, pk=segment, edition=row.edition_id)


@require_safe
@needs(ContentPermission.SEE)
def part(request: ActorRequest, pk: int, segment: int) -> HttpResponse:
    """All wordings of a part, the newest first, each compared with the one before it."""
    row = find(request.actor, pk)
    place = _segment(row, segment)
    rows = list(row.wordings.filter(segment=place).select_related("by", "checked_by").order_by("-number"))
    pairs = [
        (one, plain(before.text) if before else "", plain(one.text))
        for one, before in zip(rows, [*rows[1:], None], strict=True)
    ]
    found = Paginator(pairs, 20).get_page(request.GET.get("page"))
    context = frame(request, row, "revisions")
    context |= {
        "segment": place,
        "page_obj": found,
        "head": rows[0] if rows else None,
        "may_write": may_write(request.actor, row),
        "crumbs": [*context["crumbs"], parts.Crumb(place.get_form_display())],
    }
    return render(request, "content/part.html", context)


@require_POST
@needs(ContentPermission.SEE)
def restore(request: ActorRequest, pk: int, segment: int) -> HttpResponse:
    """Says again what a part said; refused if somebody wrote since the page was opened."""
    row = find(request.actor, pk)
    place = _segment(row, segment)
    number, base = request.POST.get("number", ""), request.POST.get("base", "")
    if not number.isdecimal() or not base.isdecimal():
        raise Http404
    wording = get_object_or_404(Wording, version=row, segment=place, number=number)
    try:
        editing.restore(request.actor, version=row, wording=wording, base=int(base), now=timezone.now())
    except NotAllowed:
        raise
    except RsoError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, _("Restored. What stood there is among the revisions."))
    return redirect("content:part-revisions", pk=pk, segment=segment)
