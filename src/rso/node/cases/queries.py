"""The auditor's reading: conversations and the chain of their steps, in codes and opaque ids; what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from rso.accounts.rules import Actor, Role, decide, require
from rso.audit.models import Entry
from rso.audit.queries import verify_chain
from rso.audit.rules import BrokenChain
from rso.node.cases.rules import CasesPermission
from rso.node.post import queries as post
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.post.rules import PostPermission
from rso.node.requests import queries as letters
from rso.node.requests.rules import RequestsPermission
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Question
from rso.node.searches.queries import answering, asking
from rso.node.searches.rules import SearchesEvent, SearchesPermission


def conversations(actor: Actor) -> QuerySet[Conversation]:
    """Every exchange of this node, the latest first."""
    require(actor, CasesPermission.SEE_AUDIT)
    return Conversation.objects.order_by("-started_at", "pk")


@dataclass(frozen=True)
class Chain:
    """The steps of a case: every stage under its reference, the question's own rows before it left included."""

    conversation: Conversation
    stages: list[Conversation]
    steps: list[Entry]
    messages: list[Outbox | Inbox]


def chain(actor: Actor, conversation: Conversation) -> Chain:
    """The audit's rows about one case, in order. They hold codes and opaque ids: no person, no image, no word."""
    require(actor, CasesPermission.SEE_AUDIT)
    same = Conversation.objects.filter(reference=conversation.reference, peer=conversation.peer)
    stages = list(same.filter(side=conversation.side).order_by("started_at"))
    subjects = {str(stage.pk) for stage in stages}
    searches = Question.objects.filter(conversation__in=stages).values_list("search_id", flat=True)
    subjects |= {str(pk) for pk in searches}
    # One question may go to several members: that another was asked is a step of that other's case.
    rows = Entry.objects.filter(subject__in=subjects)
    steps = [row for row in rows if row.event != SearchesEvent.ASKED or row.facts["conversation"] in subjects]
    # An examiner's look at a record has the record as its subject, and names the case among its facts.
    since = int(stages[0].started_at.timestamp() * 1000)
    looks = Entry.objects.filter(event=SearchesEvent.COMPARED, at_ms__gte=since)
    steps += looks.filter(facts__conversation__in=[str(stage.pk) for stage in stages])
    steps.sort(key=lambda row: row.sequence)
    messages: list[Outbox | Inbox] = [
        *Outbox.objects.filter(conversation__in=stages).defer("envelope", "content"),
        *Inbox.objects.filter(conversation__in=stages).defer("envelope", "content"),
    ]
    messages.sort(key=_when)
    return Chain(conversation, stages, steps, messages)


def _when(row: Outbox | Inbox) -> tuple[object, str]:
    return (row.queued_at if isinstance(row, Outbox) else row.received_at, str(row.pk))


@dataclass(frozen=True)
class ChainState:
    """Whether the whole audit holds: the number of rows, or where it breaks."""

    rows: int
    head: str
    broken: str = ""


def chain_state(actor: Actor) -> ChainState:
    """Verifies the whole chain now."""
    require(actor, CasesPermission.SEE_AUDIT)
    try:
        rows, head = verify_chain()
    except BrokenChain as error:
        return ChainState(0, "", error.message)
    return ChainState(rows, head.hex())


def find_message(actor: Actor, pk: UUID) -> Outbox | Inbox | None:
    """A message whose evidence this person may have: an auditor any, others those of their own cases."""
    require(actor, CasesPermission.EXPORT_EVIDENCE)
    row: Outbox | Inbox | None = Outbox.objects.filter(pk=pk).first() or Inbox.objects.filter(pk=pk).first()
    if row is None or row.conversation_id is None:
        return None
    return row if actor.holds(Role.AUDITOR) or _takes_part(actor, row.conversation_id) else None


def messages(actor: Actor, conversation: UUID) -> list[Outbox | Inbox]:
    """The messages of one conversation whose evidence this person may have."""
    require(actor, CasesPermission.EXPORT_EVIDENCE)
    if not (actor.holds(Role.AUDITOR) or _takes_part(actor, conversation)):
        return []
    sent = Outbox.objects.filter(conversation_id=conversation).defer("envelope", "content")
    came = Inbox.objects.filter(conversation_id=conversation).defer("envelope", "content")
    return sorted([*sent, *came], key=_when)


def _takes_part(actor: Actor, conversation: UUID) -> bool:
    if actor.holds(Role.APPROVER) and DisclosureCase.objects.filter(conversation_id=conversation).exists():
        return True
    asked = Question.objects.filter(conversation_id=conversation, search__officer_id=actor.user_id)
    disclosed = DisclosureAsk.objects.filter(conversation_id=conversation, question__search__officer_id=actor.user_id)
    return asked.exists() or disclosed.exists()


@dataclass(frozen=True)
class Waiting:
    """What waits for one person, as numbers; ``None`` where their seats have nothing to do with it."""

    agree: int | None = None
    examine: int | None = None
    disclose: int | None = None
    answers: int | None = None
    drafts: int | None = None
    letters: int | None = None
    sign: int | None = None


def waiting(actor: Actor, *, now: datetime) -> Waiting:
    """For the home page."""
    may: dict[StrEnum, bool] = {
        permission: decide(actor, permission).allowed
        for permission in (
            SearchesPermission.AGREE,
            SearchesPermission.EXAMINE,
            SearchesPermission.DECIDE,
            SearchesPermission.CREATE,
            RequestsPermission.REPLY,
            PostPermission.SIGN_ARRANGEMENT,
        )
    }
    own = Question.objects.filter(search__officer_id=actor.user_id)
    create = may[SearchesPermission.CREATE]
    return Waiting(
        agree=asking.waiting(actor).count() if may[SearchesPermission.AGREE] else None,
        examine=len(answering.queue(actor, now=now)) if may[SearchesPermission.EXAMINE] else None,
        disclose=answering.waiting_cases(actor).count() if may[SearchesPermission.DECIDE] else None,
        answers=own.exclude(answered_at=None).filter(disclosure=None, outcome="hit").count() if create else None,
        letters=letters.waiting(actor).count() if may[RequestsPermission.REPLY] else None,
        sign=len(post.to_sign(actor, at=now)) if may[PostPermission.SIGN_ARRANGEMENT] else None,
        drafts=asking.searches(actor).filter(officer_id=actor.user_id, state="draft").count() if create else None,
    )
