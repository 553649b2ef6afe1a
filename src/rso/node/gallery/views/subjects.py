"""The list of subjects, one subject, enrolment, protection, erasure."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.errors import RsoError
from rso.node.gallery import actions, queries
from rso.node.gallery.forms import (
    ChangeProtectionForm,
    CorrectForm,
    EnrolForm,
    FingersForm,
    ReasonForm,
    protection_initial,
)
from rso.node.gallery.models import FingerRecord, Subject
from rso.node.gallery.presenters import error_words, identity_facts, protection_facts
from rso.node.gallery.rules import GalleryPermission

_A_PAGE = 50


@require_safe
@needs(GalleryPermission.SEE)
def subjects(request: ActorRequest) -> HttpResponse:
    found = queries.subjects(request.actor, reference=request.GET.get("q", ""))
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    may_enrol = decide(request.actor, GalleryPermission.ENROL).allowed
    return render(request, "gallery/subjects.html", {"page_obj": page, "may_enrol": may_enrol})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(GalleryPermission.ENROL)
def enrol(request: ActorRequest) -> HttpResponse:
    form = EnrolForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            subject = actions.enrol(
                request.actor,
                reference=form.cleaned_data["reference"],
                identity=form.identity(),
                protection=form.cleaned_data["protection"],
                fingers=form.cleaned_data["fingers"],
                synthetic=form.cleaned_data["synthetic"],
                now=timezone.now(),
            )
        except RsoError as error:
            form.add_error("reference", str(error_words(error)))
        else:
            messages.success(request, _("The subject is enrolled."))
            return redirect("gallery:subject", subject.pk)
    return render(request, "gallery/enrol.html", {"form": form})


@never_cache
@require_safe
@needs(GalleryPermission.SEE)
def subject(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Subject, pk=pk)
    try:
        opened = queries.open_subject(request.actor, found)
    except RsoError as error:
        return render(request, "gallery/erased.html", {"subject": found, "error": error_words(error)}, status=410)
    values = {
        "opened": opened,
        "facts": identity_facts(opened.identity),
        "protection": protection_facts(opened.protection),
        "in_no_search": opened.protection.origin_unknown,
        "may_erase": decide(request.actor, GalleryPermission.ERASE).allowed,
        "may_enrol": decide(request.actor, GalleryPermission.ENROL).allowed,
        "may_correct": decide(request.actor, GalleryPermission.CORRECT).allowed,
        "may_protect": decide(request.actor, GalleryPermission.CHANGE_PROTECTION).allowed,
    }
    return render(request, "gallery/subject.html", values)


@never_cache
@require_safe
@needs(GalleryPermission.SEE)
def finger(request: ActorRequest, pk: UUID, finger_pk: UUID) -> HttpResponse:
    """The print of one finger, for the subject's page."""
    found = get_object_or_404(FingerRecord, pk=finger_pk, subject_id=pk)
    return HttpResponse(queries.finger_image(request.actor, found), content_type="image/png")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(GalleryPermission.ENROL)
def add_fingers(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Subject, pk=pk)
    form = FingersForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_fingers(request.actor, subject=found, fingers=form.cleaned_data["fingers"])
        except RsoError as error:
            form.add_error(None, str(error_words(error)))
        else:
            messages.success(request, _("The fingers are added."))
            return redirect("gallery:subject", found.pk)
    return render(request, "gallery/fingers.html", {"form": form, "subject": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(GalleryPermission.CORRECT)
def identity(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The fields of who it is, to be put right."""
    found = get_object_or_404(Subject, pk=pk)
    initial = None
    if request.method != "POST":
        held = queries.open_subject(request.actor, found).identity
        initial = {code.replace("-", "_"): value for code, value in held.items()} | {"seen": actions.mark_of(found)}
    form = CorrectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(
                request.actor,
                subject=found,
                identity=form.identity(),
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
            )
        except RsoError as error:
            form.add_error(None, str(error_words(error)))
        else:
            messages.success(request, _("The fields are corrected. What was disclosed before stays as it was sent."))
            return redirect("gallery:subject", found.pk)
    return render(request, "gallery/identity.html", {"form": form, "subject": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(GalleryPermission.CHANGE_PROTECTION)
def protection(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Subject, pk=pk)
    initial = None
    if request.method != "POST":
        initial = protection_initial(queries.open_subject(request.actor, found).protection)
    form = ChangeProtectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_protection(
            request.actor,
            subject=found,
            protection=form.cleaned_data["protection"],
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("The answers are kept. The next search already follows them."))
        return redirect("gallery:subject", found.pk)
    return render(request, "gallery/protection.html", {"form": form, "subject": found})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(GalleryPermission.ERASE)
def erase(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Subject, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.erase(request.actor, subject=found, reason=form.cleaned_data["reason"], now=timezone.now())
        messages.success(request, _("The subject is erased: its key does not exist any more."))
        return redirect("gallery:subjects")
    return render(request, "gallery/erase.html", {"form": form, "subject": found})
