"""Questions, answers, comparisons and disclosures for programs. Input is the page's form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.clock import SystemClock
from rso.node.gallery.api import sent, uploads
from rso.node.searches.actions import asking, disclosing, examining
from rso.node.searches.forms import (
    AgreementForm,
    DisclosureRequestForm,
    FindingForm,
    LetGoForm,
    RulingForm,
    SearchForm,
    SendForm,
)
from rso.node.searches.models import Candidate, DisclosureAsk, DisclosureCase, Question, ReceivedProbe, Search
from rso.node.searches.queries import answering as held
from rso.node.searches.queries import asking as asked
from rso.node.searches.rules import SearchesPermission
from rso.node.searches.views.asking import in_force, own_search
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router(tags=["searches"])
if TYPE_CHECKING:
    SendBody = Body
    AgreementBody = Body
    FindingBody = Body
    LetGoBody = Body
    DisclosureRequestBody = Body
    RulingBody = Body
else:
    SendBody = body_of(SendForm)
    AgreementBody = body_of(AgreementForm)
    FindingBody = body_of(FindingForm)
    LetGoBody = body_of(LetGoForm)
    DisclosureRequestBody = body_of(DisclosureRequestForm)
    RulingBody = body_of(RulingForm)


class SearchRow(Schema):
    id: UUID
    own_reference: str
    state: str
    purpose: str
    finger: int
    quality: int
    created_at: datetime


class SearchFull(SearchRow):
    agreement: bool | None
    questions: list[dict[str, Any]]


class MemberRow(Schema):
    agency: str
    name: str
    verdict: str
    clause: str
    may_be_asked: bool
    arrangement: str
    rules: list[dict[str, Any]]


# ---------------------------------------------------------------- ask


@router.get("/searches", response=Page[SearchRow])
@needs(SearchesPermission.SEE)
def searches(request: ActorRequest, paging: Query[Paging]) -> dict[str, Any]:
    """One's own questions, and for a protection officer those that wait."""
    return page_of(asked.searches(request.actor), paging, _row)


@router.post("/searches", response={201: SearchFull})
@needs(SearchesPermission.CREATE)
def create(request: ActorRequest) -> Status[Any]:
    """Keeps a draft: multipart, fields of the page's form, the print as ``image``."""
    form = from_form(SearchForm, sent(request), files=uploads(request), in_force=in_force())
    made = asking.create(request.actor, draft=form.draft(), finger=form.cleaned_data["read"], now=timezone.now())
    return Status(201, _full(made))


@router.get("/searches/{uuid:pk}", response=SearchFull)
@needs(SearchesPermission.SEE)
def search(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """A question with what came back from each member."""
    return _full(own_search(request, pk))


@router.get("/searches/{uuid:pk}/members", response=list[MemberRow])
@needs(SearchesPermission.SEE)
def members(request: ActorRequest, pk: UUID) -> list[dict[str, Any]]:
    """Who may be asked, who not, and how every rule came out."""
    found = asked.members(request.actor, own_search(request, pk), now=timezone.now())
    return [
        {
            "agency": str(member.agency),
            "name": member.name,
            "verdict": member.decision.verdict.value,
            "clause": member.decision.clause.value if member.decision.clause else "",
            "may_be_asked": member.may_be_asked,
            "arrangement": "" if member.checked is None else member.checked.digest.hex(),
            "rules": [
                {"clause": rule.clause.value, "passed": rule.passed, "detail": rule.detail}
                for rule in member.decision.rules
            ],
        }
        for member in found
    ]


@router.post("/searches/{uuid:pk}/ask-agreement", response=SearchFull)
@needs(SearchesPermission.SEND)
def ask_agreement(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """Puts the question before the protection officers."""
    return _full(asking.ask_agreement(request.actor, search=own_search(request, pk), now=timezone.now()))


@router.post("/searches/{uuid:pk}/agree", response=SearchRow)
@needs(SearchesPermission.AGREE)
def agree(request: ActorRequest, pk: UUID, body: AgreementBody) -> Search:
    """The protection officer's word: ``agreed`` is ``yes`` or ``no``."""
    form = from_form(AgreementForm, body)
    found = get_object_or_404(asked.waiting(request.actor), pk=pk)
    return asking.agree(request.actor, search=found, now=timezone.now(), **form.cleaned_data).search


@router.post("/searches/{uuid:pk}/send", response=SearchFull)
@needs(SearchesPermission.SEND)
def send(request: ActorRequest, pk: UUID, body: SendBody) -> dict[str, Any]:
    """Sends to the agencies ``to``, all of them or none."""
    found = own_search(request, pk)
    form = from_form(SendForm, body, members=asked.members(request.actor, found, now=timezone.now()))
    asking.send(
        request.actor,
        search=found,
        to=form.cleaned_data["to"],
        stepped_up=is_fresh(request.session),
        clock=SystemClock(),
    )
    return _full(own_search(request, pk))


@router.post("/searches/{uuid:pk}/cancel", response={204: None})
@needs(SearchesPermission.SEND)
def cancel(request: ActorRequest, pk: UUID) -> Status[Any]:
    """Gives up a question that has not left."""
    asking.cancel(request.actor, search=own_search(request, pk), now=timezone.now())
    return Status(204, None)


def _row(search: Search) -> Search:
    return search


def _full(search: Search) -> dict[str, Any]:
    rows = search.questions.select_related("conversation", "disclosure")
    agreement = getattr(search, "agreement", None)
    return {
        **{name: getattr(search, name) for name in SearchRow.model_fields},
        "agreement": None if agreement is None else agreement.agreed,
        "questions": [_question(question) for question in rows],
    }


def _question(question: Question) -> dict[str, Any]:
    disclosure = getattr(question, "disclosure", None)
    return {
        "id": str(question.pk),
        "agency": question.conversation.peer,
        "conversation": str(question.conversation_id),
        "state": question.conversation.state,
        "outcome": question.outcome,
        "reason": question.reason,
        "answered_at": question.answered_at,
        "print_destroyed": question.destruction_told_at is not None,
        "disclosure": None if disclosure is None else str(disclosure.pk),
    }


# ---------------------------------------------------------------- after a hit


@router.get("/questions/{uuid:pk}/fields", response=list[str])
@needs(SearchesPermission.REQUEST)
def fields(request: ActorRequest, pk: UUID) -> list[str]:
    """The fields that the arrangement lets this officer ask for."""
    return list(asked.fields_offered(_own_question(request, pk)))


@router.post("/questions/{uuid:pk}/disclosure", response={201: dict[str, Any]})
@needs(SearchesPermission.REQUEST)
def request_disclosure(request: ActorRequest, pk: UUID, body: DisclosureRequestBody) -> Status[Any]:
    """Requests fields: ``fields_wanted`` and ``justification``."""
    question = _own_question(request, pk)
    form = from_form(DisclosureRequestForm, body, offered=asked.fields_offered(question))
    made = disclosing.request(
        request.actor,
        question=question,
        fields=form.cleaned_data["fields_wanted"],
        justification=form.cleaned_data["justification"],
        stepped_up=is_fresh(request.session),
        clock=SystemClock(),
    )
    return Status(201, {"id": str(made.pk), "fields": made.fields})


@router.get("/disclosures/{uuid:pk}", response=dict[str, Any])
@needs(SearchesPermission.SEE_DISCLOSED)
def disclosed(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """What arrived; opening it leaves a row in the audit."""
    rows = DisclosureAsk.objects.select_related("question__search", "conversation")
    ask = get_object_or_404(rows, pk=pk, question__search__officer_id=request.user.pk)
    told: dict[str, Any] = {
        "id": str(ask.pk),
        "state": ask.conversation.state,
        "refused": ask.refused,
        "handling": ask.handling,
        "withheld": ask.withheld,
        "expires_at": ask.expires_at,
        "destroyed_at": ask.destroyed_at,
        "fields": {},
    }
    if ask.came_at is not None and not ask.refused and ask.destroyed_at is None:
        told["fields"] = dict(asked.disclosed(request.actor, ask).fields)
    return told


def _own_question(request: ActorRequest, pk: UUID) -> Question:
    rows = Question.objects.select_related("search__officer", "conversation")
    return get_object_or_404(rows, pk=pk, search__officer_id=request.user.pk)


# ---------------------------------------------------------------- examine


@router.get("/probes", response=list[dict[str, Any]])
@needs(SearchesPermission.EXAMINE)
def probes(request: ActorRequest) -> list[dict[str, Any]]:
    """What waits for this examiner, oldest first, with the candidates to look at."""
    now = timezone.now()
    return [
        {
            "id": str(probe.pk),
            "asker": probe.conversation.peer,
            "purpose": probe.conversation.purpose,
            "finger": probe.finger,
            "proposed": probe.proposed,
            "received_at": probe.received_at,
            "candidates": [
                {"id": str(one.pk), "rank": one.rank} for one in held.open_candidates(request.actor, probe, now=now)
            ],
        }
        for probe in held.queue(request.actor, now=now)
    ]


@router.get("/candidates/{uuid:pk}", response=dict[str, Any])
@needs(SearchesPermission.EXAMINE)
def candidate(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """Both prints' sizes and marks; the images are at ``/searches/probes/…`` and ``/searches/candidates/…``."""
    found = _open_candidate(request, pk)
    sheet = held.compare(request.actor, found, now=timezone.now()).sheet
    return {"id": str(found.pk), "probe": str(found.probe_id), "rank": found.rank, "pairs": sheet.pairs}


@router.post("/candidates/{uuid:pk}/finding", response=dict[str, Any])
@needs(SearchesPermission.EXAMINE)
def find(request: ActorRequest, pk: UUID, body: FindingBody) -> dict[str, Any]:
    """``verdict``: same, not-same or cannot-tell, with a ``reason``."""
    form = from_form(FindingForm, body)
    probe = examining.find(
        request.actor,
        candidate=_open_candidate(request, pk),
        verdict=form.cleaned_data["verdict"],
        reason=form.cleaned_data["reason"],
        stepped_up=is_fresh(request.session),
        clock=SystemClock(),
    )
    return _answered(probe)


@router.post("/probes/{uuid:pk}/let-go", response=dict[str, Any])
@needs(SearchesPermission.EXAMINE)
def let_go(request: ActorRequest, pk: UUID, body: LetGoBody) -> dict[str, Any]:
    """Lets the proposed answer go, with a ``reason``."""
    form = from_form(LetGoForm, body)
    probe = examining.let_go(
        request.actor,
        probe=get_object_or_404(held.probes(request.actor), pk=pk),
        reason=form.cleaned_data["reason"],
        stepped_up=is_fresh(request.session),
        clock=SystemClock(),
    )
    return _answered(probe)


def _open_candidate(request: ActorRequest, pk: UUID) -> Candidate:
    return get_object_or_404(Candidate.objects.select_related("probe__conversation", "finger__subject"), pk=pk)


def _answered(probe: ReceivedProbe) -> dict[str, Any]:
    return {"id": str(probe.pk), "state": probe.state, "outcome": probe.outcome, "leaves_at": probe.leaves_at}


# ---------------------------------------------------------------- disclose


@router.get("/disclosure-requests", response=list[dict[str, Any]])
@needs(SearchesPermission.DECIDE)
def requests(request: ActorRequest) -> list[dict[str, Any]]:
    """What waits for this approver, oldest first."""
    return [_case(case) for case in held.waiting_cases(request.actor)]


@router.get("/disclosure-requests/{uuid:pk}", response=dict[str, Any])
@needs(SearchesPermission.DECIDE)
def disclosure_request(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """A request that waits, opened: why they ask, our record's protection, the policy on each field."""
    case = _own_case(pk)
    if case.answered_at is not None:
        return _case(case)
    opened = held.open_case(request.actor, case, now=timezone.now())
    return _case(case) | {
        "justification": opened.justification,
        "protection": None if opened.protection is None else opened.protection.as_plain(),
        "decisions": {
            code: {"verdict": d.verdict.value, "clause": d.clause.value if d.clause else ""}
            for code, d in opened.decisions.items()
        },
    }


@router.post("/disclosure-requests/{uuid:pk}/ruling", response=dict[str, Any])
@needs(SearchesPermission.DECIDE)
def rule(request: ActorRequest, pk: UUID, body: RulingBody) -> dict[str, Any]:
    """For each field by its code ``release`` or a reason to withhold, and a ``reason``."""
    case = _own_case(pk)
    form = from_form(RulingForm, body, asked=case.fields)
    ruled = disclosing.rule(
        request.actor,
        case=case,
        rulings=form.rulings(),
        reason=form.cleaned_data["reason"],
        stepped_up=is_fresh(request.session),
        clock=SystemClock(),
    )
    return _case(ruled)


def _own_case(pk: UUID) -> DisclosureCase:
    return get_object_or_404(DisclosureCase.objects.select_related("conversation", "probe__subject"), pk=pk)


def _case(case: DisclosureCase) -> dict[str, Any]:
    return {
        "id": str(case.pk),
        "asker": case.conversation.peer,
        "conversation": str(case.conversation_id),
        "purpose": case.conversation.purpose,
        "fields": case.fields,
        "persons": case.persons,
        "decided": case.rulings.count(),
        "answered_at": case.answered_at,
        "given": case.given,
        "withheld": case.withheld,
    }
