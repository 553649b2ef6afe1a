"""Proposals: list, draft, edit, show, print, export."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation
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
    rows = queries.proposals(request.actor, state=state, search=request.GET.get("q", ""))
    context = {
        "page_obj": Paginator(rows, 20).get_page(request.GET.get("page")),
        "waiting": queries.waiting_for(request.actor),
        "tabs": [parts.Tab(_("All"), "?", not state)]
        + [parts.Tab(words, f"?state={code}", code == state) for code, words in StateWords.choices],
        "may_draft": decide(request.actor, ProjectsPermission.DRAFT).allowed,
        "tones": presenters.TONES,
    }
    return render(request, "projects/proposals.html", context)


def _member(request: ActorRequest) -> Organisation:
    return deciding.seat_of(request.actor, Role.MEMBER_OFFICIAL)


def _draft_page(
    request: ActorRequest, form: ProposalForm, budget: Any, proposal: Proposal | None, status: int = 200, **more: Any
) -> HttpResponse:
    data = form.data if form.is_bound else form.initial
    title, body = str(data.get("title") or ""), f"{data.get('problem') or ''} {data.get('approach') or ''}"
    key = str(proposal.pk) if proposal else ""
    alike = queries.alike_to(request.actor, key=key, title=title, body=body) if title else []
    context = {"form": form, "budget": budget, "proposal": proposal, "alike": alike, **more}
    return render(request, "projects/draft.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ProjectsPermission.DRAFT)
def draft(request: ActorRequest) -> HttpResponse:
    form, budget = ProposalForm(request.POST or None), BudgetFormSet(request.POST or None, prefix="budget")
    if request.method != "POST" or "look" in request.POST or not (form.is_valid() and budget.is_valid()):
        return _draft_page(request, form, budget, None, 200 if not form.errors else 422)
    proposal = drafting.draft(
        request.actor,
        member=_member(request),
        texts=form.texts(),
        partners=list(form.cleaned_data["partners"]),
        budget=budget_lines(budget),
        now=timezone.now(),
    )
    messages.success(request, _("The draft is saved. Only officials of your member see it."))
    return redirect("projects:edit" if "more" in request.POST else "projects:proposal", pk=proposal.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ProjectsPermission.EDIT)
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    proposal = find(request, pk)
    if State(proposal.state) not in rules.EDITABLE:
        messages.error(request, _("A proposal that was submitted is changed only after it was returned."))
        return redirect("projects:proposal", pk=pk)
    lines = [
        {"year": b.year, "currency": b.currency, "amount": b.amount, "purpose": b.purpose}
        for b in proposal.budget.all()
    ]
    data = request.POST or None
    form = ProposalForm(data, instance=proposal, initial={"revision": proposal.revision})
    budget = BudgetFormSet(data, prefix="budget", initial=lines)
    if data is None:
        form.initial |= {"title": proposal.title}
        return _draft_page(request, form, budget, proposal)
    if not (form.is_valid() and budget.is_valid()):
        return _draft_page(request, form, budget, proposal, 422)
    return _save(request, pk, form, budget)


def _save(request: ActorRequest, pk: UUID, form: ProposalForm, budget: Any) -> HttpResponse:
    stored = find(request, pk)  # the form has written its values into its own instance
    before = drafting.content(stored)
    try:
        drafting.edit(
            request.actor,
            proposal=stored,
            revision=form.cleaned_data["revision"] or 0,
            texts=form.texts(),
            partners=list(form.cleaned_data["partners"]),
            budget=budget_lines(budget),
            now=timezone.now(),
        )
    except StaleEdit as error:
        mine = before | {
            name: form.cleaned_data[name].isoformat()
            if hasattr(form.cleaned_data[name], "isoformat")
            else form.cleaned_data[name]
            for name in drafting.TEXTS
        }
        form.data = form.data.copy()  # type: ignore[assignment]  # the browser's values, with the newer revision
        form.data["revision"] = str(error.revision)  # type: ignore[index]  # a copy of a QueryDict can be changed
        differences = presenters.compare(before, mine)
        return _draft_page(request, form, budget, stored, 409, stale=error, differences=differences)
    messages.success(request, _("The draft is saved."))
    return redirect("projects:edit" if "more" in request.POST else "projects:proposal", pk=pk)


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
    assessed = row.assessments.filter(round=row.round, by_id=request.user.pk).first()
    context = {
        "proposal": row,
        "tone": presenters.tone(row),
        "steps": presenters.steps(row),
        "facts": presenters.facts(row),
        "tied": presenters.tied_to(row),
        "sections": presenters.sections(row),
        "budget": row.budget.all(),
        "totals": presenters.totals(row),
        "history": presenters.history(row),
        "changes": presenters.changes(row),
        "keys": presenters.keys(row),
        "earlier_keys": presenters.earlier_keys(row),
        "show_keys": bool(keys) or state in (State.DECISION, State.DISAGREEMENT),
        "assessments": row.assessments.filter(round=row.round).select_related("by", "organisation"),
        "comments": row.comments.filter(round=row.round).select_related("by", "organisation"),
        "files": _files(row),
        "missing": drafting.missing(row) if Doing.SUBMIT in may else [],
        **{f"may_{doing}": doing in may for doing in Doing},
        "second_key": first is not None,
        "attachment_form": AttachmentForm(),
        "reason_form": ReasonForm(),
        "assessment_form": AssessmentForm(
            initial={"leaning": assessed.leaning, "text": assessed.text} if assessed else None
        ),
        "consult_form": ConsultForm(),
        "comment_form": CommentForm(),
        "sign_form": SignForm(initial=first),
        **bound,
    }
    return render(request, "projects/proposal.html", context, status=status)


def _files(row: Proposal) -> list[tuple[int, parts.FileRow]]:
    return [
        (
            a.pk,
            parts.FileRow(a.file.name, f"/files/{a.file.pk}/", a.file.size, a.file.get_scan_display()),
        )
        for a in row.attachments.select_related("file")
    ]


@require_safe
@needs(ProjectsPermission.SEE_PROPOSALS)
def printed(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = find(request, pk)
    context = {
        "proposal": row,
        "facts": presenters.facts(row),
        "tied": presenters.tied_to(row),
        "sections": presenters.sections(row),
        "budget": row.budget.all(),
        "totals": presenters.totals(row),
        "history": presenters.history(row),
        "keys": presenters.keys(row),
    }
    return render(request, "projects/print.html", context)


@require_safe
@needs(ProjectsPermission.SEE_PROPOSALS)
def export(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The proposal as one JSON file."""
    row = find(request, pk)
    body = {"id": str(row.pk), "state": row.state, "round": row.round, **drafting.content(row)}
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
            form.add_error("file", error.message)
        else:
            messages.success(request, _("The file is attached."))
            return redirect("projects:proposal", pk=pk)
    return show(request, row, 422, attachment_form=form)


@require_POST
@needs(ProjectsPermission.EDIT)
def detach(request: ActorRequest, pk: UUID, attachment: int) -> HttpResponse:
    row = find(request, pk)
    found = row.attachments.filter(pk=attachment).first()
    if found is None:
        raise Http404
    drafting.detach(request.actor, attachment=found)
    messages.success(request, _("The file is no longer attached."))
    return redirect("projects:proposal", pk=pk)
