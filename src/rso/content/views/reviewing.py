"""From a translator to a national reviewer, and from there to the readers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.errors import RsoError
from rso.content import presenters_translation as presenters
from rso.content import queries_translation as queries
from rso.content.actions import publishing
from rso.content.forms_translation import RemarkForm, ReviewForm, SubmitForm
from rso.content.models import LanguageVersion, Review
from rso.content.rules import ContentPermission, State
from rso.content.views.translating import find, show_screen
from rso.ui import parts
from rso.ui.languages import language_of


@require_POST
@needs(ContentPermission.TRANSLATE)
def submit(request: ActorRequest, pk: int) -> HttpResponse:
    version = find(request, pk)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return show_screen(request, version, 422, submit_form=form)
    try:
        publishing.submit(request.actor, version=version, note=form.cleaned_data["note"], now=timezone.now())
    except RsoError as error:
        return show_screen(request, version, 409, refused=presenters.words(error))
    messages.success(request, _("The translation is with the national reviewers."))
    return redirect("translation:screen", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ContentPermission.SEE)
def review(request: ActorRequest, pk: int) -> HttpResponse:
    """The whole text side by side with what readers have now; a national reviewer decides here."""
    version = find(request, pk)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, version, form)
    if not form.is_valid():
        return _page(request, version, form, 422)
    outcome = Review.Outcome(form.cleaned_data["outcome"])
    try:
        publishing.decide_review(
            request.actor, version=version, outcome=outcome, reason=form.cleaned_data["reason"], now=timezone.now()
        )
    except RsoError as error:
        form.add_error("reason" if error.code == "reason-needed" else None, presenters.words(error))
        return _page(request, version, form, 409)
    done = {
        Review.Outcome.APPROVED: _("The translation is approved. A publisher makes it public."),
        Review.Outcome.RETURNED: _("The translation is with its translators again."),
    }
    messages.success(request, done[outcome])
    return redirect("translation:review", pk=pk)


def _page(request: ActorRequest, version: LanguageVersion, form: ReviewForm, status: int = 200) -> HttpResponse:
    both = queries.sides(version)
    page = Paginator(both.places, 2 * queries.MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    helped = queries.helped(version, list(page))
    before = queries.since_publication(version, both.places)
    asked = version.reviews.select_related("asked_by", "decided_by").order_by("-asked_at", "-pk").first()
    may = queries.may_sign(request.actor, version) and version.state == State.REVIEW.value
    work = version.edition.work
    context = {
        "version": version,
        "work": work,
        "language": language_of(version.language),
        "source_language": language_of(work.source_language),
        "progress": presenters.progress(both.stands),
        "page_obj": page,
        "places": [_row(one, before.get(one.block.key)) for one in helped],
        "has_before": bool(before),
        "form": form,
        "asked": asked,
        "may_sign": may,
        "may_comment": decide(request.actor, ContentPermission.COMMENT).allowed,
        "may_publish": decide(request.actor, ContentPermission.PUBLISH).allowed
        and version.state == State.APPROVED.value,
        "is_own": request.actor.user_id in publishing.authors(version),
        "tone": presenters.STATE_TONES[version.state],
        "remark_form": RemarkForm(),
        "crumbs": [
            parts.Crumb(_("Translation"), f"{reverse('translation:overview')}?language={version.language}"),
            parts.Crumb(work.title, reverse("translation:screen", args=[version.pk]), data=True),
            parts.Crumb(_("Review")),
        ],
    }
    return render(request, "translation/review.html", context, status=status)


def _row(place: queries.Place, before: str | None) -> dict[str, Any]:
    words, tone = presenters.SHOWN[place.shown]
    return {
        "place": place,
        "key": place.block.key,
        "source": presenters.html(place.block.text),
        "target": presenters.html(place.text),
        "words": words,
        "tone": tone,
        "before": before if before is not None and before != place.text else "",
        "is_new": before is None,
        "findings": presenters.findings(place.findings),
    }


@require_POST
@needs(ContentPermission.PUBLISH)
def publish(request: ActorRequest, pk: int) -> HttpResponse:
    version = find(request, pk)
    try:
        publishing.publish(request.actor, version=version, now=timezone.now())
    except RsoError as error:
        messages.error(request, presenters.words(error))
        return redirect("translation:review", pk=pk)
    messages.success(request, _("The translation is public."))
    return redirect("translation:review", pk=pk)
