"""A region in memory: a relay, nodes, a directory and a clock, with real keys, seals and signatures.

Nothing here is a stand-in for ``rso.wire``; it is what a relay and a node do with it, without disk and
network.
"""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from rso.base.clock import SteppedClock, unix_seconds
from rso.wire import limits
from rso.wire.conversation import Conversation, ask, receive_question
from rso.wire.envelope import Sealed, seal
from rso.wire.epochs import Epoch
from rso.wire.errors import ConversationError, VerificationError
from rso.wire.header import ServiceClass
from rso.wire.identifiers import AgencyId
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import OpeningKey, SigningKey, VerifyKey
from rso.wire.messages import DestructionReceipt, Message, Meta, Probe, Receipt
from rso.wire.questions import PNG
from rso.wire.steps import Step
from rso.wire.verify import Opened, open_inner, verify_outer

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AVARIA = AgencyId.parse("XAV/GOV/BORDER")
BORDUNA = AgencyId.parse("XBD/GOV/IMMIGRATION")
CESTRIA = AgencyId.parse("XCS/GOV/POLICE")
SERVICE = "fingerprint-search"
PURPOSE = "identification"
BASIS = "memorandum"
IMAGE = PNG + bytes(range(256)) * 200
FIELDS = frozenset({"family-name", "nationality"})
KEPT = 90 * limits.DAY


@dataclass(frozen=True)
class Agreed:
    """The terms of an arrangement, as far as verification asks for them."""

    digest: bytes
    parties: frozenset[AgencyId]
    purposes: frozenset[str]
    starts: int
    ends: int

    def agencies(self) -> frozenset[AgencyId]:
        return self.parties

    def allows_purpose(self, purpose: str) -> bool:
        return purpose in self.purposes

    def in_force(self, at: int) -> bool:
        return self.starts <= at < self.ends

    def fields_for(self, purpose: str) -> frozenset[str]:
        return FIELDS if purpose in self.purposes else frozenset()

    def kept_for(self) -> int:
        return KEPT


@dataclass
class Directory:
    """Signing keys by agency, as everybody sees them."""

    nodes: dict[AgencyId, VerifyKey] = field(default_factory=dict)
    agencies: dict[AgencyId, VerifyKey] = field(default_factory=dict)

    def node_key(self, agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
        return _matching(self.nodes.get(agency), key_id)

    def agency_key(self, agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
        return _matching(self.agencies.get(agency), key_id)


def _matching(key: VerifyKey | None, key_id: bytes) -> VerifyKey | None:
    return key if key is not None and key.key_id == key_id else None


@dataclass
class Relay:
    """A blind mailbox: checks what needs no secret, holds until acknowledged, remembers ids until they
    expire."""

    directory: Directory
    clock: SteppedClock
    mailboxes: dict[AgencyId, deque[bytes]] = field(default_factory=dict)
    taken: dict[UUID, int] = field(default_factory=dict)
    commitments: list[bytes] = field(default_factory=list)

    def put(self, data: bytes) -> None:
        verified = verify_outer(
            data,
            now=unix_seconds(self.clock.now()),
            resolve_node_key=self.directory.node_key,
            seen=self.taken.__contains__,
        )
        self.taken[verified.header.id] = verified.header.expires
        self.commitments.append(verified.envelope.commitment)
        self.mailboxes.setdefault(verified.header.recipient, deque()).append(data)

    def fetch(self, agency: AgencyId) -> bytes | None:
        box = self.mailboxes.get(agency)
        return box[0] if box else None

    def acknowledge(self, agency: AgencyId) -> None:
        self.mailboxes[agency].popleft()


@dataclass
class Node:
    """One member's side: keys, arrangements, ids taken, and conversations by reference and question."""

    agency: AgencyId
    directory: Directory
    clock: SteppedClock
    agency_key: SigningKey = field(default_factory=SigningKey.generate)
    node_key: SigningKey = field(default_factory=SigningKey.generate)
    opening: dict[bytes, OpeningKey] = field(default_factory=dict)
    peers: dict[AgencyId, EncryptionKeyRecord] = field(default_factory=dict)
    arrangements: dict[bytes, Agreed] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)
    conversations: dict[tuple[bytes, type[Message]], Conversation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.directory.nodes[self.agency] = self.node_key.public
        self.directory.agencies[self.agency] = self.agency_key.public

    @property
    def now(self) -> int:
        return unix_seconds(self.clock.now())

    def publish_key(self) -> EncryptionKeyRecord:
        key = OpeningKey.generate(Epoch.of(self.clock.now()))
        self.opening[key.key_id] = key
        return EncryptionKeyRecord.issue(self.agency, key.public, self.node_key)

    def learn_key(self, record: EncryptionKeyRecord) -> None:
        record.verify(self.directory.nodes[record.agency])
        self.peers[record.agency] = record

    def meta(self, recipient: AgencyId, purpose: str = PURPOSE) -> Meta:
        return Meta(recipient.service(SERVICE), self.agency.service(SERVICE), secrets.token_bytes(16), purpose, BASIS)

    def probe(self, recipient: AgencyId, purpose: str = PURPOSE) -> Probe:
        return Probe(self.meta(recipient, purpose), "fingerprint", 2, 500, IMAGE)

    def seal(
        self,
        message: Message,
        recipient: AgencyId,
        *,
        lifetime: int = limits.DAY,
        service_class: ServiceClass = ServiceClass.EXCHANGE,
    ) -> Sealed:
        arrangement = next(iter(self.arrangements), None)
        return seal(
            message,
            sender=self.agency,
            recipient=recipient,
            arrangement=arrangement if service_class is ServiceClass.EXCHANGE else None,
            created=self.now,
            expires=self.now + lifetime,
            agency_key=self.agency_key,
            node_key=self.node_key,
            sealing_key=self.peers[recipient].key,
            service_class=service_class,
        )

    def ask(self, question: Message, recipient: AgencyId) -> Sealed:
        """Seals a question and begins its conversation, already at the relay."""
        begun = ask(question, asker=self.agency, holder=recipient, expires=self.now + limits.DAY)
        self.conversations[question.meta.reference, type(question)] = begun.queue().at_relay()
        return self.seal(question, recipient)

    def take(self, data: bytes) -> Opened:
        """Verifies and opens; a replayed or unacceptable envelope raises and leaves no trace."""
        verified = verify_outer(
            data,
            now=self.now,
            resolve_node_key=self.directory.node_key,
            expected_recipient=self.agency,
            seen=self.taken.__contains__,
        )
        opened = open_inner(
            verified,
            now=self.now,
            opening_keys=self.opening.get,
            resolve_agency_key=self.directory.agency_key,
            arrangements=self.arrangements.get,
        )
        self._apply(opened)
        self.taken.add(opened.header.id)
        return opened

    def _apply(self, opened: Opened) -> None:
        message, header = opened.message, opened.header
        if isinstance(message, Probe):
            self.conversations[message.meta.reference, Probe] = receive_question(
                message, asker=header.sender, holder=self.agency, expires=header.expires
            )
            return
        if isinstance(message, (Receipt, DestructionReceipt)):
            return
        key = (message.meta.reference, Probe)
        if key not in self.conversations:
            raise VerificationError(Step.ORDER, "never-asked", "no question of ours has this reference")
        try:
            self.conversations[key] = self.conversations[key].receive(message, sender=header.sender, now=self.now)
        except ConversationError as error:
            raise VerificationError(Step.ORDER, error.code, error.message) from error

    def send(self, message: Message) -> Sealed:
        """The holder's notice or answer to a question that it has taken."""
        key = (message.meta.reference, Probe)
        conversation = self.conversations[key]
        self.conversations[key] = conversation.send(message, now=self.now)
        return self.seal(message, conversation.asker)


@dataclass
class Region:
    """Three invented states, a relay, and one arrangement between all of them."""

    clock: SteppedClock
    directory: Directory
    relay: Relay
    nodes: dict[AgencyId, Node]
    agreed: Agreed

    @property
    def asker(self) -> Node:
        return self.nodes[AVARIA]

    @property
    def holder(self) -> Node:
        return self.nodes[BORDUNA]

    @property
    def stranger(self) -> Node:
        return self.nodes[CESTRIA]

    def end_arrangement(self) -> None:
        """Ends it at once, at all nodes."""
        ended = replace(self.agreed, ends=unix_seconds(self.clock.now()))
        for node in self.nodes.values():
            node.arrangements[ended.digest] = ended

    def carry(self, sealed: Sealed) -> Opened:
        """Through the relay to its recipient, acknowledged."""
        self.relay.put(sealed.envelope)
        node = self.nodes[sealed.header.recipient]
        data = self.relay.fetch(node.agency)
        assert data is not None
        opened = node.take(data)
        self.relay.acknowledge(node.agency)
        return opened


def region() -> Region:
    clock = SteppedClock(START)
    directory = Directory()
    start = unix_seconds(START)
    agreed = Agreed(
        b"\xa0" * 32,
        frozenset({AVARIA, BORDUNA, CESTRIA}),
        frozenset({PURPOSE}),
        start - limits.DAY,
        start + 365 * limits.DAY,
    )
    nodes = {agency: Node(agency, directory, clock) for agency in (AVARIA, BORDUNA, CESTRIA)}
    records = [node.publish_key() for node in nodes.values()]
    for node in nodes.values():
        node.arrangements[agreed.digest] = agreed
        for record in records:
            node.learn_key(EncryptionKeyRecord.parse(record.encode()))
    return Region(clock, directory, Relay(directory, clock), nodes, agreed)
