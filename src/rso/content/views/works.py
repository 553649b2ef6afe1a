"""All texts, beginning one, and the page of one: its editions and languages, and who did what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Actor, Role, decide
from rso.base.errors import RsoError
from rso.content import queries
from rso.content.actions import writing
from rso.content.forms import AUDIENCES, BeginForm, EditionForm, LanguageForm, WorkForm
from rso.content.kinds import kinds
from rso.content.models import StateWords, Work
from rso.content.presenters import editing, waits
from rso.content.presenters.words import words
from rso.content.rules import ContentPermission
from rso.search.audiences import of_permission
from rso.ui import parts
from rso.ui.languages import LANGUAGES

_MOST_ENTRIES = 150


def top() -> parts.Crumb:
    """The way back to the list."""
    return parts.Crumb(_("Texts"), reverse("content:works"))


def find(actor: Actor, code: str) -> Work:
    """A work that the actor sees among those who work on texts, or 404."""
    return get_object_or_404(queries.seen_by(actor).select_related("owner"), code=code)


@require_safe
@needs(ContentPermission.SEE)
def works(request: ActorRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("kind", "language", "state", "owner")}
    asked["kind"] = asked["kind"] if asked["kind"] in kinds() else ""
    asked["state"] = asked["state"] if asked["state"] in StateWords.values else ""
    asked["language"] = asked["language"] if asked["language"] in LANGUAGES else ""
    rows = queries.works(request.actor, words=request.GET.get("q", "")[:200], **asked)
    found = Paginator(rows, 20).get_page(request.GET.get("page"))
    context = {
        "page_obj": found,
        "rows": [(row, kinds()[row.kind].words if row.kind in kinds() else row.kind, _lines(row)) for row in found],
        "asked": asked,
        "q": request.GET.get("q", ""),
        "filtered": any([*asked.values(), request.GET.get("q")]),
        "kinds": [(one.code, one.words) for one in kinds().values()],
        "states": StateWords.choices,
        "languages": [(one.code, one.own) for one in LANGUAGES.values()],
        "owners": queries.owners(),
        "waiting": waits(request.actor, timezone.localdate())[:12],
        "may_begin": decide(request.actor, ContentPermission.BEGIN).allowed,
    }
    return render(request, "content/works.html", context)


def _lines(work: Work) -> list[editing.Line]:
    """The versions of the newest edition, in the order of the prefetched rows."""
    editions = list(work.editions.all())
    return [editing.line(version) for version in editions[0].versions.all()] if editions else []


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.BEGIN)
def begin(request: ActorRequest) -> HttpResponse:
    form = BeginForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = writing.begin_work(request.actor, now=timezone.now(), **form.cleaned_data)
            except RsoError as error:
                form.add_error("code", words(error))
                status = 409
            else:
                source = row.editions.get().versions.get()
                return redirect("content:write", pk=source.pk)
    context = {"form": form, "crumbs": [top(), parts.Crumb(_("Begin a text"))]}
    return render(request, "content/begin.html", context, status=status)


@require_safe
@needs(ContentPermission.SEE)
def work(request: ActorRequest, code: str) -> HttpResponse:
    return show(request, find(request.actor, code))


def show(request: ActorRequest, row: Work, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of a work; ``bound`` forms keep what was typed."""
    editions = list(row.editions.prefetch_related("versions__assignee", "versions__locked_by"))
    newest = editions[0]
    taken = frozenset(version.language for version in newest.versions.all())
    entries = list(queries.happened(request.actor, row)[:_MOST_ENTRIES])
    kind = kinds().get(row.kind)
    readers = {**dict(AUDIENCES), of_permission(ContentPermission.SEE): _("Those who work on texts")}
    mine = request.actor.languages(Role.TRANSLATOR)
    context = {
        "work": row,
        "crumbs": [top(), parts.Crumb(row.title, data=True)],
        "kind": kind.words if kind else row.kind,
        "audience": readers.get(row.audience, row.audience),
        "editions": [(one, [editing.line(version) for version in one.versions.all()]) for one in editions],
        "published": any(
            version.published_at and version.is_source for one in editions for version in one.versions.all()
        ),
        "may_change": kind is not None and kind.opens_here,
        "address": kind.path(row.code, "") if kind else "",
        "history": editing.timeline(request.actor, entries),
        "today": timezone.localdate(),
        "may_begin": decide(request.actor, ContentPermission.BEGIN).allowed,
        "may_translate": bool(mine - taken) or decide(request.actor, ContentPermission.BEGIN).allowed,
        "work_form": WorkForm(initial={"title": row.title, "audience": row.audience}),
        "edition_form": EditionForm(),
        "language_form": LanguageForm(taken=taken),
        **bound,
    }
    return render(request, "content/work.html", context, status=status)


@require_POST
@needs(ContentPermission.BEGIN)
def change(request: ActorRequest, code: str) -> HttpResponse:
    row = find(request.actor, code)
    form = WorkForm(request.POST, initial={"title": row.title, "audience": row.audience})
    if not form.is_valid():
        return show(request, row, 422, work_form=form)
    try:
        writing.change_work(request.actor, work=row, now=timezone.now(), **form.cleaned_data)
    except RsoError as error:
        form.add_error("audience", words(error))
        return show(request, row, 409, work_form=form)
    messages.success(request, _("The change is kept."))
    return redirect("content:work", code=code)


@require_POST
@needs(ContentPermission.BEGIN)
def begin_edition(request: ActorRequest, code: str) -> HttpResponse:
    row = find(request.actor, code)
    form = EditionForm(request.POST)
    if not form.is_valid():
        return show(request, row, 422, edition_form=form)
    writing.begin_edition(request.actor, work=row, name=form.cleaned_data["name"], now=timezone.now())
    messages.success(request, _("The new edition is begun. Readers have the old one until you publish."))
    return redirect("content:work", code=code)


@require_POST
@needs(ContentPermission.SEE)
def begin_language(request: ActorRequest, code: str) -> HttpResponse:
    row = find(request.actor, code)
    edition = row.editions.all()[0]
    taken = frozenset(edition.versions.values_list("language", flat=True))
    form = LanguageForm(request.POST, taken=taken)
    if not form.is_valid():
        return show(request, row, 422, language_form=form)
    language = form.cleaned_data["language"]
    version = writing.begin_version(request.actor, edition=edition, language=language, now=timezone.now())
    messages.success(request, _("The translation is begun."))
    return redirect("content:version", pk=version.pk)
