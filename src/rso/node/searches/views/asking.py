"""The asker's pages: a question from its draft to its answers and to what was disclosed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts.factors import is_fresh
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import decide
from rso.base.clock import SystemClock
from rso.base.errors import RsoError
from rso.node.gallery.forms import protection_initial
from rso.node.gallery.presenters import protection_facts
from rso.node.post import queries as post
from rso.node.searches import presenters
from rso.node.searches.actions import asking, disclosing
from rso.node.searches.forms import AgreementForm, DisclosureRequestForm, SearchForm, SendForm
from rso.node.searches.models import DisclosureAsk, Question, Search
from rso.node.searches.queries import asking as queries
from rso.node.searches.rules import SearchesPermission, SearchState
from rso.wire.in_force import CheckedArrangement

_A_PAGE = 50


def in_force() -> list[CheckedArrangement]:
    """The arrangements that this agency may ask under now."""
    ours = post.own_agency()
    return [a for a in post.in_force(timezone.now()) if ours in a.agencies()]


def own_search(request: ActorRequest, pk: UUID) -> Search:
    """A question that this person may see; for others there is none."""
    found = queries.searches(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return Search.objects.select_related("officer").get(pk=found.pk)


@require_safe
@needs(SearchesPermission.SEE)
def searches(request: ActorRequest) -> HttpResponse:
    found = queries.searches(request.actor).prefetch_related("questions__conversation")
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    rows = [
        presenters.question_row(search, may_agree=queries.may_agree(request.actor, search))
        for search in page.object_list
    ]
    may_create = decide(request.actor, SearchesPermission.CREATE).allowed
    return render(request, "searches/searches.html", {"page_obj": page, "rows": rows, "may_create": may_create})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.CREATE)
def new(request: ActorRequest) -> HttpResponse:
    try:
        arrangements = in_force()
    except RsoError as error:
        return render(request, "searches/cannot.html", {"error": presenters.error_words(error)}, status=409)
    form = SearchForm(request.POST or None, request.FILES or None, in_force=arrangements)
    if request.method == "POST" and form.is_valid():
        found = asking.create(request.actor, draft=form.draft(), finger=form.cleaned_data["read"], now=timezone.now())
        return redirect("searches:search", found.pk)
    return render(request, "searches/form.html", {"form": form, "none": not arrangements})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.CREATE)
def change(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = own_search(request, pk)
    if found.state not in (SearchState.DRAFT, SearchState.WAITING):
        messages.info(request, _("Only a draft can be changed. Ask a new question instead."))
        return redirect("searches:search", found.pk)
    initial = {
        name: getattr(found, name)
        for name in ("finger", "resolution_ppi", "purpose", "legal_basis", "arrangement", "own_reference")
    }
    initial |= protection_initial(queries.protection(request.actor, found)) | {"synthetic": found.is_synthetic}
    form = SearchForm(
        request.POST or None,
        request.FILES or None,
        in_force=in_force(),
        keep=lambda: queries.image(request.actor, found),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            asking.change(
                request.actor, search=found, draft=form.draft(), finger=form.cleaned_data["read"], now=timezone.now()
            )
        except RsoError as error:
            form.add_error(None, str(presenters.error_words(error)))
        else:
            return redirect("searches:search", found.pk)
    return render(request, "searches/form.html", {"form": form, "search": found})


@never_cache
@require_safe
@needs(SearchesPermission.SEE)
def search(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _page(request, own_search(request, pk))


def _page(request: ActorRequest, found: Search, form: SendForm | None = None, error: object = "") -> HttpResponse:
    gone = found.destroyed_at is not None
    members = [] if gone else queries.members(request.actor, found, now=timezone.now())
    draft = found.state in (SearchState.DRAFT, SearchState.SENT)
    asked = list(found.questions.select_related("conversation", "disclosure", "disclosure__conversation"))
    own = found.officer_id == request.user.pk
    values = {
        "search": found,
        "own": own,
        "protection": protection_facts(queries.protection(request.actor, found)) if own and not gone else [],
        "facts": presenters.search_facts(found),
        "state": presenters.search_state(found, asked),
        "rows": presenters.member_rows(members),
        "questions": [_told(question) for question in asked],
        "form": form or SendForm(members=members),
        "may_send": draft and any(member.may_be_asked for member in members),
        "needs_officer": draft
        and any(member.decision.verdict == "needs-protection-officer" for member in members)
        and not queries.agreements(found),
        "may_agree": queries.may_agree(request.actor, found),
        "agreement": getattr(found, "agreement", None),
        "error": error,
    }
    status = 200 if not error and (form is None or not form.errors) else 409
    return render(request, "searches/search.html", values, status=status)


def _told(question: Question) -> dict[str, object]:
    state = question.conversation.state
    return {
        "question": question,
        "name": post.peer_name(question.conversation.peer),
        "state": presenters.CONVERSATION_WORDS.get(state, state),
        "outcome": presenters.OUTCOME_WORDS.get(question.outcome, ""),
        "tone": presenters.OUTCOME_TONES.get(question.outcome, "info"),
        "happenings": presenters.happenings(question),
        "disclosure": getattr(question, "disclosure", None),
    }


@never_cache
@require_safe
@needs(SearchesPermission.SEND)
def image(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The image of one's own question."""
    return HttpResponse(queries.image(request.actor, own_search(request, pk)), content_type="image/png")


@require_POST
@needs(SearchesPermission.SEND)
def send(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = own_search(request, pk)
    form = SendForm(request.POST, members=queries.members(request.actor, found, now=timezone.now()))
    if not form.is_valid():
        return _page(request, found, form)
    try:
        sent = asking.send(
            request.actor,
            search=found,
            to=form.cleaned_data["to"],
            stepped_up=is_fresh(request.session),
            clock=SystemClock(),
        )
    except RsoError as error:
        return _page(request, found, error=presenters.error_words(error))
    said = ngettext(
        "The question is on its way to %(count)d member.", "The question is on its way to %(count)d members.", len(sent)
    )
    messages.success(request, said % {"count": len(sent)})
    return redirect("searches:search", found.pk)


@require_POST
@needs(SearchesPermission.SEND)
def ask_agreement(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = own_search(request, pk)
    try:
        asking.ask_agreement(request.actor, search=found, now=timezone.now())
    except RsoError as error:
        return _page(request, found, error=presenters.error_words(error))
    messages.success(request, _("The protection officers have been told."))
    return redirect("searches:search", found.pk)


@require_POST
@needs(SearchesPermission.SEND)
def cancel(request: ActorRequest, pk: UUID) -> HttpResponse:
    found = own_search(request, pk)
    try:
        asking.cancel(request.actor, search=found, now=timezone.now())
    except RsoError as error:
        return _page(request, found, error=presenters.error_words(error))
    messages.success(request, _("The question is cancelled. Its image and answers are destroyed."))
    return redirect("searches:searches")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.AGREE)
def agree(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The protection officer's page."""
    found = queries.waiting(request.actor).select_related("officer").filter(pk=pk).first()
    if found is None:
        # Somebody else decided, or it became a draft again, perhaps while this person wrote a reason.
        get_object_or_404(Search.objects.exclude(officer_id=request.user.pk), pk=pk)
        messages.info(request, _("This question does not wait for you any more."))
        return redirect("searches:searches")
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asking.agree(request.actor, search=found, now=timezone.now(), **form.cleaned_data)
        except RsoError as error:
            form.add_error(None, str(presenters.error_words(error)))
        else:
            messages.success(request, _("The officer has been told what you decided."))
            return redirect("home")
    members = queries.members(request.actor, found, now=timezone.now())
    values = {
        "form": form,
        "search": found,
        "facts": presenters.search_facts(found),
        "protection": protection_facts(queries.protection(request.actor, found)),
        "concerned": [m for m in members if m.decision.verdict == "needs-protection-officer"],
    }
    return render(request, "searches/agree.html", values)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(SearchesPermission.REQUEST)
def request_disclosure(request: ActorRequest, pk: UUID) -> HttpResponse:
    """After a hit: which fields, and why."""
    question = get_object_or_404(
        Question.objects.select_related("search", "conversation"), pk=pk, search__officer_id=request.user.pk
    )
    form = DisclosureRequestForm(request.POST or None, offered=queries.fields_offered(question))
    if request.method == "POST" and form.is_valid():
        try:
            disclosing.request(
                request.actor,
                question=question,
                fields=form.cleaned_data["fields_wanted"],
                justification=form.cleaned_data["justification"],
                stepped_up=is_fresh(request.session),
                clock=SystemClock(),
            )
        except RsoError as error:
            form.add_error(None, str(presenters.error_words(error)))
        else:
            messages.success(request, _("The request is on its way. A person of the other member decides."))
            return redirect("searches:search", question.search_id)
    values = {"form": form, "question": question, "name": post.peer_name(question.conversation.peer)}
    values["purpose"] = presenters.purpose_words(question.conversation.purpose)
    return render(request, "searches/request_disclosure.html", values)


@never_cache
@require_safe
@needs(SearchesPermission.SEE_DISCLOSED)
def disclosed(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What was disclosed to us, with how it may be handled and until when."""
    ask = get_object_or_404(
        DisclosureAsk.objects.select_related("question__search", "conversation"),
        pk=pk,
        question__search__officer_id=request.user.pk,
    )
    values: dict[str, object] = {"ask": ask, "name": post.peer_name(ask.conversation.peer)}
    if ask.came_at is None or ask.refused:
        values["refused"] = presenters.WITHHELD_WORDS.get(ask.refused, ask.refused)
        return render(request, "searches/disclosed.html", values)
    try:
        message = queries.disclosed(request.actor, ask)
    except RsoError as error:
        values["error"] = presenters.error_words(error)
        return render(request, "searches/disclosed.html", values, status=410)
    values["facts"] = presenters.disclosed_facts(message)
    values["handling"] = [presenters.HANDLING_WORDS.get(code, code) for code in message.handling]
    return render(request, "searches/disclosed.html", values)
