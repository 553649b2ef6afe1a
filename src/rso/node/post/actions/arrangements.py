"""Arrangements: drafted, proposed, signed by persons of every party, registered by hash, ended at once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso import sql
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.base.clock import Clock, from_unix_seconds, unix_seconds
from rso.node.post import queries
from rso.node.post.actions.sending import SYSTEM_CLOCK, send
from rso.node.post.handlers import Incoming
from rso.node.post.models import Arrangement, ArrangementSignature
from rso.node.post.ports import Registration, Transport, TransportError
from rso.node.post.rules import PostError, PostEvent, PostPermission, messages_per_day, seat_of
from rso.node.vault import queries as vault
from rso.notices.actions import notify
from rso.wire.arrangement import Arrangement as Document
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import SIGNATURES, PartySignature
from rso.wire.messages import ArrangementEnd, ArrangementProposal, Meta
from rso.wire.messages import ArrangementSignature as SignatureMessage

SERVICE = "arrangements"
State = Arrangement.State


# ---------------------------------------------------------------- drafting and proposing


@transaction.atomic
def draft(actor: Actor, *, terms: Document, now: datetime, replaces: Arrangement | None = None) -> Arrangement:
    """Keeps ``terms`` as a draft of ours, in the place of ``replaces`` where that draft is being changed."""
    require(actor, PostPermission.DRAFT_ARRANGEMENT)
    _check_parties(terms)
    if replaces is not None:
        discard(actor, arrangement=replaces)
    row = _row(terms, now)
    if Arrangement.objects.filter(digest=row.digest).exists():
        raise PostError("same-terms", "There is an arrangement with exactly these terms already.")
    row.save(force_insert=True)
    record(actor, PostEvent.DRAFTED, subject=_subject(row))
    return row


def _row(terms: Document, now: datetime) -> Arrangement:
    return Arrangement(
        digest=terms.digest().hex(),
        reference=terms.reference.hex(),
        version=terms.version,
        title=terms.title,
        document=terms.encode(),
        drafted_at=now,
    )


def _subject(row: Arrangement) -> str:
    return f"arrangement:{row.digest}"


def _check_parties(terms: Document) -> None:
    directory = queries.directory()
    if terms.party(queries.own_agency()) is None:
        raise PostError("not-a-party", "This agency must be a party of an arrangement that it drafts or signs.")
    absent = sorted(str(agency) for agency in terms.agencies() if not directory.takes_part(agency))
    if absent:
        raise PostError("party-not-active", f"{', '.join(absent)} does not take part in the exchange.")


def _locked(row: Arrangement, *states: str) -> Arrangement:
    found = Arrangement.objects.select_for_update().get(pk=row.pk)
    if found.state not in states:
        raise PostError("wrong-state", "Somebody was faster, or it is too late: look at the arrangement again.")
    return found


@transaction.atomic
def discard(actor: Actor, *, arrangement: Arrangement) -> None:
    """Deletes a draft that was never sent."""
    require(actor, PostPermission.DRAFT_ARRANGEMENT)
    row = _locked(arrangement, State.DRAFT)
    record(actor, PostEvent.DISCARDED, subject=_subject(row))
    row.delete()


@transaction.atomic
def propose(actor: Actor, *, arrangement: Arrangement, stepped_up: bool, clock: Clock = SYSTEM_CLOCK) -> Arrangement:
    """Sends a draft to the other parties. From now on its terms are fixed; a change is another arrangement."""
    require(actor, PostPermission.DRAFT_ARRANGEMENT)
    row = _locked(arrangement, State.DRAFT)
    terms = queries.document_of(row)
    _check_parties(terms)
    row.state, row.proposed_at = State.SENT, clock.now()
    row.save(update_fields=["state", "proposed_at"])
    for party in _others(terms):
        message = ArrangementProposal(_meta(terms, party), document=terms.encode())
        send(actor, message=message, to=party, arrangement=None, stepped_up=stepped_up, clock=clock)
    record(actor, PostEvent.PROPOSED, subject=_subject(row))
    return row


def _others(terms: Document) -> list[AgencyId]:
    return sorted(terms.agencies() - {queries.own_agency()})


def _meta(terms: Document, to: AgencyId) -> Meta:
    return Meta(to.service(SERVICE), queries.own_agency().service(SERVICE), terms.reference, None, None)


# ---------------------------------------------------------------- signing


@transaction.atomic
def sign(actor: Actor, *, arrangement: Arrangement, stepped_up: bool, clock: Clock = SYSTEM_CLOCK) -> Arrangement:
    """Signs for this agency in the actor's own person, and tells the other parties. Nobody signs twice.

    Raises ``PostError``: ``signed-already``, ``enough-signatures``; ``VaultError``: ``step-up-needed``.
    """
    require(actor, PostPermission.SIGN_ARRANGEMENT)
    row, now = _locked(arrangement, State.SENT), clock.now()
    terms, ours = queries.document_of(row), queries.own_agency()
    _check_parties(terms)
    seat = seat_of(terms.digest(), actor.opaque)
    mine = ArrangementSignature.objects.filter(digest=row.digest, agency=str(ours))
    if mine.filter(seat=seat.hex()).exists():
        raise PostError("signed-already", "You have signed this arrangement: the other signatures are other people's.")
    party = terms.party(ours)
    if party is None or mine.count() >= party.signers:
        raise PostError("enough-signatures", "Enough people of this agency have signed.")
    named = queries.directory().agency_key(ours, unix_seconds(now))
    if named is None:
        raise PostError("no-key-in-directory", "The directory has no key of this agency that is good now.")
    key = vault.agency_key(actor, named.key_id, stepped_up=stepped_up)
    signature = PartySignature.make(terms, ours, seat, unix_seconds(now), key)
    _keep(signature, signed_by=actor.user_id)
    for other in _others(terms):
        message = SignatureMessage(_meta(terms, other), arrangement=terms.digest(), signature=signature.encode())
        send(actor, message=message, to=other, arrangement=None, stepped_up=stepped_up, clock=clock)
    record(actor, PostEvent.SIGNED, subject=_subject(row))
    return _settle(row)


def _keep(signature: PartySignature, *, signed_by: int | None = None) -> None:
    ArrangementSignature.objects.get_or_create(
        digest=signature.arrangement.hex(),
        agency=str(signature.agency),
        seat=signature.seat.hex(),
        defaults={
            "signed_at": from_unix_seconds(signature.signed),
            "encoded": signature.encode(),
            "signed_by_id": signed_by,
        },
    )


def _settle(row: Arrangement) -> Arrangement:
    """From proposed to signed, once every party's signatures are there and hold."""
    arrangement = queries.checked(bytes.fromhex(row.digest))
    if row.state == State.SENT and arrangement is not None and not arrangement.unsigned:
        row.state = State.SIGNED
        row.save(update_fields=["state"])
    return row


# ---------------------------------------------------------------- ending


@transaction.atomic
def end(
    actor: Actor,
    *,
    arrangement: Arrangement,
    reason: str,
    stepped_up: bool,
    note: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Arrangement:
    """Ends it at once and alone, or declines a proposal. ``reason`` is a code; ``note`` stays on this node."""
    require(actor, PostPermission.END_ARRANGEMENT)
    row = _locked(arrangement, State.SENT, State.SIGNED, State.IN_FORCE)
    terms = queries.document_of(row)
    for party in _others(terms):
        message = ArrangementEnd(_meta(terms, party), arrangement=terms.digest(), reason=reason)
        send(actor, message=message, to=party, arrangement=None, stepped_up=stepped_up, clock=clock)
    return _ended(actor, row, queries.own_agency(), reason, clock.now(), note)


def _ended(actor: Actor, row: Arrangement, by: AgencyId, reason: str, at: datetime, note: str = "") -> Arrangement:
    row.state, row.ended_at, row.ended_by, row.end_reason = State.ENDED, at, str(by), reason
    row.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    record(actor, PostEvent.ENDED, subject=_subject(row), facts={"by": str(by), "reason": reason}, note=note)
    return row


# ---------------------------------------------------------------- what comes in


def take_proposal(actor: Actor, incoming: Incoming) -> None:
    """Another party's draft: kept to be read and signed here. The same one again changes nothing."""
    message = incoming.message
    assert isinstance(message, ArrangementProposal)
    terms = Document.decode(message.document)
    if terms.reference != message.meta.reference or terms.party(incoming.sender) is None:
        raise PostError("not-a-party", "A proposal comes from one of its parties, under its own reference.")
    _check_parties(terms)
    if Arrangement.objects.filter(digest=terms.digest().hex()).exists():
        return
    row = _row(terms, incoming.now)
    row.state, row.ours, row.proposed_at = State.SENT, False, incoming.now
    row.save(force_insert=True)
    _settle(row)
    record(actor, PostEvent.PROPOSAL_CAME, subject=_subject(row), facts={"from": str(incoming.sender)})
    _tell_signers(actor, row, incoming.now)


def _tell_signers(actor: Actor, row: Arrangement, now: datetime) -> None:
    day = now.date()
    people = [*holders(Role.APPROVER, day), *holders(Role.NODE_ADMINISTRATOR, day)]
    notify(
        actor,
        recipients=people,
        kind="post:proposal",
        title=gettext_noop("An arrangement is proposed: read it, then sign or decline"),
        path=reverse("post:arrangement", args=[row.digest]),
    )


def take_signature(actor: Actor, incoming: Incoming) -> None:
    """A person of another party has signed. It may come before the document, and is then kept for it."""
    message = incoming.message
    assert isinstance(message, SignatureMessage)
    signature = PartySignature.decode(message.signature)
    if signature.agency != incoming.sender or signature.arrangement != message.arrangement:
        raise PostError("signature-of-another", "A party hands on the signatures of its own people only.")
    if not signature.valid(queries.directory()):
        raise PostError("signature-invalid", "The signature under the arrangement does not hold.")
    digest = message.arrangement.hex()
    row = Arrangement.objects.select_for_update().filter(digest=digest).first()
    if ArrangementSignature.objects.filter(agency=str(incoming.sender), digest=digest).count() >= SIGNATURES:
        raise PostError("too-many-signatures", "This party has sent more signatures than an arrangement has.")
    _keep(signature)
    record(actor, PostEvent.SIGNATURE_CAME, subject=f"arrangement:{digest}", facts={"from": str(incoming.sender)})
    if row is not None:
        _settle(row)


def take_end(actor: Actor, incoming: Incoming) -> None:
    """Another party ends it: from the moment that the message says."""
    message = incoming.message
    assert isinstance(message, ArrangementEnd)
    row = Arrangement.objects.select_for_update().filter(digest=message.arrangement.hex()).first()
    if row is None or queries.document_of(row).party(incoming.sender) is None:
        raise PostError("not-a-party", "An arrangement is ended by one of its parties.")
    if row.state == State.ENDED:
        return
    _ended(actor, row, incoming.sender, message.reason, min(incoming.row.created_at or incoming.now, incoming.now))


# ---------------------------------------------------------------- the relay's part


_UNREGISTERED: Final = "SELECT * FROM post_arrangement WHERE state = 'signed' ORDER BY drafted_at DESC, id"
_END_UNTOLD: Final = (
    "SELECT * FROM post_arrangement WHERE state = 'ended' AND end_told_at IS NULL AND registered_at IS NOT NULL "
    "ORDER BY drafted_at DESC, id"
)


def register_at(actor: Actor, transport: Transport, *, now: datetime) -> None:
    """Tells the relay what it may know of signed arrangements, and which were ended."""
    for row in sql.found(Arrangement, _UNREGISTERED):
        try:
            complete = transport.register(_registration(queries.document_of(row)))
        except TransportError as error:
            if error.away:
                raise
            Arrangement.objects.filter(pk=row.pk).update(relay_said=error.code[:60])
            continue
        _registered(actor, row, complete, now)
    for row in sql.found(Arrangement, _END_UNTOLD):
        transport.end(bytes.fromhex(row.digest))
        Arrangement.objects.filter(pk=row.pk).update(end_told_at=now)


@transaction.atomic
def _registered(actor: Actor, row: Arrangement, complete: bool, now: datetime) -> None:
    row = Arrangement.objects.select_for_update().get(pk=row.pk)
    if row.state != State.SIGNED:
        return
    row.relay_said = "" if complete else "waiting"
    row.registered_at = row.registered_at or now
    if complete:
        row.state = State.IN_FORCE
        record(actor, PostEvent.REGISTERED, subject=_subject(row))
    row.save(update_fields=["relay_said", "registered_at", "state"])


def _registration(terms: Document) -> Registration:
    return Registration(
        digest=terms.digest(),
        parties=tuple(str(party.agency) for party in terms.parties),
        per_day=messages_per_day(terms),
        starts=terms.starts,
        ends=terms.ends,
    )
