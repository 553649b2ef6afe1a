"""A version on its way to the readers: what changed, what bars it, and the moves of those who may make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Actor, NotAllowed, decide
from rso.base.errors import RsoError
from rso.content import queries
from rso.content.actions import publishing
from rso.content.actions import writing as writing_actions
from rso.content.actions.telling import path_of
from rso.content.forms import AssignForm, DecideForm, ReasonForm, ScheduleForm, SubmitForm
from rso.content.kinds import kinds
from rso.content.models import LanguageVersion, Review
from rso.content.presenters import editing
from rso.content.presenters.words import TONES, words
from rso.content.rules import ContentPermission, State
from rso.content.views.works import top
from rso.ui import parts
from rso.ui.languages import language_of


def find(actor: Actor, pk: int) -> LanguageVersion:
    """A version of a text that the actor sees among those who work on texts, or 404."""
    rows = LanguageVersion.objects.select_related("edition__work", "assignee", "locked_by")
    rows = rows.filter(edition__work__in=queries.seen_by(actor))
    return get_object_or_404(rows, pk=pk)


def may_write(actor: Actor, row: LanguageVersion) -> bool:
    """Whether the page offers to write."""
    try:
        writing_actions.may_write(actor, row)
    except NotAllowed:
        return False
    return True


def frame(request: ActorRequest, row: LanguageVersion, here: str) -> dict[str, Any]:
    """What every page of a version shows: where one is, and the way to its other pages."""
    work, language = row.edition.work, language_of(row.language)
    names = {"write": _("Write"), "version": _("Review and publish"), "revisions": _("Revisions")}
    if not may_write(request.actor, row):
        del names["write"]
    held = row.locked_until is not None and row.locked_until > timezone.now()
    return {
        "version": row,
        "work": work,
        "language": language,
        "tone": TONES[State(row.state)],
        "tabs": [
            parts.Tab(
                words_,
                path_of(row, "write") if name == "write" else reverse(f"content:{name}", args=[row.pk]),
                name == here,
            )
            for name, words_ in names.items()
        ],
        "crumbs": [
            top(),
            parts.Crumb(work.title, reverse("content:work", args=[work.code]), data=True),
            parts.Crumb(language.own, data=True),
        ],
        "holder": row.locked_by if held and row.locked_by_id != request.actor.user_id else None,
        "mine": held and row.locked_by_id == request.actor.user_id,
    }  # fmt: skip


def zone_of(request: ActorRequest) -> str:
    """The time zone in which a person's moments are meant."""
    return request.user.time_zone or timezone.get_default_timezone_name()


@require_safe
@needs(ContentPermission.SEE)
def version(request: ActorRequest, pk: int) -> HttpResponse:
    return show(request, find(request.actor, pk))


def show(request: ActorRequest, row: LanguageVersion, status: int = 200, **bound: Any) -> HttpResponse:
    """The page of a version with whatever its reader may do next."""
    blocks, state = queries.draft(row), State(row.state)
    review = row.reviews.select_related("asked_by", "decided_by").first()
    may_publish = decide(request.actor, ContentPermission.PUBLISH).allowed
    may_decide = (
        decide(request.actor, ContentPermission.APPROVE).allowed if row.is_source
        else decide(request.actor, ContentPermission.SIGN, row.language).allowed
    )  # fmt: skip
    writes = may_write(request.actor, row)
    kind, out = kinds()[row.edition.work.kind], queries.newest(row)
    barriers, since = editing.barriers(row, blocks), editing.since(row, blocks)
    zone = zone_of(request)
    context = {
        **frame(request, row, "version"),
        "steps": editing.steps(row),
        "barriers": barriers,
        "since": since,
        "grave": sum(1 for one in since if one.safety),
        "out": out,
        "review": review,
        "own_words": may_decide and request.actor.user_id in publishing.authors(row),
        "may_submit": writes and kind.reviewed and state in (State.WRITING, State.PUBLISHED) and bool(since),
        "may_decide": may_decide and state == State.REVIEW,
        "may_publish": state == State.APPROVED and may_publish if kind.reviewed else writes and bool(since),
        "may_schedule": kind.reviewed and state == State.APPROVED and may_publish,
        "may_withdraw": may_publish and out is not None,
        "may_assign": decide(request.actor, ContentPermission.BEGIN).allowed,
        "address": kind.path(row.edition.work.code, row.language) if out is not None else "",
        "remarks": row.remarks.select_related("by", "segment", "resolved_by"),
        "zone": zone,
        "submit_form": SubmitForm(),
        "decide_form": DecideForm(),
        "schedule_form": ScheduleForm(zone=zone),
        "withdraw_form": ReasonForm(),
        "assign_form": AssignForm(
            initial={"to": row.assignee_id, "due_on": row.due_on}, version=row, day=timezone.localdate()
        ),
        **bound,
    }
    return render(request, "content/version.html", context, status=status)


Make = Callable[[ActorRequest, LanguageVersion], Form]
Act = Callable[[ActorRequest, LanguageVersion, Form], str]


def _move(permission: str, make: Make, name: str, act: Act) -> Callable[[HttpRequest, int], HttpResponse]:
    """A view: form, action, message. What was typed survives a refusal."""

    @require_POST
    @needs(permission)
    def view(request: ActorRequest, pk: int) -> HttpResponse:
        row = find(request.actor, pk)
        with timezone.override(ZoneInfo(zone_of(request))):
            form = make(request, row)
            is_valid = form.is_valid()
        if not is_valid:
            return show(request, row, 422, **{name: form})
        try:
            done = act(request, row, form)
        except NotAllowed:
            raise
        except RsoError as error:
            return show(request, find(request.actor, pk), 409, refused=words(error), **{name: form})
        messages.success(request, done)
        return redirect("content:version", pk=pk)

    return view


def _submit(request: ActorRequest, row: LanguageVersion, form: Form) -> str:
    publishing.submit(request.actor, version=row, note=form.cleaned_data["note"], now=timezone.now())
    return _("Submitted: somebody else reads it over now.")


def _decide(request: ActorRequest, row: LanguageVersion, form: Form) -> str:
    outcome = Review.Outcome(form.cleaned_data["outcome"])
    reason = form.cleaned_data["reason"]
    publishing.decide_review(request.actor, version=row, outcome=outcome, reason=reason, now=timezone.now())
    return _("Approved.") if outcome == Review.Outcome.APPROVED else _("Returned to its writers.")


def _publish(request: ActorRequest, row: LanguageVersion, _form: Form) -> str:
    publishing.publish(request.actor, version=row, now=timezone.now())
    return _("Published: readers have it now.")


def _schedule(request: ActorRequest, row: LanguageVersion, form: Form) -> str:
    at = None if "never" in request.POST else form.cleaned_data["at"]
    publishing.schedule(request.actor, version=row, at=at, now=timezone.now())
    return _("The moment of publication is set.") if at else _("It is not published by itself any more.")


def _withdraw(request: ActorRequest, row: LanguageVersion, form: Form) -> str:
    publishing.withdraw(request.actor, version=row, reason=form.cleaned_data["reason"], now=timezone.now())
    return _("Withdrawn: readers do not have it any more.")


def _assign(request: ActorRequest, row: LanguageVersion, form: Form) -> str:
    writing_actions.assign(request.actor, version=row, now=timezone.now(), **form.cleaned_data)
    return _("The change is kept.")


def _schedule_form(request: ActorRequest, _row: LanguageVersion) -> Form:
    return Form(request.POST) if "never" in request.POST else ScheduleForm(request.POST, zone=zone_of(request))


def _assign_form(request: ActorRequest, row: LanguageVersion) -> Form:
    return AssignForm(request.POST, version=row, day=timezone.localdate())


submit = _move(ContentPermission.SEE, lambda request, _row: SubmitForm(request.POST), "submit_form", _submit)
decide_on = _move(ContentPermission.SEE, lambda request, _row: DecideForm(request.POST), "decide_form", _decide)
publish = _move(ContentPermission.SEE, lambda request, _row: Form(request.POST), "publish_form", _publish)
schedule = _move(ContentPermission.PUBLISH, _schedule_form, "schedule_form", _schedule)
withdraw = _move(ContentPermission.PUBLISH, lambda request, _row: ReasonForm(request.POST), "withdraw_form", _withdraw)
assign = _move(ContentPermission.BEGIN, _assign_form, "assign_form", _assign)
