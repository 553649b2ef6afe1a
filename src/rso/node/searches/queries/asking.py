"""The asker's side: own questions, who may be asked and why not, what came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet, prefetch_related_objects

from rso import sql
from rso.accounts.rules import Actor, Role, require
from rso.accounts.rules import decide as decide_permission
from rso.audit.actions import viewed
from rso.node.post import queries as post
from rso.node.post.models import Inbox
from rso.node.searches import adapters
from rso.node.searches.models import Agreement, DisclosureAsk, Question, Search
from rso.node.searches.rules import (
    MODALITY,
    SERVICE,
    SearchesEvent,
    SearchesPermission,
    SearchState,
)
from rso.policy.codes import Kind, Side
from rso.policy.codes import Role as Capacity
from rso.policy.decision import Decision, decide
from rso.policy.facts import Agreement as Agreed
from rso.policy.facts import Facts
from rso.policy.protection import ProtectionState
from rso.wire.arrangement import Arrangement
from rso.wire.conversation import Side as ConversationSide
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.messages import Disclosure

_QUESTIONS = ("probe", "written-request")


@dataclass(frozen=True)
class Member:
    """Another agency, and whether it may be asked now; ``checked`` is the arrangement under which."""

    agency: AgencyId
    name: str
    checked: CheckedArrangement | None
    decision: Decision
    question: Question | None

    @property
    def may_be_asked(self) -> bool:
        return self.question is None and self.decision.allowed

    @property
    def title(self) -> str:
        return "" if self.checked is None else self.checked.arrangement.title


def searches(actor: Actor) -> QuerySet[Search]:
    """One's own questions, the latest first; a protection officer sees those that wait for one as well."""
    require(actor, SearchesPermission.SEE)
    found = Search.objects.defer("image", "protection").select_related("officer").prefetch_related("questions")
    if actor.holds(Role.PROTECTION_OFFICER):
        mine = found.filter(officer_id=actor.user_id) | found.filter(state=SearchState.WAITING)
        return mine.distinct()
    return found.filter(officer_id=actor.user_id)


def waiting(actor: Actor) -> QuerySet[Search]:
    """The questions on which this protection officer may say a word."""
    require(actor, SearchesPermission.SEE)
    return Search.objects.filter(state=SearchState.WAITING, destroyed_at=None).exclude(officer_id=actor.user_id)


def may_agree(actor: Actor, search: Search) -> bool:
    """Whether a question waits for the word of this person."""
    waits = search.state == SearchState.WAITING
    return waits and decide_permission(actor, SearchesPermission.AGREE, search.officer_id).allowed


def protection(actor: Actor, search: Search) -> ProtectionState:
    """The protection answers, for the officer who asks and for the protection officer."""
    require(actor, SearchesPermission.SEE)
    return adapters.open_protection(search)


def image(actor: Actor, search: Search) -> bytes:
    """The image as PNG."""
    require(actor, SearchesPermission.SEND, search.officer_id)
    return adapters.open_image(search)


def asked_today(peer: AgencyId, side: ConversationSide, now: datetime) -> int:
    """Questions put to, or by, a peer within the last 24 hours."""
    return post.begun_since(now - timedelta(hours=24), peer=peer, side=side, kinds=_QUESTIONS)


_QUESTIONS_OF: Final = "SELECT * FROM searches_question WHERE search_id = %s"
_AGREED: Final = "SELECT * FROM searches_agreement WHERE search_id = %s AND agreed"


def members(actor: Actor, search: Search, *, now: datetime, only: Collection[str] | None = None) -> list[Member]:
    """Every other agency of the directory, or those of ``only``, with the policy's decision, those that may be
    asked first.
    """
    require(actor, SearchesPermission.SEE)
    state, agreed = adapters.open_protection(search), agreements(search)
    requester = str(actor.opaque if actor.user_id == search.officer_id else search.officer.opaque)
    questions = sql.found(Question, _QUESTIONS_OF, search.pk)
    prefetch_related_objects(questions, "conversation")
    asked = {question.conversation.peer: question for question in questions}
    found = []
    for peer in post.peers(actor, at=now, only=only):
        options: list[CheckedArrangement | None] = [
            a for a in peer.in_force if search.arrangement in ("", a.digest.hex())
        ]
        asked_before = asked_today(peer.agency, ConversationSide.ASKER, now)
        facts = _facts(search, peer.agency, requester, agreed, asked_before, now)
        decisions = [(a, decide(facts, a, state, post.directory().table)) for a in options or [None]]
        # Under several arrangements, the mildest decision is the one that is shown and used.
        checked, decision = min(decisions, key=lambda pair: pair[1].verdict.gravity)
        found.append(Member(peer.agency, peer.name, checked, decision, asked.get(str(peer.agency))))
    return sorted(found, key=lambda member: (member.decision.verdict.gravity, str(member.agency)))


def _facts(
    search: Search, peer: AgencyId, requester: str, agreed: tuple[Agreed, ...], asked_before: int, now: datetime
) -> Facts:
    """What the policy is told of this question, were it put to ``peer``."""
    return Facts(
        side=Side.ASKING,
        kind=Kind.PROBE,
        asker=post.own_agency(),
        holder=peer,
        at=now,
        purpose=search.purpose,
        service=SERVICE,
        modality=MODALITY,
        image_quality=search.quality,
        asked_today=asked_before,
        requester=requester,
        agreements=agreed,
    )


def agreements(search: Search) -> tuple[Agreed, ...]:
    """What the protection officer agreed to, as the policy reads it."""
    said = sql.first(Agreement, _AGREED, search.pk)
    if said is None:
        return ()
    return (Agreed(Capacity.PROTECTION_OFFICER, str(said.officer.opaque), reasoned=True),)


# ---------------------------------------------------------------- after a hit


def terms_of(question: Question) -> Arrangement | None:
    """The terms under which the question was asked."""
    checked = post.checked(bytes.fromhex(question.conversation.arrangement))
    return None if checked is None else checked.arrangement


def fields_offered(question: Question) -> tuple[str, ...]:
    """The fields that may be asked for after a hit: those of the arrangement for this purpose."""
    terms = terms_of(question)
    return () if terms is None else terms.fields_for(question.conversation.purpose)


def disclosure_decision(question: Question, fields: tuple[str, ...], *, now: datetime) -> Decision:
    """Whether these fields may be asked for."""
    search, conversation = question.search, question.conversation
    facts = Facts(
        side=Side.ASKING,
        kind=Kind.DISCLOSURE_REQUEST,
        asker=post.own_agency(),
        holder=conversation.peer_id,
        at=now,
        purpose=conversation.purpose,
        service=SERVICE,
        fields=fields,
        hit_confirmed=question.outcome == "hit",
        requester=str(search.officer.opaque),
        agreements=agreements(search),
    )
    checked = post.checked(bytes.fromhex(conversation.arrangement))
    return decide(facts, checked, adapters.open_protection(search), post.directory().table)


def disclosed(actor: Actor, ask: DisclosureAsk) -> Disclosure:
    """What arrived. Looking at it leaves a row in the audit; raises ``VaultError`` once it was destroyed."""
    require(actor, SearchesPermission.SEE_DISCLOSED, ask.question.search.officer_id)
    row = Inbox.objects.get(conversation=ask.conversation, kind=Disclosure.kind)
    message = post.message_of(row)
    assert isinstance(message, Disclosure)
    viewed(actor, SearchesEvent.DISCLOSURE_VIEWED, subject=ask.conversation_id)
    return message
