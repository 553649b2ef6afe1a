"""What has had its time is destroyed, and the other side is told."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import Clock, unix_seconds
from rso.node.post import actions as post
from rso.node.post.models import Inbox
from rso.node.searches.actions.answering import meta_of
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Search
from rso.node.searches.rules import SearchesEvent, SearchesPermission, SearchState
from rso.node.vault.actions import destroy_subjects
from rso.wire.messages import DestructionReceipt, Disclosure

_BATCH = 100


def destroy_expired(actor: Actor, *, clock: Clock) -> int:
    """Destroys disclosures past their time on both sides, and questions that nobody can answer any more."""
    require(actor, SearchesPermission.DESTROY)
    now = clock.now()
    received = DisclosureAsk.objects.filter(expires_at__lte=now, destroyed_at=None)
    given = DisclosureCase.objects.filter(expires_at__lte=now, destroyed_at=None)
    old = Search.objects.filter(state=SearchState.SENT, destroyed_at=None).annotate(
        last=Max("questions__conversation__expires_at")
    )
    done = 0
    for ask in received.select_related("conversation")[:_BATCH]:
        done += _destroy_received(actor, ask, clock)
    for case in given.select_related("conversation")[:_BATCH]:
        done += _destroy_given(actor, case, clock)
    for search in old.filter(last__lte=now)[:_BATCH]:
        done += _destroy_search(actor, search, clock)
    return done


def _destroy_received(actor: Actor, ask: DisclosureAsk, clock: Clock) -> int:
    """What was disclosed to us: destroyed, with a receipt to whoever disclosed it."""
    now = clock.now()
    row = Inbox.objects.get(conversation=ask.conversation, kind=Disclosure.kind)
    post.destroy_contents(actor, conversations=[ask.conversation], reason="expired", now=now)
    with transaction.atomic():
        if not DisclosureAsk.objects.filter(pk=ask.pk, destroyed_at=None).update(destroyed_at=now):
            return 0
        receipt = DestructionReceipt(
            meta_of(ask.conversation),
            message_id=row.pk.bytes,
            body_digest=bytes(row.body_digest),
            destroyed_at=unix_seconds(now),
            what="disclosure",
        )
        post.send(
            actor,
            message=receipt,
            to=ask.conversation.peer_id,
            arrangement=bytes.fromhex(ask.conversation.arrangement),
            clock=clock,
        )
        record(actor, SearchesEvent.DISCLOSURE_DESTROYED, subject=ask.conversation_id)
    return 1


def _destroy_given(actor: Actor, case: DisclosureCase, clock: Clock) -> int:
    """Our own copy of what we disclosed; the record of the person is another matter, and stays."""
    now = clock.now()
    post.destroy_contents(actor, conversations=[case.conversation], reason="expired", now=now)
    return DisclosureCase.objects.filter(pk=case.pk, destroyed_at=None).update(destroyed_at=now)


def _destroy_search(actor: Actor, search: Search, clock: Clock) -> int:
    """Our own question: image, protection answers, and our copies of the probes."""
    now = clock.now()
    conversations = [question.conversation for question in search.questions.select_related("conversation")]
    destroy_subjects(actor, subjects=[search.vault_subject], reason="expired", now=now)
    post.destroy_contents(actor, conversations=conversations, reason="expired", now=now)
    with transaction.atomic():
        changed = Search.objects.filter(pk=search.pk, destroyed_at=None).update(
            destroyed_at=now, image=b"", protection=b""
        )
        record(actor, SearchesEvent.DESTROYED, subject=search.pk)
    return changed
