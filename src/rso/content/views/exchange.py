"""PO and XLIFF out and in. Nothing of a file is carried out before it was shown what it would do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.content import presenters_translation as presenters
from rso.content.actions import exchange
from rso.content.actions.exchange import STORED, Outcome
from rso.content.forms_translation import ExchangeForm
from rso.content.models import Arrival, LanguageVersion
from rso.content.rules import ContentPermission
from rso.content.views.translating import find
from rso.ui import parts
from rso.ui.languages import language_of

_ENDINGS = {"po": ("po", "text/x-gettext-translation; charset=utf-8"), "xliff": ("xlf", "application/xliff+xml")}


@require_POST
@needs(ContentPermission.SEE)
def export(request: ActorRequest, pk: int, form: str) -> HttpResponse:
    """The file. By POST, since it leaves a row in the audit."""
    if form not in _ENDINGS:
        raise Http404
    version = find(request, pk)
    try:
        content = exchange.export(request.actor, version=version, form=form)
    except RsoError as error:
        messages.error(request, presenters.words(error))
        return redirect("translation:screen", pk=pk)
    ending, media_type = _ENDINGS[form]
    name = f"{version.edition.work.code}-{version.edition.number}-{version.language}.{ending}"
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _crumbs(version: LanguageVersion) -> list[parts.Crumb]:
    return [
        parts.Crumb(_("Translation"), f"{reverse('translation:overview')}?language={version.language}"),
        parts.Crumb(version.edition.work.title, reverse("translation:screen", args=[version.pk]), data=True),
        parts.Crumb(_("File")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.TRANSLATE)
def send(request: ActorRequest, pk: int) -> HttpResponse:
    """Takes the file; what it would do is shown next."""
    version = find(request, pk)
    form = ExchangeForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                arrival = exchange.receive(
                    request.actor, version=version, name=upload.name or "", content=upload.read(), now=timezone.now()
                )
            except RsoError as error:
                form.add_error("file", presenters.words(error))
            else:
                return redirect("translation:look", pk=pk, arrival=arrival.pk)
    context = {
        "version": version, "work": version.edition.work, "form": form, "crumbs": _crumbs(version),
        "language": language_of(version.language),
    }  # fmt: skip
    return render(request, "translation/import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.TRANSLATE)
def look(request: ActorRequest, pk: int, arrival: UUID) -> HttpResponse:
    """What each part of the file would do, and the button that has it done."""
    version = find(request, pk)
    row = get_object_or_404(Arrival.objects.select_related("version__edition__work"), pk=arrival, version=version)
    if row.by_id != request.actor.user_id:
        raise Http404
    if request.method == "POST":
        return _carry_out(request, row)
    return _look(request, row)


def _carry_out(request: ActorRequest, row: Arrival) -> HttpResponse:
    take = frozenset(request.POST.getlist("take"))
    pk = row.version_id
    try:
        done = exchange.carry_out(request.actor, arrival=row, take=take, now=timezone.now())
    except RsoError as error:
        return _look(request, row, 409, presenters.words(error))
    count = sum(1 for one in done if one.outcome in STORED or one.unit.key in take)
    messages.success(request, ngettext("%(count)s part was stored.", "%(count)s parts were stored.", count)
                     % {"count": count})  # fmt: skip
    return redirect("translation:screen", pk=pk)


def _look(request: ActorRequest, row: Arrival, status: int = 200, refused: str = "") -> HttpResponse:
    sheet = exchange.parse(bytes(row.content), row.format)
    planned = exchange.plan(row.version, sheet)
    counts = [(outcome, sum(1 for one in planned if one.outcome == outcome)) for outcome in Outcome]
    shown: list[dict[str, Any]] = []
    for one in planned:
        if one.outcome in (Outcome.SAME, Outcome.EMPTY):
            continue
        words, tone = presenters.OUTCOMES[one.outcome]
        shown.append({
            "one": one, "key": one.unit.key, "words": words, "tone": tone, "is_machine": one.unit.is_machine,
            "source": presenters.html(one.unit.source), "mine": presenters.html(one.unit.target),
            "theirs": presenters.html(one.theirs), "is_conflict": one.outcome == Outcome.CONFLICT,
            "findings": presenters.findings(one.findings),
        })  # fmt: skip
    context = {
        "version": row.version, "work": row.version.edition.work, "arrival": row, "refused": refused,
        "crumbs": _crumbs(row.version), "language": language_of(row.version.language),
        "source_language": language_of(row.version.edition.work.source_language), "rows": shown,
        "stats": [(presenters.OUTCOMES[outcome][0], count) for outcome, count in counts if count],
        "does": any(one.outcome in STORED or one.outcome == Outcome.CONFLICT for one in planned),
        "machine": sum(1 for one in planned if one.unit.is_machine and one.outcome in STORED),
    }  # fmt: skip
    return render(request, "translation/look.html", context, status=status)
