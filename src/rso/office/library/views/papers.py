"""The files of a record for its keepers, who may read what, and the second person's word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.library import presenters, queries
from rso.office.library.actions import access, documents
from rso.office.library.forms import AccessForm, AnswerForm, AttachForm, DocumentForm, PartAccessForm, ReplaceForm
from rso.office.library.models import Document, Record, Widening
from rso.office.library.rules import LibraryPermission
from rso.office.library.views.keeping import crumbs, find, move, steps


@require_http_methods(["GET", "HEAD", "POST"])
@needs(LibraryPermission.CHANGE)
def papers(request: ActorRequest, code: str) -> HttpResponse:
    """The files, and a form to add one."""
    found = find(request, code)
    if request.method != "POST":
        return _page(request, found, AttachForm(initial={"language": found.work.source_language}), 200)
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form, 422)
    said = form.cleaned_data
    upload = said["file"]
    try:
        documents.attach(
            request.actor, record=found, content=upload.file, name=upload.name, language=said["language"],
            role=Document.Role(said["role"]), access=said["access"], accessibility=said["accessibility"],
            now=timezone.now(),
        )  # fmt: skip
    except RsoError as error:
        form.add_error("file" if error.code.startswith("file-") else None, presenters.words_of(error))
        return _page(request, found, form, 409)
    messages.success(request, _("The file is kept. Its words can be searched in a moment."))
    return redirect("library:papers", code=code)


def _page(request: ActorRequest, found: Record, form: Form, status: int) -> HttpResponse:
    kept = queries.documents(request.actor, found)
    names = presenters.names_of([found.work.audience, *(queries.access_of(one) for one in kept)])
    removed = found.documents.exclude(removed_at=None).select_related("version").order_by("-removed_at")
    context = {
        "record": found,
        "form": form,
        "steps": None if found.is_shown else steps(1, found),
        "shelves": presenters.shelves(kept, names, first=found.work.source_language),
        "removed": [one for one in removed if one.copies.exclude(file=None).exists()],
        "undo_days": documents.undo_time().days,
        "crumbs": crumbs(found, _("Files")),
    }
    return render(request, "library/papers.html", context, status=status)


def _document(request: ActorRequest, code: str, pk: UUID) -> Document:
    rows = Document.objects.select_related("record__work", "version")
    return get_object_or_404(rows, record=find(request, code), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(LibraryPermission.CHANGE)
def paper(request: ActorRequest, code: str, pk: UUID) -> HttpResponse:
    """One file: what it is, a newer one in its place, who may read it, its earlier copies."""
    return show_paper(request, _document(request, code, pk), 200) if request.method != "POST" else _describe(
        request, _document(request, code, pk)
    )  # fmt: skip


def show_paper(request: ActorRequest, document: Document, status: int, **more: Any) -> HttpResponse:
    key = queries.access_of(document)
    context = {
        "record": document.record,
        "document": document,
        "copy": queries.newest_copy(document),
        "copies": list(document.copies.select_related("file").defer("text")),
        "access": presenters.access_words(key, presenters.names_of([key])),
        "form": DocumentForm(initial={"role": document.role, "accessibility": document.accessibility}),
        "replace_form": ReplaceForm(),
        "access_form": PartAccessForm(initial={"access": document.access}),
        "crumbs": crumbs(document.record, _("File")),
        **more,
    }
    return render(request, "library/paper.html", context, status=status)


def _describe(request: ActorRequest, document: Document) -> HttpResponse:
    form = DocumentForm(request.POST)
    if not form.is_valid():
        return show_paper(request, document, 422, form=form)
    said = form.cleaned_data
    documents.change_document(
        request.actor, document=document, role=Document.Role(said["role"]), accessibility=said["accessibility"],
        now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return redirect("library:papers", code=document.record.work.code)


@require_POST
@needs(LibraryPermission.CHANGE)
def replace(request: ActorRequest, code: str, pk: UUID) -> HttpResponse:
    document = _document(request, code, pk)
    form = ReplaceForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_paper(request, document, 422, replace_form=form)
    upload = form.cleaned_data["file"]
    try:
        documents.replace(request.actor, document=document, content=upload.file, name=upload.name, now=timezone.now())
    except RsoError as error:
        form.add_error("file", presenters.words_of(error))
        return show_paper(request, document, 409, replace_form=form)
    messages.success(request, _("The newer file stands. The earlier one is kept here, for you alone."))
    return redirect("library:paper", code=code, pk=pk)


@require_POST
@needs(LibraryPermission.CHANGE)
def alter(request: ActorRequest, code: str, pk: UUID) -> HttpResponse:
    """Removes a file, puts it back, or moves it up: the button's name says which."""
    document = _document(request, code, pk)
    try:
        if "up" in request.POST:
            documents.move_up(request.actor, document=document, now=timezone.now())
        else:
            removed = "remove" in request.POST
            documents.set_removed(request.actor, document=document, removed=removed, now=timezone.now())
            messages.success(
                request, _("The file is removed. You can put it back below.") if removed else _("The file is back.")
            )
    except RsoError as error:
        messages.error(request, presenters.words_of(error))
    return redirect("library:papers", code=code)


def _open(request: ActorRequest, found: Record, form: Form) -> str:
    wish = access.set_access(request.actor, record=found, now=timezone.now(), **_after(form))
    return _said(wish)


def _after(form: Form) -> dict[str, Any]:
    return {"after": form.cleaned_data["access"], "reason": form.cleaned_data["reason"]}


def _said(wish: Widening | None) -> str:
    return _("Somebody else decides now. Until then it stays as it was.") if wish else _("Changed, at once.")


set_access = move(AccessForm, "access_form", _open)


@require_POST
@needs(LibraryPermission.CHANGE)
def set_part_access(request: ActorRequest, code: str, pk: UUID) -> HttpResponse:
    document = _document(request, code, pk)
    form = PartAccessForm(request.POST)
    if not form.is_valid():
        return show_paper(request, document, 422, access_form=form)
    try:
        wish = access.set_access(
            request.actor, record=document.record, document=document, now=timezone.now(), **_after(form)
        )
    except RsoError as error:
        form.add_error(None, presenters.words_of(error))
        return show_paper(request, _document(request, code, pk), 409, access_form=form)
    messages.success(request, _said(wish))
    return redirect("library:paper", code=code, pk=pk)


@require_safe
@needs(LibraryPermission.OPEN)
def wishes(request: ActorRequest) -> HttpResponse:
    """What somebody wants more people to read."""
    return _wishes(request, 200)


def _wishes(request: ActorRequest, status: int, *, at: int = 0, form: Form | None = None) -> HttpResponse:
    rows = list(queries.wishes(request.actor)[:100])
    keys = {key for row in rows for key in (row.before, row.after or row.record.work.audience)}
    names = presenters.names_of(keys)
    context = {
        "rows": [
            (
                row,
                presenters.access_words(row.before, names),
                presenters.access_words(row.after or row.record.work.audience, names),
                row.asked_by_id == request.actor.user_id,
                form if row.pk == at and form is not None else AnswerForm(auto_id=f"id_{row.pk}_%s"),
            )
            for row in rows
        ],
        "crumbs": crumbs(None, _("Openings")),
    }
    return render(request, "library/wishes.html", context, status=status)


@require_POST
@needs(LibraryPermission.OPEN)
def decide_wish(request: ActorRequest, pk: int) -> HttpResponse:
    wish = Widening.objects.select_related("record__work").filter(pk=pk).first()
    if wish is None:
        raise Http404
    form = AnswerForm(request.POST, auto_id=f"id_{pk}_%s")
    opened = "open" in request.POST
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    try:
        access.decide_widening(request.actor, widening=wish, opened=opened, answer=answer, now=timezone.now())
    except RsoError as error:
        form.add_error("answer" if error.code == "reason-needed" else None, presenters.words_of(error))
        return _wishes(request, 409, at=pk, form=form)
    messages.success(request, _("It is opened.") if opened else _("It stays as it is."))
    return redirect("library:wishes")
