"""Taking a message out of the mailbox: verified in numbered steps, then applied with its effect, or refused.

Whatever comes in leaves exactly one row. The relay is told to delete a message only after its row stands.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from rso.accounts.rules import Actor, require, system_actor
from rso.audit.actions import record
from rso.base.clock import unix_seconds
from rso.base.errors import RsoError
from rso.node.post import queries
from rso.node.post.actions import applying, conversations, notarising
from rso.node.post.handlers import Page
from rso.node.post.models import Inbox, vault_subject
from rso.node.post.ports import Delivery
from rso.node.post.rules import PostEvent, PostPermission, wait_after
from rso.node.vault import queries as vault
from rso.node.vault.actions import subject_keys_at_hand
from rso.wire.conversation import ANSWERS, Side
from rso.wire.envelope import Envelope
from rso.wire.errors import VerificationError
from rso.wire.header import ServiceClass
from rso.wire.steps import Step
from rso.wire.verify import Opened, VerifiedEnvelope, open_inner, verify_outer

logger = logging.getLogger("rso.node.post")
POST = system_actor("post")


@dataclass(frozen=True)
class _Arrived:
    """A delivery, and what verification has made of it so far: one of the three others is set."""

    delivery: Delivery
    verified: VerifiedEnvelope | None = None
    opened: Opened | None = None
    refused: VerificationError | None = None

    @property
    def envelope(self) -> Envelope:
        """What was verified; only for what was not refused."""
        found = self.verified or self.opened
        assert found is not None
        return found.envelope


def take(actor: Actor, *, delivery: Delivery, now: datetime) -> Inbox:
    """A page of one: see :func:`take_page`."""
    return take_page(actor, deliveries=[delivery], now=now)[0]


def take_page(actor: Actor, *, deliveries: Sequence[Delivery], now: datetime) -> list[Inbox]:
    """Verifies delivered envelopes and stores each with its effect; returns their rows, of now or of before.

    A message that was taken before is left exactly as it is. What does not verify, or has no place, becomes a
    refused row with the step and code, and does not touch the others. Raises ``PostError`` before this node has a
    directory, and ``DatabaseError``: the relay then keeps what was not stored, and more.
    """
    require(actor, PostPermission.EXCHANGE)
    rows: list[Inbox] = []
    with queries.at_hand():
        queries.directory_copy()
        for run in _runs([_outer(delivery, now) for delivery in deliveries]):
            rows += _take_run(actor, run, now)
    return rows


def _outer(delivery: Delivery, now: datetime) -> _Arrived:
    try:
        verified = verify_outer(
            delivery.envelope,
            now=unix_seconds(now),
            resolve_node_key=queries.node_key_of,
            expected_recipient=queries.own_agency(),
        )
    except VerificationError as error:
        return _Arrived(delivery, refused=error)
    return _Arrived(delivery, verified=verified)


def _runs(arrived: Sequence[_Arrived]) -> Iterator[list[_Arrived]]:
    """Cuts a page where an arrangement may begin or end: what follows is verified under what is agreed then."""
    run: list[_Arrived] = []
    for one in arrived:
        alone = one.verified is not None and one.verified.header.service_class is ServiceClass.ARRANGEMENT
        if run and alone:
            yield run
            run = []
        run.append(one)
        if alone:
            yield run
            run = []
    if run:
        yield run


def _take_run(actor: Actor, run: list[_Arrived], now: datetime) -> list[Inbox]:
    """One transaction for all. Where that fails, one for each, so that nothing but the culprit is kept out."""
    there = _there(run)
    opened = [_inner(one, now) if _known(one, there) is None else one for one in run]
    _keys_at_hand(opened, now)
    if len(opened) > 1:
        try:
            with transaction.atomic():
                page = Page()
                rows = [_settle(actor, one, there, page, now) for one in opened]
                page.finish()
            return rows
        except Exception:  # whatever it was, the culprit meets it again below, alone
            logger.warning("A page of %d messages is taken one by one.", len(run), exc_info=True)
    return [_take_alone(actor, one, now) for one in opened]


def _take_alone(actor: Actor, one: _Arrived, now: datetime) -> Inbox:
    try:
        with transaction.atomic():
            return _settle(actor, one, _there([one]), None, now)
    except DatabaseError:
        row = _known(one, _there([one]))
        if row is None:
            raise
        return row  # another process has stored it meanwhile


def _there(run: Sequence[_Arrived]) -> dict[UUID, Inbox]:
    """The rows of messages that came before, by id."""
    ids = [one.envelope.header.id for one in run if one.refused is None]
    return {row.pk: row for row in Inbox.objects.filter(pk__in=ids).defer("envelope", "content")}


def _known(one: _Arrived, there: dict[UUID, Inbox]) -> Inbox | None:
    """The row of a message that was taken before; one that is held is still to be taken."""
    row = None if one.refused is not None else there.get(one.envelope.header.id)
    return None if row is None or row.state == Inbox.State.HELD else row


def _inner(one: _Arrived, now: datetime) -> _Arrived:
    if one.verified is None:
        return one
    try:
        return replace(one, verified=None, opened=_open(one.verified, now))
    except VerificationError as error:
        return replace(one, verified=None, refused=error)


def _open(verified: VerifiedEnvelope, now: datetime) -> Opened:
    return open_inner(
        verified,
        now=unix_seconds(now),
        opening_keys=vault.opening_key,
        resolve_agency_key=queries.agency_key_of,
        arrangements=queries.checked,
    )


def _keys_at_hand(run: Sequence[_Arrived], now: datetime) -> None:
    """The data keys of new conversations, made together: the vault's database has transactions of its own."""
    new = [
        vault_subject(conversations.id_of(one.opened.message, one.opened.header.sender, Side.HOLDER))
        for one in run
        if one.opened is not None and type(one.opened.message) in ANSWERS
    ]
    if new:
        subject_keys_at_hand(new, now=now)


def _settle(actor: Actor, one: _Arrived, there: dict[UUID, Inbox], page: Page | None, now: datetime) -> Inbox:
    """Takes one message. What it leaves for its page is done at once where there is no page."""
    if one.refused is not None:
        return _refuse(actor, one.delivery, one.refused.step, one.refused.code, now)
    envelope = one.envelope
    row = there.get(envelope.header.id)
    if row is not None and row.state != Inbox.State.HELD:
        if bytes(row.body_digest) != envelope.body_digest:
            return _refuse(actor, one.delivery, Step.ORDER, "replayed", now)
        return row
    assert one.opened is not None
    taken = _apply_or_refuse(actor, one.delivery, one.opened, row, page, now)
    there[taken.pk] = taken
    return taken


def _apply_or_refuse(
    actor: Actor, delivery: Delivery, opened: Opened, held: Inbox | None, page: Page | None, now: datetime
) -> Inbox:
    row = applying.row_of(delivery, opened, now)
    leaves = page or Page()
    left = len(leaves.left)
    try:
        with transaction.atomic():
            row = applying.apply(actor, row, opened, held=held, page=leaves, now=now)
            if page is None:
                leaves.finish()
        return row
    except DatabaseError:
        raise
    except RsoError as error:
        del leaves.left[left:]
        return _refuse(actor, delivery, Step.ORDER, error.code, now, row)
    except Exception:  # a defect in one handler must not stop the mailbox
        logger.error("Message %s could not be applied; it is held.", row.pk, exc_info=True)
        del leaves.left[left:]
        return _hold(row, delivery, held, now)


# ---------------------------------------------------------------- what has no effect


def _refused_id(delivery: Delivery) -> UUID:
    """Not the message's own id: whoever hands over rubbish under an id must not keep the true message out."""
    digest = hashlib.sha256(b"rso/refused/1\x00" + delivery.id.bytes + delivery.envelope).digest()
    return UUID(bytes=digest[:16], version=5)


@transaction.atomic
def _refuse(actor: Actor, delivery: Delivery, step: Step, code: str, now: datetime, row: Inbox | None = None) -> Inbox:
    """Keeps that something was refused, at which step and why; never its content."""
    pk = _refused_id(delivery)
    known = Inbox.objects.filter(pk=pk).first()
    if known is not None:
        return known
    refused = Inbox(pk=pk, state=Inbox.State.REFUSED, step=step.value, code=code[:60], received_at=now)
    if row is not None:
        refused.kind, refused.sender = row.kind, row.sender
        refused.service_class, refused.arrangement = row.service_class, row.arrangement
        refused.created_at, refused.expires_at = row.created_at, row.expires_at
        Inbox.objects.filter(pk=row.pk, state=Inbox.State.HELD).delete()
    refused.save(force_insert=True)
    record(actor, PostEvent.REFUSED, subject=pk, facts={"step": step.value, "code": code, "message": str(delivery.id)})
    return refused


def _hold(row: Inbox, delivery: Delivery, known: Inbox | None, now: datetime) -> Inbox:
    """A defect here: the envelope stays, still sealed, and is tried again until it expires."""
    attempts = 1 if known is None else known.attempts + 1
    held = {
        "kind": row.kind,
        "sender": row.sender,
        "body_digest": row.body_digest,
        "envelope": delivery.envelope,
        "receipt": row.receipt,
        "proof": row.proof,
        "state": Inbox.State.HELD,
        "code": "defect",
        "attempts": attempts,
        "next_at": now + wait_after(attempts, lambda: 0.0),
        "received_at": row.received_at if known is None else known.received_at,
    }
    return Inbox.objects.update_or_create(pk=row.pk, defaults=held)[0]


def take_held(actor: Actor, *, now: datetime) -> int:
    """Tries again what a defect kept from being applied; returns how many were applied now."""
    done = 0
    for row in Inbox.objects.filter(state=Inbox.State.HELD, next_at__lte=now).order_by("received_at")[:50]:
        done += _take_again(actor, row, now)
    return done


def _take_again(actor: Actor, held: Inbox, now: datetime) -> bool:
    delivery = Delivery(held.pk, bytes(held.envelope), notarising.accepted_of(held))
    with queries.at_hand():
        [row] = _take_run(actor, [_outer(delivery, now)], now)
    if row.state == Inbox.State.REFUSED:
        Inbox.objects.filter(pk=held.pk, state=Inbox.State.HELD).delete()
    return row.state == Inbox.State.APPLIED
