"""The library for its keepers: a record step by step, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.errors import RsoError
from rso.office.library import presenters, queries
from rso.office.library.actions import records
from rso.office.library.forms import AccessForm, NewRecordForm, RecordForm, WithdrawForm, initial_of
from rso.office.library.models import Record
from rso.office.library.rules import LibraryPermission
from rso.ui import parts
from rso.ui.parts import Progress


def find(request: ActorRequest, code: str) -> Record:
    """The record for its keepers."""
    found = queries.record(request.actor, code)
    if found is None:
        raise Http404
    return found


def crumbs(found: Record | None = None, here: Any = "") -> list[parts.Crumb]:
    told = [
        parts.Crumb(_("Library"), reverse("library:home")),
        parts.Crumb(_("Keep the library"), reverse("library:keep")),
    ]
    if found is not None:
        told.append(parts.Crumb(found.work.title, reverse("library:desk", args=[found.work.code]), data=True))
    return [*told, parts.Crumb(here)] if here else told


def steps(at: int, found: Record | None = None) -> list[parts.Step]:
    """The three steps of a new record."""
    code = found.work.code if found else ""
    labels = [(_("What it is"), "edit"), (_("Its files"), "papers"), (_("Check and show"), "desk")]
    return [
        parts.Step(
            label,
            Progress.DONE if number < at else Progress.CURRENT if number == at else Progress.AHEAD,
            reverse(f"library:{name}", args=[code]) if code and number != at else "",
        )
        for number, (label, name) in enumerate(labels)
    ]


@require_safe
@needs(LibraryPermission.CHANGE)
def keep(request: ActorRequest) -> HttpResponse:
    state, words = request.GET.get("state", ""), request.GET.get("q", "")
    states = {"": _("All"), "draft": _("Not shown yet"), "shown": _("Shown"), "withdrawn": _("Withdrawn")}
    state = state if state in states else ""
    page = Paginator(queries.kept(request.actor, words=words, state=state), 25).get_page(request.GET.get("page"))
    may_decide = decide(request.actor, LibraryPermission.OPEN).allowed
    context = {
        "page_obj": page,
        "rows": [(one, presenters.row(one, "")) for one in page],
        "tabs": [parts.Tab(label, f"?state={code}" if code else "?", code == state) for code, label in states.items()],
        "words": words,
        "waiting": queries.wishes(request.actor).count() if may_decide else 0,
        "crumbs": crumbs(),
    }
    return render(request, "library/keep.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(LibraryPermission.CHANGE)
def new(request: ActorRequest) -> HttpResponse:
    form = NewRecordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            said = form.cleaned_data
            try:
                found = records.add(
                    request.actor, title=said["title"], about=said["about"], owner=said["owner"],
                    language=said["language"], access=said["access"], said=form.said(), now=timezone.now(),
                )  # fmt: skip
            except RsoError as error:
                form.add_error(None, presenters.words_of(error))
            else:
                messages.success(request, _("The record is kept. Nobody else sees it until you show it."))
                return redirect("library:papers", code=found.work.code)
        return _form_page(request, form, None, 422)
    return _form_page(request, form, None, 200)


def _form_page(request: ActorRequest, form: Form, found: Record | None, status: int) -> HttpResponse:
    is_new = found is None or not found.is_shown
    context = {
        "form": form,
        "record": found,
        "steps": steps(0, found) if is_new else None,
        "crumbs": crumbs(found, _("Change") if found else _("Add a record")),
    }
    return render(request, "library/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(LibraryPermission.CHANGE)
def edit(request: ActorRequest, code: str) -> HttpResponse:
    found = find(request, code)
    initial = initial_of(found, records.bases(found))
    if request.method != "POST":
        return _form_page(request, RecordForm(initial=initial), found, 200)
    form = RecordForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, found, 422)
    said = form.cleaned_data
    try:
        records.change(
            request.actor, record=found, revision=said["revision"] or 0, title=said["title"], about=said["about"],
            owner=said["owner"], said=form.said(), base=form.base(), now=timezone.now(),
        )  # fmt: skip
    except RsoError as error:
        if error.code == "written-meanwhile":
            # Nothing is lost: what was typed stays, what is there now is shown beside it, and the next save is on it.
            fresh = request.POST.copy()
            for name in ("revision", "title_base", "about_base"):
                fresh[name] = str(initial[name])
            form = RecordForm(fresh)
            form.is_valid()
        form.add_error(None, presenters.words_of(error))
        return _stale(request, form, found, initial)
    messages.success(request, _("Saved, and shown.") if found.is_shown else _("Saved."))
    return redirect("library:desk" if found.is_shown else "library:papers", code=code)


def _stale(request: ActorRequest, form: RecordForm, found: Record, saved: dict[str, Any]) -> HttpResponse:
    names = ("title", "about", "partners", "published", "link", "rights")
    differences = [
        parts.Change(form.fields[name].label, str(saved[name]), str(form.data.get(name, "")))
        for name in names
        if str(saved[name]) != str(form.data.get(name, ""))
    ]
    context = {"form": form, "record": found, "differences": differences, "crumbs": crumbs(found, _("Change"))}
    return render(request, "library/edit.html", context, status=409)


@require_safe
@needs(LibraryPermission.CHANGE)
def desk(request: ActorRequest, code: str) -> HttpResponse:
    return show_desk(request, find(request, code), 200)


def show_desk(request: ActorRequest, found: Record, status: int, **more: Any) -> HttpResponse:
    """A record as its keepers see it: what it says, who may read it, what may be done."""
    documents = queries.documents(request.actor, found)
    keys = [found.work.audience, *(queries.access_of(one) for one in documents)]
    names = presenters.names_of(keys)
    context = {
        "record": found,
        "row": presenters.row(found, ""),
        "title": found.work.title,
        "steps": None if found.is_shown else steps(2, found),
        "shelves": presenters.shelves(documents, names),
        "access": presenters.access_words(found.work.audience, names),
        "access_form": AccessForm(initial={"access": found.work.audience}),
        "withdraw_form": WithdrawForm(),
        "wishes": list(found.widenings.select_related("asked_by", "document").filter(outcome="")),
        "history": presenters.history(request.actor, found),
        "crumbs": crumbs(found),
        **more,
    }
    return render(request, "library/desk.html", context, status=status)


Act = Callable[[ActorRequest, Record, Form], str]


def move(form_class: type[Form], name: str, act: Act) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view: form, action, message. What was typed survives a refusal."""

    @require_POST
    @needs(LibraryPermission.CHANGE)
    def view(request: ActorRequest, code: str) -> HttpResponse:
        found = find(request, code)
        form = form_class(request.POST)
        if not form.is_valid():
            return show_desk(request, found, 422, **{name: form})
        try:
            said = act(request, found, form)
        except RsoError as error:
            form.add_error(None, presenters.words_of(error))
            return show_desk(request, find(request, code), 409, **{name: form})
        messages.success(request, said)
        return redirect("library:desk", code=code)

    return view


def _show(request: ActorRequest, found: Record, form: Form) -> str:
    records.publish(request.actor, record=found, now=timezone.now())
    return _("The record is shown to those who may read it.")


def _withdraw(request: ActorRequest, found: Record, form: Form) -> str:
    reason = form.cleaned_data["reason"]
    records.set_withdrawn(request.actor, record=found, withdrawn=True, reason=reason, now=timezone.now())
    return _("The record is withdrawn. You can put it back here.")


def _restore(request: ActorRequest, found: Record, form: Form) -> str:
    records.set_withdrawn(request.actor, record=found, withdrawn=False, now=timezone.now())
    return _("The record is shown again.")


show = move(Form, "show_form", _show)
withdraw = move(WithdrawForm, "withdraw_form", _withdraw)
restore = move(Form, "restore_form", _restore)
