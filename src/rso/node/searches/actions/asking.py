"""The asker's side: a question is drafted, agreed where that is needed, sent, or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from rso import sql
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.base.clock import Clock
from rso.base.ids import reference
from rso.node.gallery.actions import ReadFinger
from rso.node.post import actions as post
from rso.node.post import queries as posted
from rso.node.post.queries import own_agency
from rso.node.searches import adapters
from rso.node.searches.actions.telling import AGREE, AGREED, tell
from rso.node.searches.models import Agreement, Question, Search
from rso.node.searches.queries.asking import Member, members
from rso.node.searches.rules import (
    MODALITY,
    SERVICE,
    SearchError,
    SearchesEvent,
    SearchesPermission,
    SearchState,
    move,
)
from rso.node.vault.actions import destroy_subjects
from rso.policy.persons import may_approve
from rso.policy.protection import ProtectionState
from rso.wire.messages import Meta, Probe


@dataclass(frozen=True)
class Draft:
    """What an officer fills in. ``arrangement`` is a hash in hexadecimal, or empty for any that is in force."""

    purpose: str
    legal_basis: str
    own_reference: str
    protection: ProtectionState
    arrangement: str = ""
    synthetic: bool = False


def create(actor: Actor, *, draft: Draft, finger: ReadFinger, now: datetime) -> Search:
    """Keeps a draft: nothing of it leaves before it is sent."""
    require(actor, SearchesPermission.CREATE)
    search = Search(pk=uuid4(), officer_id=actor.person, created_at=now)
    key = adapters.make_key(search, now)
    with transaction.atomic():
        _fill(search, draft, finger)
        adapters.seal_question(key, search, image=finger.png, protection=draft.protection)
        sql.add(search)
        record(actor, SearchesEvent.CREATED, subject=search.pk, facts={"purpose": draft.purpose})
    return search


@transaction.atomic
def change(actor: Actor, *, search: Search, draft: Draft, finger: ReadFinger | None, now: datetime) -> Search:
    """Changes what has not left; what the protection officer said of it before does not hold any more, and what they
    had yet to say, they say of the question as it becomes.
    """
    search = _locked(search)
    require(actor, SearchesPermission.SEND, search.officer_id)
    if search.state == SearchState.WAITING:
        search.state = move(search.state, SearchState.DRAFT)
    if search.state != SearchState.DRAFT:
        raise SearchError("wrong-state", "Only a draft can be changed. Load the page again.")
    image = finger.png if finger is not None else adapters.open_image(search)
    _fill(search, draft, finger)
    adapters.seal_question(adapters.make_key(search, now), search, image=image, protection=draft.protection)
    search.save()
    Agreement.objects.filter(search=search).delete()
    record(actor, SearchesEvent.CHANGED, subject=search.pk, facts={"purpose": draft.purpose})
    return search


def _fill(search: Search, draft: Draft, finger: ReadFinger | None) -> None:
    search.purpose, search.legal_basis = draft.purpose, draft.legal_basis
    search.own_reference, search.arrangement = draft.own_reference, draft.arrangement
    search.is_synthetic = draft.synthetic
    if finger is not None:
        search.finger, search.resolution_ppi = finger.position, finger.resolution_ppi
        search.quality = finger.quality


_SEARCH: Final = "SELECT * FROM searches_search WHERE id = %s"


def _locked(search: Search) -> Search:
    found = sql.first(Search, _SEARCH + sql.lock(), search.pk)
    if found is None:
        raise Search.DoesNotExist
    return found


def cancel(actor: Actor, *, search: Search, now: datetime) -> None:
    """Gives up a question that has not left, and destroys its image and answers."""
    with transaction.atomic():
        search = _locked(search)
        require(actor, SearchesPermission.SEND, search.officer_id)
        search.state = move(search.state, SearchState.CANCELLED)
        search.destroyed_at = now
        search.image = search.protection = b""
        search.save()
        record(actor, SearchesEvent.CANCELLED, subject=search.pk)
    destroy_subjects(actor, subjects=[search.vault_subject], reason="cancelled", now=now)


# ---------------------------------------------------------------- the protection officer


@transaction.atomic
def ask_agreement(actor: Actor, *, search: Search, now: datetime) -> Search:
    """Puts the question before the protection officers."""
    search = _locked(search)
    require(actor, SearchesPermission.SEND, search.officer_id)
    search.state = move(search.state, SearchState.WAITING)
    search.save(update_fields=["state"])
    Agreement.objects.filter(search=search).delete()
    record(actor, SearchesEvent.AGREEMENT_ASKED, subject=search.pk)
    tell(actor, holders(Role.PROTECTION_OFFICER, now.date()), AGREE, reverse("searches:agree", args=[search.pk]))
    return search


@transaction.atomic
def agree(actor: Actor, *, search: Search, agreed: bool, reason: str, now: datetime) -> Agreement:
    """The protection officer agrees, or does not, with a reason. Never to a question of their own."""
    search = _locked(search)
    require(actor, SearchesPermission.AGREE, search.officer_id)
    if not may_approve(str(search.officer.opaque), str(actor.opaque)):
        raise SearchError("own-request", "Nobody agrees to a question of their own: ask another protection officer.")
    if search.state != SearchState.WAITING:
        raise SearchError("wrong-state", "This question does not wait for you any more.")
    if not reason.strip():
        raise SearchError("no-reason", "Write down the reason.")
    said = Agreement.objects.create(search=search, officer_id=actor.person, agreed=agreed, at=now)
    search.state = SearchState.SENT if search.questions.exists() else SearchState.DRAFT
    search.save(update_fields=["state"])
    event = SearchesEvent.AGREED if agreed else SearchesEvent.DECLINED
    record(actor, event, subject=search.pk, note=reason)
    tell(actor, [search.officer], AGREED, reverse("searches:search", args=[search.pk]))
    return said


# ---------------------------------------------------------------- sending


def send(actor: Actor, *, search: Search, to: Sequence[str], stepped_up: bool, clock: Clock) -> list[Question]:
    """Puts the question to the agencies ``to``, all of them or, where one may not be asked, none.

    Raises ``SearchError``: ``nobody-chosen``, or ``may-not-be-asked`` with the clause of the policy.
    """
    with posted.at_hand(), transaction.atomic():
        search = _locked(search)
        require(actor, SearchesPermission.SEND, search.officer_id)
        if search.state == SearchState.WAITING:
            raise SearchError("waiting", "The protection officer has not answered yet.")
        search.state = move(search.state, SearchState.SENT)
        if not to:
            raise SearchError("nobody-chosen", "Choose at least one member to ask.")
        chosen = {str(member.agency): member for member in members(actor, search, now=clock.now(), only=to)}
        questions = [_ask(actor, search, chosen.get(agency), agency, stepped_up, clock) for agency in dict.fromkeys(to)]
        sql.keep(search, only=("state",))
        return questions


def _ask(actor: Actor, search: Search, member: Member | None, agency: str, stepped_up: bool, clock: Clock) -> Question:
    if member is None or member.checked is None or not member.decision.allowed:
        clause = "directory.unknown" if member is None else str(member.decision.clause)
        raise SearchError("may-not-be-asked", f"{agency} may not be asked ({clause}). Nothing was sent.")
    if member.question is not None:
        raise SearchError("asked-already", f"{agency} was asked this question already. Nothing was sent.")
    probe = Probe(
        Meta(
            service=member.agency.service(SERVICE),
            reply_to=own_agency().service(SERVICE),
            reference=reference(),
            purpose=search.purpose,
            legal_basis=search.legal_basis,
        ),
        modality=MODALITY,
        finger_position=search.finger,
        resolution_ppi=search.resolution_ppi,
        image=adapters.open_image(search),
    )
    queued = post.send(
        actor,
        message=probe,
        to=member.agency,
        arrangement=member.checked.digest,
        stepped_up=stepped_up,
        clock=clock,
    )
    assert queued.conversation is not None  # a question has one
    conversation = queued.conversation
    question = Question(search=search, conversation=conversation)
    sql.add(question)
    facts: dict[str, str | int | bool] = {"to": agency, "conversation": str(conversation.pk), "verdict": "allowed"}
    record(actor, SearchesEvent.ASKED, subject=search.pk, facts=facts)
    return question
