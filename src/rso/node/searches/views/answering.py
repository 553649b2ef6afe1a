"""The holder's pages: the examiner's comparison, and the approver's decision on each field."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.clock import SystemClock
from rso.base.errors import RsoError
from rso.node.gallery.presenters import FIELD_WORDS, protection_facts
from rso.node.post import queries as post
from rso.node.searches import presenters
from rso.node.searches.actions import disclosing, examining
from rso.node.searches.forms import FindingForm, LetGoForm, RulingForm
from rso.node.searches.models import Candidate, DisclosureCase, ReceivedProbe
from rso.node.searches.queries import answering as queries
from rso.node.searches.rules import ProbeState, SearchesPermission


@never_cache
@require_safe
@needs(SearchesPermission.EXAMINE)
def probes(request: ActorRequest) -> HttpResponse:
    """What waits for this examiner."""
    rows = [
        (probe, post.peer_name(probe.conversation.peer), presenters.purpose_words(probe.conversation.purpose))
        for probe in queries.queue(request.actor, now=timezone.now())
    ]
    return render(request, "searches/probes.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.EXAMINE)
def probe(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One probe: on to its next candidate, or an answer that a person must let go."""
    found = get_object_or_404(ReceivedProbe.objects.select_related("conversation"), pk=pk)
    if found.state != ProbeState.EXAMINE:
        return _over(request)
    candidates = queries.open_candidates(request.actor, found, now=timezone.now())
    if candidates and request.method != "POST":
        return redirect("searches:candidate", candidates[0].pk)
    if not found.proposed:
        return _over(request)
    form = LetGoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            examining.let_go(
                request.actor,
                probe=found,
                reason=form.cleaned_data["reason"],
                stepped_up=is_fresh(request.session),
                clock=SystemClock(),
            )
        except RsoError as error:
            form.add_error(None, str(presenters.error_words(error)))
        else:
            messages.success(request, _("The answer leaves on the next tick."))
            return redirect("searches:probes")
    values = {"form": form, "probe": found, "outcome": presenters.OUTCOME_WORDS[found.proposed]}
    values["name"] = post.peer_name(found.conversation.peer)
    return render(request, "searches/let_go.html", values)


def _over(request: ActorRequest) -> HttpResponse:
    messages.info(request, _("This print does not wait for you any more."))
    return redirect("searches:probes")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.EXAMINE)
def candidate(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Two prints side by side, with their minutiae and the pairs; nothing says who the person is."""
    found = get_object_or_404(Candidate.objects.select_related("probe__conversation", "finger__subject"), pk=pk)
    now = timezone.now()
    candidates = queries.open_candidates(request.actor, found.probe, now=now)
    if found.probe.state != ProbeState.EXAMINE or found not in candidates:
        return _over(request)
    form = FindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            probe = examining.find(
                request.actor,
                candidate=found,
                verdict=form.cleaned_data["verdict"],
                reason=form.cleaned_data["reason"],
                stepped_up=is_fresh(request.session),
                clock=SystemClock(),
            )
        except RsoError as error:
            form.add_error(None, str(presenters.error_words(error)))
        else:
            return _found(request, probe)
    left, right = presenters.sides(queries.compare(request.actor, found, now=now))
    values = {
        "form": form,
        "candidate": found,
        "left": left,
        "right": right,
        "second": found.findings.exists(),
        "of": len(queries.still_candidates(found.probe, now)),
    }
    return render(request, "searches/candidate.html", values)


def _found(request: ActorRequest, probe: ReceivedProbe) -> HttpResponse:
    """What follows from a finding is said: the answer leaves, the next candidate comes, or another examiner looks."""
    if probe.state == ProbeState.ANSWERED:
        messages.success(request, _("Your finding is written down. The answer leaves on the next tick."))
    elif queries.open_candidates(request.actor, probe, now=timezone.now()):
        messages.success(request, _("Your finding is written down. Here is the next candidate."))
        return redirect("searches:probe", probe.pk)
    else:
        messages.success(request, _("Your finding is written down. Another examiner looks next."))
    return redirect("searches:probes")


@never_cache
@require_safe
@needs(SearchesPermission.EXAMINE)
def probe_image(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(ReceivedProbe.objects.select_related("conversation"), pk=pk)
    return _png(lambda: queries.probe_image(request.actor, found))


@never_cache
@require_safe
@needs(SearchesPermission.EXAMINE)
def candidate_image(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Candidate.objects.select_related("probe__conversation", "finger"), pk=pk)
    return _png(lambda: queries.candidate_image(request.actor, found, now=timezone.now()))


def _png(read: Callable[[], bytes]) -> HttpResponse:
    try:
        return HttpResponse(read(), content_type="image/png")
    except RsoError:
        return HttpResponse(status=410)


@never_cache
@require_safe
@needs(SearchesPermission.DECIDE)
def requests(request: ActorRequest) -> HttpResponse:
    """Requests for disclosure, those that wait first."""
    rows = [
        (case, post.peer_name(case.conversation.peer), presenters.purpose_words(case.conversation.purpose))
        for case in queries.cases(request.actor)[:200]
    ]
    waiting = set(queries.waiting_cases(request.actor).values_list("pk", flat=True))
    return render(request, "searches/requests.html", {"rows": rows, "waiting": waiting})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.DECIDE)
def disclosure_request(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One request: who asks, why, what the policy says of each field; release or withhold."""
    case = get_object_or_404(DisclosureCase.objects.select_related("conversation", "probe__subject"), pk=pk)
    name = post.peer_name(case.conversation.peer)
    if case.answered_at is not None or case.destroyed_at is not None:
        values = {
            "case": case,
            "name": name,
            "given": [FIELD_WORDS.get(code, code) for code in presenters.in_order(case.given)],
            "withheld": [
                (FIELD_WORDS.get(code, code), presenters.WITHHELD_WORDS.get(word := case.withheld[code], word))
                for code in presenters.in_order(case.withheld)
            ],
        }
        return render(request, "searches/request_answered.html", values)
    form = RulingForm(
        request.POST or None, asked=presenters.in_order(case.fields), held=queries.held(request.actor, case)
    )
    if request.method == "POST" and form.is_valid():
        try:
            ruled = disclosing.rule(
                request.actor,
                case=case,
                rulings=form.rulings(),
                reason=form.cleaned_data["reason"],
                stepped_up=is_fresh(request.session),
                clock=SystemClock(),
            )
        except RsoError as error:
            form.add_error(None, str(presenters.error_words(error)))
        else:
            done = ruled.answered_at is not None
            messages.success(
                request, _("The answer leaves on the next tick.") if done else _("A second person decides next.")
            )
            return redirect("searches:requests")
    opened = queries.open_case(request.actor, case, now=timezone.now())
    values = {
        "case": case,
        "name": name,
        "form": form,
        "opened": opened,
        "protection": protection_facts(opened.protection) if opened.protection else [],
        "facts": presenters.case_facts(case),
        "decisions": presenters.against(opened),
        "ruled": case.rulings.count(),
    }
    return render(request, "searches/request.html", values)
