"""The moves of a proposal: each a POST that calls one action, and shows a refusal where it happened."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.projects import presenters
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.forms import AssessmentForm, CommentForm, ConsultForm, ReasonForm, SignForm
from rso.office.projects.models import Proposal
from rso.office.projects.rules import Outcome, ProjectsPermission
from rso.office.projects.views.proposals import find, show

Act = Callable[[ActorRequest, Proposal, Form], str]


def _move(permission: str, form_class: type[Form], name: str, act: Act) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A view: form, action, message. What was typed survives a refusal."""

    @require_POST
    @needs(permission)
    def view(request: ActorRequest, pk: UUID) -> HttpResponse:
        row = find(request, pk)
        form = form_class(request.POST)
        if not form.is_valid():
            return show(request, row, 422, **{name: form})
        try:
            done = act(request, row, form)
        except RsoError as error:
            form.add_error(None, presenters.words(error))
            visible = [field.name for field in form.visible_fields()]
            typed = [words for name_ in visible if (words := form.data.get(name_, ""))]
            return show(request, find(request, pk), 409, refused=presenters.words(error), typed=typed, **{name: form})
        messages.success(request, done)
        return redirect("projects:proposal", pk=pk)

    return view


def _submit(request: ActorRequest, row: Proposal, form: Form) -> str:
    drafting.submit(request.actor, proposal=row, now=timezone.now())
    return _("The proposal is with both Co-Managers.")


def _withdraw(request: ActorRequest, row: Proposal, form: Form) -> str:
    drafting.withdraw(request.actor, proposal=row, reason=form.cleaned_data["reason"], now=timezone.now())
    return _("The proposal is withdrawn.")


def _assess(request: ActorRequest, row: Proposal, form: Form) -> str:
    said = form.cleaned_data | {"leaning": Outcome(form.cleaned_data["leaning"])}
    deciding.assess(request.actor, proposal=row, now=timezone.now(), **said)
    return _("Your assessment is kept.")


def _consult(request: ActorRequest, row: Proposal, form: Form) -> str:
    deciding.consult(request.actor, proposal=row, now=timezone.now(), days=form.cleaned_data["days"])
    return _("The Steering Group is consulted.")


def _close(request: ActorRequest, row: Proposal, form: Form) -> str:
    deciding.close_consultation(request.actor, proposal=row, reason=form.cleaned_data["reason"], now=timezone.now())
    return _("The consultation is closed; two signatures decide.")


def _comment(request: ActorRequest, row: Proposal, form: Form) -> str:
    deciding.comment(request.actor, proposal=row, now=timezone.now(), **form.cleaned_data)
    return _("Your comment is kept.")


def _sign(request: ActorRequest, row: Proposal, form: Form) -> str:
    said = form.cleaned_data | {"outcome": Outcome(form.cleaned_data["outcome"])}
    deciding.sign(request.actor, proposal=row, now=timezone.now(), **said)
    return _("Your signature is given.")


def _reconsider(request: ActorRequest, row: Proposal, form: Form) -> str:
    deciding.reconsider(request.actor, proposal=row, reason=form.cleaned_data["reason"], now=timezone.now())
    return _("Both Co-Managers sign anew.")


submit = _move(ProjectsPermission.EDIT, Form, "submit_form", _submit)
withdraw = _move(ProjectsPermission.WITHDRAW, ReasonForm, "withdraw_form", _withdraw)
assess = _move(ProjectsPermission.ASSESS, AssessmentForm, "assessment_form", _assess)
consult = _move(ProjectsPermission.ASSESS, ConsultForm, "consult_form", _consult)
close = _move(ProjectsPermission.ASSESS, ReasonForm, "close_form", _close)
comment = _move(ProjectsPermission.COMMENT, CommentForm, "comment_form", _comment)
sign = _move(ProjectsPermission.SIGN, SignForm, "sign_form", _sign)
reconsider = _move(ProjectsPermission.SIGN, ReasonForm, "reconsider_form", _reconsider)
