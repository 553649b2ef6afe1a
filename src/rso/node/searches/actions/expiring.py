"""What has had its time is destroyed, and the other side is told."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import Clock, unix_seconds
from rso.node.post import actions as post
from rso.node.post.models import Inbox
from rso.node.searches.actions.answering import meta_of
from rso.node.searches.actions.telling import GIVEN_UP, tell
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Search
from rso.node.searches.rules import SearchesEvent, SearchesPermission, SearchState, move
from rso.node.vault.actions import destroy_subjects
from rso.wire.messages import DestructionReceipt, Disclosure

_BATCH = 100


def destroy_expired(actor: Actor, *, clock: Clock) -> int:
    """Destroys disclosures past their time on both sides, and questions that nobody can answer any more."""
    require(actor, SearchesPermission.DESTROY)
    now = clock.now()
    received = DisclosureAsk.objects.filter(expires_at__lte=now, destroyed_at=None)
    given = DisclosureCase.objects.filter(expires_at__lte=now, destroyed_at=None)
    old = Search.objects.filter(destroyed_at=None).annotate(last=Max("questions__conversation__expires_at"))
    done = 0
    for ask in received.select_related("conversation")[:_BATCH]:
        done += _destroy_received(actor, ask, clock)
    for case in given.select_related("conversation")[:_BATCH]:
        done += _destroy_given(actor, case, "expired", clock)
    for search in old.filter(last__lte=now)[:_BATCH]:
        done += _destroy_search(actor, search, clock)
    return done


def destroy_unused(actor: Actor, *, clock: Clock) -> int:
    """Destroys what came to nothing: questions never sent and requests refused, some days later (a setting), and
    requests that nobody answered, once nobody can.
    """
    require(actor, SearchesPermission.DESTROY)
    now = clock.now()
    since = now - timedelta(days=settings.RSO_UNUSED_DAYS)
    over = Q(conversation__expires_at__lte=now)
    drafts = Search.objects.filter(destroyed_at=None, questions=None, created_at__lte=since)
    asks = DisclosureAsk.objects.filter(
        Q(came_at__lte=since) | Q(came_at=None) & over, destroyed_at=None, expires_at=None
    )
    cases = DisclosureCase.objects.filter(
        Q(answered_at__lte=since) | Q(answered_at=None) & over, destroyed_at=None, expires_at=None
    )
    done = 0
    for search in drafts[:_BATCH]:
        done += _destroy_draft(actor, search, clock)
    for ask in asks.select_related("conversation")[:_BATCH]:
        done += _destroy_unanswered(actor, ask, clock)
    for case in cases.select_related("conversation")[:_BATCH]:
        done += _destroy_given(actor, case, "unused", clock)
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


def _destroy_unanswered(actor: Actor, ask: DisclosureAsk, clock: Clock) -> int:
    """Our request that brought nothing: the justification and what was said to it. There is nothing to sign for."""
    now = clock.now()
    post.destroy_contents(actor, conversations=[ask.conversation], reason="unused", now=now)
    return DisclosureAsk.objects.filter(pk=ask.pk, destroyed_at=None).update(destroyed_at=now)


def _destroy_draft(actor: Actor, search: Search, clock: Clock) -> int:
    """A question that never left: image and protection answers. It counts as given up, and its officer is told."""
    now = clock.now()
    with transaction.atomic():
        row = Search.objects.select_for_update(of=("self",)).filter(pk=search.pk, questions=None, destroyed_at=None)
        found = row.select_related("officer").first()
        if found is None:
            return 0  # sent, or given up, meanwhile
        destroy_subjects(actor, subjects=[found.vault_subject], reason="unused", now=now)
        found.state, found.destroyed_at = move(found.state, SearchState.CANCELLED), now
        found.image = found.protection = b""
        found.save(update_fields=["state", "destroyed_at", "image", "protection"])
        record(actor, SearchesEvent.DESTROYED, subject=found.pk, facts={"reason": "unused"})
        tell(actor, [found.officer], GIVEN_UP, reverse("searches:search", args=[found.pk]))
    return 1


def _destroy_given(actor: Actor, case: DisclosureCase, reason: str, clock: Clock) -> int:
    """Our own copy of what we disclosed, or were asked; the record of the person is another matter, and stays."""
    now = clock.now()
    post.destroy_contents(actor, conversations=[case.conversation], reason=reason, now=now)
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
