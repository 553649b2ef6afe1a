"""One pass: what waits here goes out, what waits there comes in. Everything may stop at any line and go on later."""

from __future__ import annotations

import random as _random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso import sql
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.base.clock import Clock, SystemClock
from rso.jobs.rules import Random
from rso.node.post import queries
from rso.node.post.actions import absence, arrangements, believing, conversations, keys, notarising, receiving
from rso.node.post.actions.receiving import POST
from rso.node.post.models import Conversation, Outbox, RelayContact
from rso.node.post.ports import Accepted, Submission, Transport, TransportError
from rso.node.post.rules import (
    PostError,
    PostEvent,
    PostPermission,
    clock_is_off,
    is_out_of_reach,
    is_worth_repeating,
    wait_after,
)
from rso.notices.actions import notify
from rso.wire import conversation as ruled
from rso.wire import limits
from rso.wire.conversation import Side
from rso.wire.errors import WireError

CONTACT_EVERY: Final = timedelta(minutes=1)
FOLLOW_AFTER: Final = timedelta(minutes=1)
"""When the relay is first asked what became of a message; an answer tells sooner."""
_SYSTEM_CLOCK: Final = SystemClock()
_BATCH: Final = 200
_PAGE: Final = 50
"""Messages of one request and one transaction; the relay cuts pages shorter where messages are large."""
_PAGE_OCTETS: Final = 16 * limits.MIB


@dataclass
class Pass:
    """What one pass did. ``code`` is empty, or says why it stopped early."""

    sent: int = 0
    taken: int = 0
    refused: int = 0
    code: str = ""
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class _Round:
    actor: Actor
    transport: Transport
    clock: Clock
    random: Random
    wait_s: int
    done: Pass

    def now(self) -> datetime:
        return self.clock.now()


def exchange_once(
    transport: Transport,
    clock: Clock = _SYSTEM_CLOCK,
    *,
    actor: Actor = POST,
    wait_s: int = 0,
    force: bool = False,
    random: Random = _random.random,
) -> Pass:
    """Sends what is due, fetches what waits, and keeps keys, directory and arrangements up to date.

    After failures it does nothing until the back-off is over (15 minutes at most), unless ``force``. ``wait_s`` is
    how long the relay may hold the question for new mail. Never raises for what the relay does or fails to do.
    """
    require(actor, PostPermission.EXCHANGE)
    done = Pass()
    contact = queries.contact()
    if not force and contact.next_at is not None and contact.next_at > clock.now():
        done.code = contact.code or "waiting"
        return done
    each = _Round(actor, transport, clock, random, wait_s, done)
    try:
        if _greet(each, contact) or force:
            _directory(each)
            _keys(each)
        for step in (_arrangements, _send, _fetch, _follow):
            step(each)
        if done.taken:  # what came in may have completed an arrangement, or been answered at once
            _arrangements(each)
            _send(each)
    except TransportError as error:
        _away(each, error.code, error.message)
        noted = absence.out_of_reach if is_out_of_reach(error.code) else absence.within_reach
        noted(actor, now=each.now())
    except PostError as error:
        _away(each, error.code, error.message)
    # What does not need the relay is done whether it is there or not.
    receiving.take_held(actor, now=each.now())
    conversations.lapse(actor, now=each.now())
    return done


# ---------------------------------------------------------------- how it stands with the relay


def _greet(each: _Round, contact: RelayContact) -> bool:
    """Says that we live, and compares clocks: with a wrong one every message would seem stale or not yet made.

    ``False`` where that was done within the last minute, and directory and keys with it.
    """
    now = each.now()
    is_well = contact.last_at is not None and not contact.code
    if is_well and contact.last_at is not None and timedelta(0) <= now - contact.last_at < CONTACT_EVERY:
        return False
    try:
        theirs = each.transport.contact()
    except TransportError as error:
        if error.their_time is None or not clock_is_off(each.now(), error.their_time):
            raise
        theirs = error.their_time
    off = round((each.now() - theirs).total_seconds())
    if clock_is_off(each.now(), theirs):
        RelayContact.objects.update_or_create(pk=1, defaults={"clock_off_s": off})
        raise TransportError("clock-off", _clock_words(off), away=True)
    values = {"last_at": now, "tried_at": now, "failures": 0, "next_at": None, "code": "", "clock_off_s": off}
    RelayContact.objects.update_or_create(pk=1, defaults=values)
    absence.within_reach(each.actor, now=now)
    return True


def _clock_words(off: int) -> str:
    return (
        f"This node's clock is {abs(off)} s {'ahead of' if off > 0 else 'behind'} the relay's. Nothing is sent or "
        "taken until it is right: set the machine's clock, and see that it is kept by NTP."
    )


def _away(each: _Round, code: str, words: str) -> None:
    each.done.code, each.done.words = code, words
    before, now = queries.contact(), each.now()
    failures = before.failures + 1
    values = {
        "tried_at": now,
        "failures": failures,
        "next_at": now + wait_after(failures, each.random),
        "code": code[:60],
    }
    RelayContact.objects.update_or_create(pk=1, defaults=values)
    if code == "clock-off" and before.code != code:
        _tell(each, "post:clock", gettext_noop("This node's clock is wrong: nothing is sent or taken"), "post:state")


def _tell(each: _Round, kind: str, title: str, page: str) -> None:
    """Tells the administrators, once for a change."""
    people = holders(Role.NODE_ADMINISTRATOR, each.now().date())
    notify(each.actor, recipients=people, kind=kind, title=title, path=reverse(page))


# ---------------------------------------------------------------- directory, keys, arrangements


def _directory(each: _Round) -> None:
    data = each.transport.directory()
    code = ""
    if data is not None:
        try:
            believing.accept(each.actor, data=data, now=each.now())
        except WireError as error:
            code = error.code
    before = queries.contact().directory_code
    if code != before:
        RelayContact.objects.filter(pk=1).update(directory_code=code[:60])
        if code:
            _tell(
                each,
                "post:directory",
                gettext_noop("A directory was refused: the one before stays in use"),
                "post:state",
            )
    queries.directory_copy()


def _keys(each: _Round) -> None:
    now = each.now()
    keys.make_weekly_keys(each.actor, now=now)
    for row in keys.unpublished(now):
        each.transport.publish_key(bytes(row.record))
        keys.published(row, now=each.now())
    for agency in keys.peers_without_key(now):
        keys.take_peer_keys(agency, each.transport.keys(str(agency)), now=now)


def _arrangements(each: _Round) -> None:
    arrangements.register_at(each.actor, each.transport, now=each.now())


# ---------------------------------------------------------------- out


def _due(now: datetime) -> QuerySet[Outbox]:
    """What has yet to leave, and what left but brought back a receipt that does not hold."""
    queued = Outbox.objects.filter(state=Outbox.State.QUEUED)
    unproven = Outbox.objects.filter(state=Outbox.State.AT_RELAY, notarised_at=None, expires_at__gt=now)
    return (queued | unproven).filter(next_at__lte=now).order_by("queued_at", "created_at", "pk")


def _send(each: _Round) -> None:
    due = _due(each.now()).annotate(size=Length("envelope")).values_list("pk", "size")[:_BATCH]
    for pks in _pages(list(due)):
        _hand_over(each, pks)


def _pages(sized: Sequence[tuple[UUID, int]]) -> Iterator[list[UUID]]:
    """Cuts what is due so that no page is more than memory bears."""
    page: list[UUID] = []
    octets = 0
    for pk, size in sized:
        if page and (len(page) == _PAGE or octets + size > _PAGE_OCTETS):
            yield page
            page, octets = [], 0
        page.append(pk)
        octets += size
    if page:
        yield page


def _hand_over(each: _Round, pks: Sequence[UUID]) -> None:
    """One request for a page of messages; what the relay says of one does not hold up the others."""
    found = Outbox.objects.defer("content").in_bulk(pks)
    going = []
    for row in (found[pk] for pk in pks if pk in found):
        if row.expires_at is not None and row.expires_at <= each.now():
            _settle(each, row, Outbox.State.EXPIRED, "expired")
        else:
            going.append(row)
    if not going:
        return
    said = each.transport.put_all([Submission(row.pk, bytes(row.envelope), bytes(row.blind)) for row in going])
    accepted = []
    for row, result in zip(going, said, strict=True):
        if isinstance(result, TransportError):
            _turned_away(each, row, result)
        else:
            accepted.append((row, result))
    with queries.at_hand():
        _accepted(each, accepted)


_UNPROVEN: Final = ("state", "code", "attempts", "next_at", "receipt_error")
_NOTARISED: Final = (*_UNPROVEN, "envelope", "notarised_at", "receipt", "proof")


@transaction.atomic
def _accepted(each: _Round, accepted: Sequence[tuple[Outbox, Accepted]]) -> None:
    """The relay has them. An envelope is kept until its receipt holds: the same bytes bring the receipt again."""
    now = each.now()
    locked = Outbox.objects.select_for_update().filter(pk__in=[row.pk for row, _ in accepted])
    states = dict(locked.values_list("pk", "state"))
    first = [row for row, _ in accepted if states[row.pk] == Outbox.State.QUEUED]
    for row, result in accepted:
        row.state, row.code = Outbox.State.AT_RELAY, ""
        row.attempts += 1
        row.next_at = now + wait_after(row.attempts, each.random)
        if notarising.note(row, result, now):
            row.envelope, row.attempts, row.next_at = b"", 0, now + FOLLOW_AFTER
            record(each.actor, PostEvent.NOTARISED, subject=row.pk)
            sql.keep(row, only=_NOTARISED)
        else:
            sql.keep(row, only=_UNPROVEN)
    each.done.sent += len(first)
    _advance(first, ruled.Conversation.at_relay)


def _advance(questions: Sequence[Outbox], step: Callable[[ruled.Conversation], ruled.Conversation]) -> None:
    """Moves on the conversations that these messages began; an answer's way changes nothing."""
    kinds = {row.conversation_id: row.kind for row in questions if row.conversation_id is not None}
    rows = Conversation.objects.select_for_update().filter(pk__in=list(kinds), side=Side.ASKER.value)
    ours = queries.own_agency()
    asked = [row for row in rows if row.question == kinds[row.pk]]
    conversations.keep_states((row, step(conversations.as_ruled(row, ours))) for row in asked)


def _turned_away(each: _Round, row: Outbox, error: TransportError) -> None:
    if not is_worth_repeating(error.code):
        _settle(each, row, Outbox.State.STOPPED, error.code)
        _tell(each, "post:stopped", gettext_noop("The relay refused a message for good"), "post:outbox")
        return
    wait = max(wait_after(row.attempts + 1, each.random), timedelta(seconds=error.retry_after_s))
    Outbox.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, next_at=each.now() + wait, code=error.code[:60])


@transaction.atomic
def _settle(each: _Round, row: Outbox, state: str, code: str) -> None:
    Outbox.objects.filter(pk=row.pk).update(state=state, code=code[:60], envelope=b"")
    event = PostEvent.EXPIRED if state == Outbox.State.EXPIRED else PostEvent.STOPPED
    record(each.actor, event, subject=row.conversation_id or row.pk, facts={"message": str(row.pk), "code": code})


# ---------------------------------------------------------------- in


def _fetch(each: _Round) -> None:
    """Takes messages with their effects, then acknowledges them; a crash between the two brings them again."""
    wait_s = each.wait_s
    seen: set[UUID] = set()
    while True:
        deliveries, more = each.transport.fetch(wait_s=wait_s, limit=_PAGE)
        fresh = [delivery for delivery in deliveries if delivery.id not in seen]
        if fresh:
            seen.update(delivery.id for delivery in fresh)
            rows = receiving.take_page(each.actor, deliveries=fresh, now=each.now())
            each.transport.acknowledge_all([delivery.id for delivery in fresh])
            each.done.refused += sum(row.state == row.State.REFUSED for row in rows)
            each.done.taken += sum(row.state == row.State.APPLIED for row in rows)
        if not more or not fresh:
            return
        wait_s = 0


def _follow(each: _Round) -> None:
    """Asks after messages of ours that may have been fetched, a page in each pass."""
    now = each.now()
    waiting = Outbox.objects.filter(state=Outbox.State.AT_RELAY, next_at__lte=now).exclude(notarised_at=None)
    rows = list(waiting.defer("envelope", "content").order_by("next_at")[:_PAGE])
    if rows:
        _followed(each, rows, each.transport.states_of([row.pk for row in rows]))


@transaction.atomic
def _followed(each: _Round, rows: Sequence[Outbox], states: Mapping[UUID, str]) -> None:
    now = each.now()
    fetched = [row for row in rows if states.get(row.pk) == "acknowledged"]
    Outbox.objects.filter(pk__in=[row.pk for row in fetched]).update(state=Outbox.State.FETCHED)
    _advance(fetched, ruled.Conversation.fetched)
    for row in rows:
        state = states.get(row.pk, "unknown")
        if state == "acknowledged":
            continue
        attempts = row.attempts + 1
        changes: dict[str, object] = {"attempts": attempts, "next_at": now + wait_after(attempts, each.random)}
        # A relay forgets a message some time after it expired.
        if state == "expired" or (state == "unknown" and row.expires_at is not None and row.expires_at <= now):
            changes["state"] = Outbox.State.EXPIRED
        Outbox.objects.filter(pk=row.pk).update(**changes)
