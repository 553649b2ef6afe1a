"""Proposals: list, draft, edit, show, print, export."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Role, decide
from rso.base.errors import RsoError
from rso.office.projects import presenters, queries, rules
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.errors import StaleEdit
from rso.office.projects.forms import (
    AssessmentForm,
    AttachmentForm,
    BudgetFormSet,
    CommentForm,
    ConsultForm,
    ProposalForm,
    ReasonForm,
    SignForm,
    budget_lines,
)
from rso.office.projects.models import Proposal, StateWords
from rso.office.projects.rules import Doing, ProjectsPermission, State
from rso.ui import parts


def find(request: ActorRequest, pk: UUID) -> Proposal:
    """The proposal, or 404 alike for none and for one that is not this person's to see."""
    try:
        return queries.proposal(request.actor, pk)
    except Proposal.DoesNotExist:
        raise Http404 from None


@require_safe
@needs(ProjectsPermission.SEE_PROPOSALS)
def proposals(request: ActorRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in StateWords.values else ""
    present = set(queries.proposals(request.actor).order_by().values_list("state", flat=True).distinct())
    rows = queries.proposals(request.actor, state=state, search=request.GET.get("q", ""))
    context = {
        "page_obj": Paginator(rows, 20).get_page(request.GET.get("page")),
        "waiting": queries.waiting_for(request.actor),
        "tabs": [parts.Tab(_("All"), "?", not state)]
        + [
            parts.Tab(words, f"?state={code}", code == state)
            for code, words in StateWords.choices
            if code == state or code in present
        ],
        "may_draft": decide(request.actor, ProjectsPermission.DRAFT).allowed,
        "tones": presenters.TONES,
    }
    return render(request, "projects/proposals.html", context)


def _draft_page(
    request: ActorRequest, form: ProposalForm, budget: Any, proposal: Proposal | None, status: int = 200, **more: Any
) -> HttpResponse:
    data = form.data if form.is_bound else form.initial
    title, body = str(data.get("title") or ""), f"{data.get('problem') or ''} {data.get('approach') or ''}"
    key = str(proposal.pk) if proposal else ""
    alike = queries.alike_to(request.actor, key=key, title=title, body=body) if title else []
    context = {"form": form, "budget": budget, "proposal": proposal, "alike": alike, **more}
    return render(request, "projects/draft.html", context, status=status)


def _begin_from(request: ActorRequest) -> dict[str, Any]:
    """The words of an own proposal that was declined or withdrawn (``?from=``), to begin a new one with."""
    try:
        old = queries.proposal(request.actor, UUID(request.GET.get("from", "")))
    except (ValueError, Proposal.DoesNotExist):
        return {}
    if not decide(request.actor, ProjectsPermission.EDIT, old).allowed or State(old.state) not in rules.BEGUN_ANEW:
        return {}
    return queries.content(old)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ProjectsPermission.DRAFT)
def draft(request: ActorRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    start = _begin_from(request)
    form = ProposalForm(data, initial={**start, "key": uuid4(), "revision": 1})
    budget = BudgetFormSet(data, prefix="budget", initial=start.get("budget"))
    if request.method != "POST" or "look" in request.POST or not (form.is_valid() and budget.is_valid()):
        looks_only = data is None or "look" in data
        return _draft_page(request, form, budget, None, 200 if looks_only else 422)
    try:
        proposal = drafting.draft(
            request.actor,
            member=deciding.seat_of(request.actor, Role.MEMBER_OFFICIAL),
            texts=form.texts(),
            partners=list(form.cleaned_data["partners"]),
            budget=budget_lines(budget),
            now=timezone.now(),
            key=form.cleaned_data["key"],
        )
    except StaleEdit as error:
        # Sent before, and changed by somebody since: both texts are shown on that draft's own page.
        known = find(request, form.cleaned_data["key"])
        return _stale(request, known, form, budget, queries.content(known), error)
    except RsoError as error:
        form.add_error(None, presenters.words(error))
        return _draft_page(request, form, budget, None, 409)
    messages.success(request, _("The draft is saved. Only officials of your member see it."))
    return redirect("projects:edit" if "more" in request.POST else "projects:proposal", pk=proposal.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ProjectsPermission.EDIT)
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    proposal = find(request, pk)
    if State(proposal.state) not in rules.EDITABLE:
        messages.error(request, _("A proposal that was submitted is changed only after it was returned."))
        return redirect("projects:proposal", pk=pk)
    saved = queries.content(proposal)
    data = request.POST if request.method == "POST" else None
    form = ProposalForm(data, instance=proposal, initial={"revision": proposal.revision})
    budget = BudgetFormSet(data, prefix="budget", initial=saved["budget"])
    if data is None:
        return _draft_page(request, form, budget, proposal)
    if not (form.is_valid() and budget.is_valid()):
        return _draft_page(request, form, budget, proposal, 422)
    return _save(request, find(request, pk), form, budget, saved)  # the form has written into its own instance


def _save(
    request: ActorRequest, proposal: Proposal, form: ProposalForm, budget: Any, saved: dict[str, Any]
) -> HttpResponse:
    try:
        drafting.edit(
            request.actor,
            proposal=proposal,
            revision=form.cleaned_data["revision"] or 0,
            texts=form.texts(),
            partners=list(form.cleaned_data["partners"]),
            budget=budget_lines(budget),
            now=timezone.now(),
        )
    except StaleEdit as error:
        return _stale(request, proposal, form, budget, saved, error)
    except RsoError as error:
        form.add_error(None, presenters.words(error))
        return _draft_page(request, form, budget, proposal, 409)
    messages.success(request, _("The draft is saved."))
    return redirect("projects:edit" if "more" in request.POST else "projects:proposal", pk=proposal.pk)


def _stale(
    request: ActorRequest,
    proposal: Proposal,
    form: ProposalForm,
    budget: Any,
    saved: dict[str, Any],
    error: StaleEdit,
) -> HttpResponse:
    """What was typed, beside how it differs from what is saved; sent again, it replaces that."""
    texts = form.texts()
    days = {name: texts[name].isoformat() if texts[name] else "" for name in ("starts_on", "ends_on")}
    mine = {
        **texts,
        **days,
        "partners": sorted(partner.code for partner in form.cleaned_data["partners"]),
        "budget": [{**line, "amount": f"{line['amount']:.2f}"} for line in budget_lines(budget)],
    }
    newer = request.POST.copy()
    newer["revision"] = str(error.revision)
    more = {
        "stale": error,
        "differences": presenters.compare(saved, saved | mine, proposal),
        "action": reverse("projects:edit", args=[proposal.pk]),
    }
    return _draft_page(request, ProposalForm(newer, instance=proposal), budget, proposal, 409, **more)


@require_safe
@needs(ProjectsPermission.SEE_PROPOSALS)
def proposal(request: ActorRequest, pk: UUID) -> HttpResponse:
    return show(request, find(request, pk))


def show(request: ActorRequest, row: Proposal, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of a proposal with whatever its reader may do next; ``bound`` forms keep what was typed."""
    state = State(row.state)
    may = queries.doable(request.actor, row)
    keys = queries.keys_of(row)
    mine = any(key.by_id == request.user.pk for key in keys)
    first = {"outcome": keys[0].outcome, "reason": keys[0].reason} if keys and not mine else None
    read = {"round": row.round}
    content = queries.content_seen(request.actor, row)
    assessed = row.assessments.filter(round=row.round, by_id=request.user.pk).first()
    context = {
        "proposal": row,
        "crumbs": [
            parts.Crumb(_("Proposals"), reverse("projects:proposals")),
            parts.Crumb(content["title"], data=True),
        ],
        "again": f"?from={row.pk}",
        "tone": presenters.tone(row),
        "title": content["title"],
        "steps": presenters.steps(row),
        **presenters.body(row, content),
        "history": presenters.history(row),
        "changes": presenters.changes(row, content),
        "acts": bool(may - {Doing.EDIT}),
        "may_begin_anew": state in rules.BEGUN_ANEW and decide(request.actor, ProjectsPermission.EDIT, row).allowed,
        "as_submitted": state == State.RETURNED and not may,
        "keys": presenters.keys(row),
        "earlier_keys": presenters.earlier_keys(row),
        "show_keys": bool(keys) or state in (State.DECISION, State.DISAGREEMENT),
        "assessments": row.assessments.filter(round=row.round).select_related("by", "organisation"),
        "comments": row.comments.filter(round=row.round).select_related("by", "organisation"),
        "earlier_said": [
            *row.assessments.filter(round__lt=row.round).select_related("by", "organisation"),
            *row.comments.filter(round__lt=row.round).select_related("by", "organisation"),
        ],
        "files": _files(request, row),
        "missing": drafting.missing(row) if Doing.SUBMIT in may else [],
        **{f"may_{doing}": doing in may for doing in Doing},
        "same_outcome": len({key.outcome for key in keys}) == 1,
        "second_key": first is not None,
        "attachment_form": AttachmentForm(),
        "reason_form": ReasonForm(),
        "assessment_form": AssessmentForm(
            initial=read | ({"leaning": assessed.leaning, "text": assessed.text} if assessed else {})
        ),
        "consult_form": ConsultForm(),
        "comment_form": CommentForm(initial=read),
        "sign_form": SignForm(initial=read | (first or {})),
        **bound,
    }
    return render(request, "projects/proposal.html", context, status=status)


def _files(request: ActorRequest, row: Proposal) -> list[tuple[int, parts.FileRow]]:
    found = []
    for attachment in queries.attachments_seen(request.actor, row):
        file = attachment.file
        address = reverse("files:download", args=[file.pk])
        found.append((attachment.pk, parts.FileRow(file.name, address, file.size, file.get_scan_display())))
    return found


@require_safe
@needs(ProjectsPermission.SEE_PROPOSALS)
def printed(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = find(request, pk)
    content = queries.content_seen(request.actor, row)
    context = {
        "proposal": row,
        "title": content["title"],
        **presenters.body(row, content),
        "files": _files(request, row),
        "assessments": row.assessments.filter(round=row.round).select_related("by", "organisation"),
        "comments": row.comments.filter(round=row.round).select_related("by", "organisation"),
        "history": presenters.history(row),
        "keys": presenters.keys(row),
    }
    return render(request, "projects/print.html", context)


@require_safe
@needs(ProjectsPermission.SEE_PROPOSALS)
def export(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The proposal with its rounds, all that was said and signed, and its history, as one JSON file."""
    row = find(request, pk)
    body = presenters.whole_record(row, queries.content_seen(request.actor, row))
    answer = HttpResponse(json.dumps(body, ensure_ascii=False, indent=2), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="proposal-{row.pk}.json"'
    return answer


@require_POST
@needs(ProjectsPermission.EDIT)
def attach(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = find(request, pk)
    form = AttachmentForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            drafting.attach(request.actor, proposal=row, file=upload.file, name=upload.name)
        except RsoError as error:
            form.add_error("file", presenters.words(error))
        else:
            messages.success(request, _("The file is attached."))
            return redirect("projects:proposal", pk=pk)
    return show(request, find(request, pk), 422, attachment_form=form)


@require_POST
@needs(ProjectsPermission.EDIT)
def detach(request: ActorRequest, pk: UUID, attachment: int) -> HttpResponse:
    row = find(request, pk)
    found = row.attachments.filter(pk=attachment, taken_off_at=None).first()
    if found is None:
        raise Http404
    try:
        drafting.detach(request.actor, attachment=found, now=timezone.now())
    except RsoError as error:
        messages.error(request, presenters.words(error))
        return show(request, row, 409)
    messages.success(request, _("The file is no longer attached."))
    return redirect("projects:proposal", pk=pk)
