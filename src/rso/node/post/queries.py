"""Reading: who we are, whom we believe, what is agreed, what was said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from rso import sql
from rso.accounts.rules import Actor, decide, require
from rso.base.clock import unix_seconds
from rso.node.post.models import (
    Arrangement,
    ArrangementSignature,
    Conversation,
    DirectoryCopy,
    EncryptionKey,
    Inbox,
    Outbox,
    RelayContact,
)
from rso.node.post.rules import PostError, PostPermission, seat_of
from rso.node.vault import queries as vault
from rso.node.vault.rules import open_field
from rso.wire import messages
from rso.wire.arrangement import Arrangement as Document
from rso.wire.conversation import Side
from rso.wire.directory import Directory, KeyUse
from rso.wire.envelope import Content
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement, PartySignature, SignedArrangement
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import SealingKey, VerifyKey
from rso.wire.message import Message
from rso.wire.messages import DestructionReceipt
from rso.wire.trust import SignedDirectory

# ---------------------------------------------------------------- who we are, whom we believe


def own_agency() -> AgencyId:
    """The agency of this node; raises ``PostError`` where it is not set up."""
    if not settings.RSO_AGENCY:
        raise PostError("no-agency", "This node has no agency yet: set RSO_AGENCY, as XAV/GOV/BORDER.")
    return _parsed(settings.RSO_AGENCY)


_parsed = lru_cache(maxsize=4)(AgencyId.parse)


@dataclass
class _AtHand:
    """What was looked up for the work at hand."""

    directory: DirectoryCopy | None
    arrangements: dict[bytes, CheckedArrangement | None] = field(default_factory=dict)
    sealing: dict[AgencyId, tuple[datetime, datetime, SealingKey]] = field(default_factory=dict)


_at_hand: ContextVar[_AtHand | None] = ContextVar("looked up for the work at hand", default=None)


@contextmanager
def at_hand() -> Iterator[None]:
    """Within, directory, arrangements and keys are looked up once: for one page of messages, or one task.

    What the work itself changes of them, it lets go with :func:`forget_arrangements`.
    """
    if _at_hand.get() is not None:
        yield
        return
    with vault.keys_at_hand():
        token = _at_hand.set(_AtHand(_newest_directory()))
        try:
            yield
        finally:
            _at_hand.reset(token)


def forget_arrangements() -> None:
    """To be called by whatever changes an arrangement or its signatures."""
    held = _at_hand.get()
    if held is not None:
        held.arrangements.clear()


@lru_cache(maxsize=8)
def _decoded_directory(version: int, digest: bytes) -> Directory:
    file = SignedDirectory.decode(bytes(DirectoryCopy.objects.get(version=version).document))
    return Directory.decode(file.body)


_NEWEST: Final = "SELECT version, digest, accepted_at, expires_at FROM post_directorycopy ORDER BY version DESC LIMIT 1"
_SEALING: Final = (
    "SELECT * FROM post_encryptionkey WHERE agency = %s AND NOT is_ours AND not_before <= %s AND not_after > %s "
    "ORDER BY not_before DESC, id DESC LIMIT 1"
)


def _newest_directory() -> DirectoryCopy | None:
    return sql.first(DirectoryCopy, _NEWEST)


def directory_copy() -> DirectoryCopy:
    """The directory in use; raises ``PostError`` (``no-directory``) before the first was accepted."""
    held = _at_hand.get()
    copy = held.directory if held is not None and held.directory is not None else _newest_directory()
    if copy is None:
        raise PostError("no-directory", "This node has no directory yet: it comes with the first contact to the relay.")
    return copy


def directory_file() -> bytes:
    """The signed file of the directory in use, for evidence."""
    return bytes(DirectoryCopy.objects.get(version=directory_copy().version).document)


def directory() -> Directory:
    """The directory in use, decoded once."""
    copy = directory_copy()
    return _decoded_directory(copy.version, bytes(copy.digest))


def node_key_of(agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
    """A node's key by its id, if it was good at ``at`` (Unix seconds)."""
    return _key(agency, key_id, at, KeyUse.NODE)


def agency_key_of(agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
    """An agency's key by its id, if it was good at ``at`` (Unix seconds)."""
    return _key(agency, key_id, at, KeyUse.AGENCY)


def _key(agency: AgencyId, key_id: bytes, at: int, use: KeyUse) -> VerifyKey | None:
    known = directory()
    entry = known.key_by_id(key_id)
    if entry is None or entry.holder != agency or entry.use is not use or not known.takes_part(agency):
        return None
    return entry.key if entry.validity.holds(at) else None


def sealing_key_of(agency: AgencyId, at: datetime) -> SealingKey:
    """The key to which a message of ``at`` is sealed; raises ``PostError`` (``no-recipient-key``)."""
    held = _at_hand.get()
    known = None if held is None else held.sealing.get(agency)
    if known is not None and known[0] <= at < known[1]:
        return known[2]
    row = sql.first(EncryptionKey, _SEALING, str(agency), at, at)
    if row is None:
        raise PostError(
            "no-recipient-key",
            f"No key of {agency} for this week is known here. The next contact to the relay brings it: try again then.",
        )
    key = EncryptionKeyRecord.parse(bytes(row.record)).key
    if held is not None:
        held.sealing[agency] = (row.not_before, row.not_after, key)
    return key


# ---------------------------------------------------------------- what is agreed


_KNOWN: Final = "SELECT id, digest, ended_at FROM post_arrangement WHERE digest = %s"
_SIGNATURES: Final = "SELECT COUNT(*) FROM post_arrangementsignature WHERE digest = %s"
_STANDING: Final = (
    "SELECT id, digest, ended_at FROM post_arrangement WHERE state NOT IN ('draft', 'ended') "
    "ORDER BY drafted_at DESC, id"
)
_SIGNED: Final = "SELECT digest, COUNT(*) FROM post_arrangementsignature GROUP BY digest"


def checked(digest: bytes) -> CheckedArrangement | None:
    """An arrangement that this node knows, with its signatures verified; ``None`` for an unknown hash.

    The verification is kept for as long as directory, signatures and ending stay as they are.
    """
    held = _at_hand.get()
    if held is None:
        return _looked_up(digest)
    if digest not in held.arrangements:
        held.arrangements[digest] = _looked_up(digest)
    return held.arrangements[digest]


def _looked_up(digest: bytes) -> CheckedArrangement | None:
    row = sql.first(Arrangement, _KNOWN, digest.hex())
    if row is None:
        return None
    signed = sql.value(_SIGNATURES, row.digest)
    ended = None if row.ended_at is None else unix_seconds(row.ended_at)
    copy = directory_copy()
    return _checked(row.digest, signed, ended, copy.version, bytes(copy.digest))


@lru_cache(maxsize=512)
def _checked(digest: str, signed: int, ended: int | None, version: int, directory_digest: bytes) -> CheckedArrangement:
    return signed_arrangement(digest).check(_decoded_directory(version, directory_digest), ended)


def signed_arrangement(digest: str) -> SignedArrangement:
    """The document with the signatures that have arrived."""
    document = Document.decode(bytes(Arrangement.objects.get(digest=digest).document))
    rows = ArrangementSignature.objects.filter(digest=digest)
    return SignedArrangement(document, tuple(PartySignature.decode(bytes(row.encoded)) for row in rows))


def in_force(at: datetime, *, peer: AgencyId | None = None) -> list[CheckedArrangement]:
    """The arrangements in force at ``at`` (with ``peer``, or all), the newest first."""
    found = [one for one in _standing() if one.in_force(unix_seconds(at))]
    return [one for one in found if peer is None or peer in one.agencies()]


def _standing() -> list[CheckedArrangement]:
    """Those that are neither drafts nor ended, the newest first, in two queries however many there are."""
    rows = sql.found(Arrangement, _STANDING)
    signed = dict(sql.rows(_SIGNED))
    copy, held = directory_copy(), _at_hand.get()
    found = []
    for row in rows:
        ended = None if row.ended_at is None else unix_seconds(row.ended_at)
        one = _checked(row.digest, signed.get(row.digest, 0), ended, copy.version, bytes(copy.digest))
        if held is not None:
            held.arrangements[bytes.fromhex(row.digest)] = one
        found.append(one)
    return found


@dataclass(frozen=True)
class Peer:
    """Another agency of the exchange. ``name`` is the directory's, for display."""

    agency: AgencyId
    name: str
    member: str
    active: bool
    in_force: tuple[CheckedArrangement, ...]


def peers(actor: Actor, *, at: datetime, only: Collection[str] | None = None) -> list[Peer]:
    """Every other agency of the directory that has a node (of ``only``, if given), with what is in force between
    it and us.
    """
    require(actor, PostPermission.SEE_ARRANGEMENT)
    known, ours = directory(), own_agency()
    agreed = [a for a in in_force(at) if ours in a.agencies()]
    nodes = {entry.holder for entry in known.keys if entry.use is KeyUse.AGENCY}
    return [
        Peer(
            agency=agency.id,
            name=agency.name,
            member=agency.id.member,
            active=known.takes_part(agency.id),
            in_force=tuple(a for a in agreed if agency.id in a.agencies()),
        )
        for agency in sorted(known.agencies, key=lambda one: one.id)
        if agency.id != ours and agency.id in nodes and (only is None or str(agency.id) in only)
    ]


def peer_name(agency: str) -> str:
    """The directory's name of an agency, or its identifier where the directory has none."""
    try:
        entry = directory().agency(AgencyId.parse(agency))
    except PostError:
        entry = None
    return agency if entry is None else entry.name


def arrangements(actor: Actor) -> QuerySet[Arrangement]:
    """All arrangements, the latest first; drafts of ours too."""
    require(actor, PostPermission.SEE_ARRANGEMENT)
    return Arrangement.objects.all()


def document_of(arrangement: Arrangement) -> Document:
    """The terms."""
    return Document.decode(bytes(arrangement.document))


def waits_for_signature(actor: Actor, arrangement: Arrangement, *, at: datetime) -> bool:
    """Whether a signature of this person is still wanted: not theirs already, nor enough of their agency's."""
    if arrangement.state != Arrangement.State.SENT or not decide(actor, PostPermission.SIGN_ARRANGEMENT).allowed:
        return False
    terms = document_of(arrangement)
    party = terms.party(own_agency())
    ours = ArrangementSignature.objects.filter(digest=arrangement.digest, agency=str(own_agency()))
    seats = set(ours.values_list("seat", flat=True))
    if party is None or len(seats) >= party.signers or terms.ends <= unix_seconds(at):
        return False
    return seat_of(bytes.fromhex(arrangement.digest), actor.opaque).hex() not in seats


def to_sign(actor: Actor, *, at: datetime) -> list[Arrangement]:
    """The proposals that wait for a signature of this person."""
    require(actor, PostPermission.SIGN_ARRANGEMENT)
    sent = Arrangement.objects.filter(state=Arrangement.State.SENT)
    return [row for row in sent if waits_for_signature(actor, row, at=at)]


# ---------------------------------------------------------------- what was said


_BEGUN: Final = (
    "SELECT COUNT(*) FROM post_conversation WHERE peer = %s AND side = %s AND started_at > %s AND question IN ({kinds})"
)


def begun_since(at: datetime, *, peer: AgencyId, side: Side, kinds: Sequence[str]) -> int:
    """How many conversations of these kinds began after ``at``, put to (``asker``) or by (``holder``) a peer."""
    statement = _BEGUN.format(kinds=", ".join(["%s"] * len(kinds)))
    return int(sql.value(statement, str(peer), side.value, at, *kinds))


@dataclass(frozen=True)
class Event:
    """A line of a conversation's timeline: something that went out or came in."""

    at: datetime
    outgoing: bool
    kind: str
    state: str
    row: Outbox | Inbox


def timeline(conversation: Conversation) -> list[Event]:
    """What went out and came in, oldest first. Who may see it is decided by the app that the question is of."""
    sent = Outbox.objects.filter(conversation=conversation).defer("envelope", "content")
    came = Inbox.objects.filter(conversation=conversation).defer("envelope", "content")
    events = [Event(row.queued_at, True, row.kind, row.state, row) for row in sent]
    events += [Event(row.received_at, False, row.kind, row.state, row) for row in came]
    return sorted(events, key=lambda event: (event.at, str(event.row.pk)))


def _opened(row: Outbox | Inbox) -> bytes:
    if row.conversation is None or not row.content:
        raise PostError("no-content", "The content of this message is not kept.")
    key = vault.data_key(row.conversation.vault_subject)
    return open_field(key, row._meta.db_table, "content", row.pk, bytes(row.content))


def content_of(row: Inbox) -> Content:
    """What was inside, with the agency's signature; raises ``VaultError`` (``key-destroyed``) once destroyed."""
    return Content.decode(_opened(row))


def message_of(row: Outbox | Inbox) -> Message:
    """The message; raises as :func:`content_of`, and ``PostError`` (``no-content``) where none is kept."""
    return messages.decode(_opened(row) if isinstance(row, Outbox) else content_of(row).message)


def check_receipt(receipt: DestructionReceipt, peer: AgencyId) -> None:
    """A receipt is of a message that we sent ``peer`` in this exchange, and of the bytes that we sent.

    Raises ``PostError``: ``never-sent``, ``other-content``.
    """
    rows = Outbox.objects.filter(conversation__reference=receipt.meta.reference.hex(), conversation__peer=str(peer))
    sent = rows.filter(pk=UUID(bytes=receipt.message_id), kind=receipt.what).only("body_digest").first()
    if sent is None:
        raise PostError("never-sent", "The receipt names a message that was not sent in this exchange.")
    if bytes(sent.body_digest) != receipt.body_digest:
        raise PostError("other-content", "The receipt names other content than that which was sent.")


# ---------------------------------------------------------------- how it stands


def contact() -> RelayContact:
    """How it stands with the relay; a new node has had no contact."""
    return RelayContact.objects.filter(pk=1).first() or RelayContact(pk=1)


def outbox(actor: Actor) -> QuerySet[Outbox]:
    """What went out, the latest first, for the administrator; no contents."""
    require(actor, PostPermission.SEE_POST)
    return Outbox.objects.defer("envelope", "content", "header", "signature")


def inbox(actor: Actor) -> QuerySet[Inbox]:
    """What came in, the latest first, for the administrator; no contents."""
    require(actor, PostPermission.SEE_POST)
    return Inbox.objects.defer("envelope", "content", "header", "signature")


def own_keys(actor: Actor) -> QuerySet[EncryptionKey]:
    """Our weekly keys, oldest first."""
    require(actor, PostPermission.SEE_POST)
    return EncryptionKey.objects.filter(is_ours=True).order_by("not_before")
