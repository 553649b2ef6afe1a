"""The administrator's screen of words that mean the same."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.front.forms import WordsForm
from rso.search import actions
from rso.search.models import Alike
from rso.search.queries import alike_words
from rso.search.rules import SearchPermission, lines_of


@require_safe
@needs(SearchPermission.CHANGE_WORDS)
def words(request: ActorRequest) -> HttpResponse:
    page = Paginator(alike_words(request.actor), 50).get_page(request.GET.get("page"))
    rows = [(row, lines_of(row.words)) for row in page]
    return render(request, "front/words.html", {"page_obj": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchPermission.CHANGE_WORDS)
def group(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    """A new group, or one that is changed."""
    row = get_object_or_404(alike_words(request.actor), pk=pk) if pk is not None else None
    if request.method == "POST":
        form = WordsForm(request.POST)
        if form.is_valid() and _keep(request, form, row):
            messages.success(request, _("The words are kept. The search uses them from now on."))
            return redirect("front:words")
        return render(request, "front/words_group.html", {"form": form, "row": row}, status=422)
    initial = {"words": row.words, "language": row.language} if row is not None else {}
    return render(request, "front/words_group.html", {"form": WordsForm(initial=initial), "row": row})


def _keep(request: ActorRequest, form: WordsForm, row: Alike | None) -> bool:
    try:
        actions.keep_words(request.actor, alike=row, **form.cleaned_data)
    except RsoError:
        form.add_error("words", _("A group has two words or phrases at least, each on a line of its own."))
        return False
    return True


@require_POST
@needs(SearchPermission.CHANGE_WORDS)
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    actions.remove_words(request.actor, alike=get_object_or_404(alike_words(request.actor), pk=pk))
    messages.success(request, _("The words are taken out."))
    return redirect("front:words")
