"""The glossary of each language: a list that is searched, kept, and moved as a table."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.errors import RsoError
from rso.content import presenters_translation as presenters
from rso.content import queries_translation as queries
from rso.content.actions import glossary as actions
from rso.content.forms_translation import TableForm, TermForm
from rso.content.models import Term
from rso.content.rules import ContentPermission
from rso.ui import parts
from rso.ui.languages import LANGUAGES, language_of
from rso.ui.sheets import download


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise Http404
    return code


def _crumbs(language: str, *more: parts.Crumb) -> list[parts.Crumb]:
    here = parts.Crumb(language_of(language).own, reverse("translation:glossary", args=[language]), data=True)
    return [parts.Crumb(_("Glossaries"), reverse("translation:glossaries")), here, *more]


@require_safe
@needs(ContentPermission.SEE_GLOSSARY)
def languages(request: ActorRequest) -> HttpResponse:
    counts = dict(Term.objects.values_list("language").annotate(count=Count("pk")))
    own = set(queries.languages_of(request.actor))
    rows = [(one, counts.get(code, 0), code in own) for code, one in LANGUAGES.items() if code != "en"]
    rows.sort(key=lambda row: not row[2])
    return render(request, "translation/glossaries.html", {"rows": rows})


@require_safe
@needs(ContentPermission.SEE_GLOSSARY)
def terms(request: ActorRequest, language: str) -> HttpResponse:
    found = queries.glossary(request.actor, _language(language), words=request.GET.get("q", ""))
    context = {
        "language": language_of(language),
        "page_obj": Paginator(found, 50).get_page(request.GET.get("page")),
        "may_change": decide(request.actor, ContentPermission.CHANGE_GLOSSARY, language).allowed,
        "crumbs": [*_crumbs(language)[:1], parts.Crumb(language_of(language).own, data=True)],
    }
    return render(request, "translation/glossary.html", context)


def _term_page(
    request: ActorRequest, language: str, form: TermForm, term: Term | None = None, status: int = 200
) -> HttpResponse:
    words = _("Change a term") if term else _("Add a term")
    context = {
        "language": language_of(language), "form": form, "term": term, "heading": words,
        "crumbs": _crumbs(language, parts.Crumb(words)),
    }  # fmt: skip
    return render(request, "translation/term.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.CHANGE_GLOSSARY)
def add(request: ActorRequest, language: str) -> HttpResponse:
    form = TermForm(request.POST or None)
    _language(language)
    if request.method != "POST":
        return _term_page(request, language, form)
    if not form.is_valid():
        return _term_page(request, language, form, status=422)
    try:
        actions.add_term(request.actor, language=language, said=form.cleaned_data, now=timezone.now())
    except RsoError as error:
        form.add_error(None, presenters.words(error))
        return _term_page(request, language, form, status=409)
    messages.success(request, _("The term is in the glossary."))
    return redirect("translation:glossary", language=language)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.CHANGE_GLOSSARY)
def change(request: ActorRequest, language: str, pk: int) -> HttpResponse:
    term = get_object_or_404(Term, pk=pk, language=_language(language))
    form = TermForm(request.POST or None, instance=term)
    if request.method != "POST":
        return _term_page(request, language, form, term)
    if not form.is_valid():
        return _term_page(request, language, form, term, status=422)
    kept = get_object_or_404(Term, pk=pk)  # the form has written into its own instance
    try:
        actions.change_term(request.actor, term=kept, said=form.cleaned_data, now=timezone.now())
    except RsoError as error:
        form.add_error(None, presenters.words(error))
        return _term_page(request, language, form, term, status=409)
    messages.success(request, _("The term is changed."))
    return redirect("translation:glossary", language=language)


@require_POST
@needs(ContentPermission.CHANGE_GLOSSARY)
def remove(request: ActorRequest, language: str, pk: int) -> HttpResponse:
    term = get_object_or_404(Term, pk=pk, language=_language(language))
    actions.remove_term(request.actor, term=term)
    messages.success(request, _("The term is out of the glossary. What it said stays in the audit."))
    return redirect("translation:glossary", language=language)


@require_safe
@needs(ContentPermission.SEE_GLOSSARY)
def table(request: ActorRequest, language: str, ending: str) -> HttpResponse:
    """The whole glossary as CSV or XLSX."""
    if ending not in ("csv", "xlsx"):
        raise Http404
    rows = [
        (row.source, row.target, row.avoid, row.note)
        for row in queries.glossary(request.actor, _language(language)).iterator()
    ]
    return download(ending, f"glossary-{language}", actions.FIELDS, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.CHANGE_GLOSSARY)
def load(request: ActorRequest, language: str) -> HttpResponse:
    """Adds the lines of a table, all or none."""
    form = TableForm(request.POST or None, request.FILES or None)
    _language(language)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rows = actions.rows_of(form.cleaned_data["file"])
                done = actions.load_terms(request.actor, language=language, rows=rows, now=timezone.now())
            except RsoError as error:
                form.add_error("file", presenters.words(error))
            else:
                said = {"added": done.added, "changed": done.changed, "same": done.same}
                messages.success(request, _("%(added)s added, %(changed)s changed, %(same)s as they were.") % said)
                return redirect("translation:glossary", language=language)
    context = {
        "language": language_of(language), "form": form, "crumbs": _crumbs(language, parts.Crumb(_("Load a table"))),
    }  # fmt: skip
    return render(request, "translation/load.html", context, status=status)
