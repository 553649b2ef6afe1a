"""The office's list of what focal points can be for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.office.contacts import presenters, queries
from rso.office.contacts.actions import keeping as actions
from rso.office.contacts.forms import SubjectForm
from rso.office.contacts.models import Subject
from rso.office.contacts.rules import ContactsPermission
from rso.ui import parts


def _crumbs(*more: parts.Crumb) -> list[parts.Crumb]:
    return [parts.Crumb(_("Focal points"), reverse("contacts:focal-points")), *more]


@require_safe
@needs(ContactsPermission.CHANGE_SUBJECTS)
def subjects(request: ActorRequest) -> HttpResponse:
    context = {
        "rows": [(row, presenters.subject_words(row)) for row in queries.subjects(active=False)],
        "crumbs": _crumbs(parts.Crumb(_("Subjects"))),
    }
    return render(request, "contacts/subjects.html", context)


def _filled_in(request: ActorRequest, title: str, row: Subject | None = None) -> HttpResponse:
    form = SubjectForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        kept = get_object_or_404(Subject, pk=row.pk) if row is not None else None
        actions.put_subject(request.actor, row=kept, values=form.cleaned_data, now=timezone.now())
        messages.success(request, _("The subject is saved."))
        return redirect("contacts:subjects")
    crumbs = _crumbs(parts.Crumb(_("Subjects"), reverse("contacts:subjects")), parts.Crumb(title))
    context = {"form": form, "title": title, "crumbs": crumbs}
    return render(request, "contacts/subject.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContactsPermission.CHANGE_SUBJECTS)
def enter(request: ActorRequest) -> HttpResponse:
    return _filled_in(request, _("Enter a subject"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContactsPermission.CHANGE_SUBJECTS)
def change(request: ActorRequest, pk: int) -> HttpResponse:
    return _filled_in(request, _("Change a subject"), get_object_or_404(Subject, pk=pk))
