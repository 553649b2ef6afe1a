"""The administrator's pages of the directory: one set of pages for every kind of fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import BaseForm
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
from rso.office.directory import presenters, queries
from rso.office.directory.actions import keeping as actions
from rso.office.directory.actions import loading
from rso.office.directory.forms import CloseForm, MergeForm, ReasonForm, columns_of, form_of, model_of
from rso.office.directory.models import Dated, Group
from rso.office.directory.rules import DirectoryPermission
from rso.ui import parts

_A_PAGE = 30


def _kind(kind: str) -> str:
    if kind not in presenters.KIND_WORDS:
        raise Http404
    return kind


def crumbs(*more: parts.Crumb) -> list[parts.Crumb]:
    """The way to a page of the directory."""
    return [parts.Crumb(_("Directory"), reverse("directory:start")), *more]


def kind_crumb(kind: str) -> parts.Crumb:
    return parts.Crumb(presenters.KIND_WORDS[kind], reverse("directory:rows", args=[kind]))


@require_safe
@needs(DirectoryPermission.SEE_HISTORY)
def start(request: ActorRequest) -> HttpResponse:
    context = {
        "kinds": [
            (words, reverse("directory:rows", args=[kind]), queries.facts(request.actor, kind).count())
            for kind, words in presenters.KIND_WORDS.items()
        ],
        "differences": len(queries.differences(request.actor)),
        "latest": queries.latest_revisions(request.actor)[:8],
        "kind_words": presenters.KIND_WORDS,
        "may_change": decide(request.actor, DirectoryPermission.CHANGE).allowed,
    }
    return render(request, "directory/start.html", context)


@require_safe
@needs(DirectoryPermission.SEE_HISTORY)
def rows(request: ActorRequest, kind: str) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    found = queries.facts(request.actor, _kind(kind), words)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "title": presenters.KIND_WORDS[kind],
        "enter_words": presenters.ENTER_WORDS[kind],
        "page": page,
        "rows": [
            (row, presenters.title_of(row), presenters.state_of(row) if isinstance(row, Dated) else None)
            for row in page
        ],
        "words": words,
        "crumbs": crumbs(parts.Crumb(presenters.KIND_WORDS[kind])),
        "may_change": decide(request.actor, DirectoryPermission.CHANGE).allowed,
    }
    return render(request, "directory/rows.html", context)


def _find(request: ActorRequest, kind: str, pk: int) -> Any:
    return get_object_or_404(queries.facts(request.actor, _kind(kind)), pk=pk)


def _facts(kind: str, row: Model) -> list[parts.Fact]:
    found = []
    for name in columns_of(kind):
        display: Callable[[], object] | None = getattr(row, f"get_{name}_display", None)
        value: Any = display() if display is not None else getattr(row, name)
        if name == "group":
            value = presenters.group_words(value)
        said = presenters.value_words(value) or (_("not known") if name in ("since",) else "–")
        is_words = display is not None or isinstance(value, bool) or name in ("group", "since")
        found.append(
            parts.Fact(presenters.field_words(type(row), name), said, words=is_words and not hasattr(value, "year"))
        )
    return found


@require_safe
@needs(DirectoryPermission.SEE_HISTORY)
def row(request: ActorRequest, kind: str, pk: int) -> HttpResponse:
    return _show(request, kind, _find(request, kind, pk))


def _show(request: ActorRequest, kind: str, found: Any, status: int = 200, **more: Any) -> HttpResponse:
    seen = actions.latest(found)
    context = {
        "kind": kind,
        "row": found,
        "title": presenters.title_of(found),
        "facts": _facts(kind, found),
        "state": presenters.state_of(found) if isinstance(found, Dated) else None,
        "dated": isinstance(found, Dated),
        "steps": presenters.steps(type(found), queries.history(request.actor, kind, found.pk)),
        "crumbs": crumbs(kind_crumb(kind), parts.Crumb(presenters.title_of(found), data=True)),
        "may_change": decide(request.actor, DirectoryPermission.CHANGE).allowed,
        "close_form": CloseForm(initial={"seen": seen}, auto_id="close-%s"),
        "reason_form": ReasonForm(initial={"seen": seen}, auto_id="other-%s"),
        **more,
    }
    return render(request, "directory/row.html", context, status=status)


def _filled_in(
    request: ActorRequest, form: Any, why: BaseForm, act: Callable[[], Any], done: str, **context: Any
) -> HttpResponse:
    """A page with a fact's form and a reason; a refusal stands beside them, and keeps what was typed."""
    if request.method == "POST":
        valid = [form.is_valid(), why.is_valid()]
        if all(valid):
            try:
                changed = act()
            except RsoError as error:
                why.add_error(None, presenters.words_of(error))
            else:
                messages.success(request, done)
                return redirect("directory:row", kind=context["kind"], pk=changed.pk)
    wrong = form.errors or why.errors
    return render(request, "directory/form.html", {"form": form, "why": why, **context}, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DirectoryPermission.CHANGE)
def enter(request: ActorRequest, kind: str) -> HttpResponse:
    form = form_of(_kind(kind))(request.POST or None)
    why = ReasonForm(request.POST or None)

    def act() -> Any:
        said = {"values": form.values(), "reason": why.cleaned_data["reason"], "now": timezone.now()}
        return actions.enter(request.actor, model=model_of(kind), **said)

    return _filled_in(
        request, form, why, act, _("It is entered."), kind=kind, title=presenters.ENTER_WORDS[kind],
        crumbs=crumbs(kind_crumb(kind), parts.Crumb(presenters.ENTER_WORDS[kind])),
    )  # fmt: skip


def _change(request: ActorRequest, kind: str, pk: int, *, newer: bool) -> HttpResponse:
    found = _find(request, kind, pk)
    initial = {"since": None, "until": None, "source": ""} if newer else {}
    form = form_of(kind)(request.POST or None, instance=found, initial=initial)
    why = ReasonForm(request.POST or None, initial={"seen": actions.latest(found)})
    title = _("It changed on a day") if newer else _("Correct what is wrong")

    def act() -> Any:
        said = {"values": form.values(), "now": timezone.now(), **why.cleaned_data}
        return (actions.follow if newer else actions.correct)(request.actor, row=found, **said)

    return _filled_in(
        request, form, why, act, _("The newer one is entered; the earlier one ends on that day.") if newer
        else _("It is corrected; what it said before stands in the history."),
        kind=kind, title=title, newer=newer, row=found,
        crumbs=crumbs(kind_crumb(kind), _row_crumb(kind, found), parts.Crumb(title)),
    )  # fmt: skip


def _row_crumb(kind: str, found: Model) -> parts.Crumb:
    return parts.Crumb(presenters.title_of(found), reverse("directory:row", args=[kind, found.pk]), data=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DirectoryPermission.CHANGE)
def correct(request: ActorRequest, kind: str, pk: int) -> HttpResponse:
    return _change(request, kind, pk, newer=False)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DirectoryPermission.CHANGE)
def follow(request: ActorRequest, kind: str, pk: int) -> HttpResponse:
    if kind in ("group", "body", "post", "resource"):  # these have a code that is there once: they are corrected
        raise Http404
    return _change(request, kind, pk, newer=True)


_MOVES: dict[str, Callable[..., Any]] = {
    "close": actions.close,
    "reopen": actions.reopen,
    "withdraw": actions.withdraw,
    "restore": actions.restore,
    "undo": actions.undo,
}


@require_POST
@needs(DirectoryPermission.CHANGE)
def move(request: ActorRequest, kind: str, pk: int, move: str) -> HttpResponse:
    """Closes, opens again, withdraws, restores or undoes; a refusal is shown on the page of the row."""
    found = _find(request, kind, pk)
    if move not in _MOVES or (kind == "group" and move != "undo"):
        raise Http404
    name, form = ("close_form", CloseForm(request.POST, auto_id="close-%s")) if move == "close" else (
        "reason_form", ReasonForm(request.POST, auto_id="other-%s"))  # fmt: skip
    if form.is_valid():
        try:
            _MOVES[move](request.actor, row=found, now=timezone.now(), **form.cleaned_data)
        except RsoError as error:
            form.add_error(None, presenters.words_of(error))
        else:
            messages.success(request, _("It is done, and stands in the history."))
            return redirect("directory:row", kind=kind, pk=pk)
    return _show(request, kind, found, 422, **{name: form})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DirectoryPermission.CHANGE)
def merge(request: ActorRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(Group, pk=pk)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.merge_groups(
                request.actor, group=group, into=said["into"], reason=said["reason"], now=timezone.now()
            )
        except RsoError as error:
            form.add_error("into", presenters.words_of(error))
        else:
            messages.success(request, _("Its members are listed under the other group."))
            return redirect("directory:rows", kind="group")
    title = _("Merge a group into another")
    context = {
        "form": form,
        "title": title,
        "group": group,
        "crumbs": crumbs(kind_crumb("group"), _row_crumb("group", group), parts.Crumb(title)),
    }
    return render(request, "directory/merge.html", context, status=422 if form.errors else 200)


@require_safe
@needs(DirectoryPermission.SEE_HISTORY)
def shipped(request: ActorRequest) -> HttpResponse:
    context = {
        "kept": presenters.kept(queries.differences(request.actor)),
        "crumbs": crumbs(parts.Crumb(_("Shipped facts"))),
        "may_change": decide(request.actor, DirectoryPermission.CHANGE).allowed,
    }
    return render(request, "directory/shipped.html", context)


@require_POST
@needs(DirectoryPermission.CHANGE)
def load_shipped(request: ActorRequest) -> HttpResponse:
    try:
        loaded = loading.load(request.actor, now=timezone.now())
    except RsoError as error:
        messages.error(request, presenters.words_of(error))
    else:
        said = {"new": loaded.new, "updated": loaded.updated, "kept": loaded.kept}
        words = _("Loaded: %(new)s new, %(updated)s brought up to date, %(kept)s kept as the office has them.")
        messages.success(request, words % said)
    return redirect("directory:shipped")
