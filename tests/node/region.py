"""An invented region around one node: Avaria is the node under test, the others and the relay are built from ``wire``.

Real keys, real envelopes, a real log; only the network is missing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from pytest_django import Settings

from rso.accounts.rules import system_actor
from rso.base.clock import SteppedClock, unix_seconds
from rso.node.post import actions, queries
from rso.node.post.actions import keys
from rso.node.post.models import Arrangement, ArrangementSignature
from rso.node.post.ports import Accepted, Delivery, Registration, Submission, TransportError
from rso.node.vault.actions import store_signing_key
from rso.node.vault.rules import Secret
from rso.wire import httpsig
from rso.wire.arrangement import Arrangement as Document
from rso.wire.arrangement import draft, draft_party
from rso.wire.checkpoint import Checkpoint, NoteSigner
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, LogEntry, Member, MemberKind, Validity
from rso.wire.envelope import Content, Envelope, Sealed, seal
from rso.wire.epochs import Epoch
from rso.wire.header import ServiceClass
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import PartySignature
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import OpeningKey, SigningKey
from rso.wire.limits import DAY, LIFETIME
from rso.wire.log import MemoryLog, blinded_leaf, inclusion_proof
from rso.wire.messages import Message, Meta, Probe, WrittenRequest, decode
from rso.wire.questions import PNG
from rso.wire.receipt import LogReceipt, log_origin
from rso.wire.sealing import open_body, unpad
from rso.wire.trust import SignedDirectory, TrustAnchor

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AVARIA = AgencyId.parse("XAV/GOV/BORDER")
BORDUNA = AgencyId.parse("XBD/GOV/IMMIGRATION")
CESTRIA = AgencyId.parse("XCS/GOV/POLICE")
RELAY = AgencyId.parse("RSO/ORG/RELAY")
PURPOSE, BASIS = "identity-verification", "domestic-law"
SYSTEM = system_actor("test")


@cache
def key(name: str) -> SigningKey:
    """A synthetic signing key, always the same for one name."""
    return SigningKey(hashlib.sha512(f"synthetic {name}".encode()).digest())


@cache
def opening(agency: AgencyId, epoch: Epoch) -> OpeningKey:
    """A synthetic weekly key, the same through one run."""
    return OpeningKey.generate(epoch)


LOG = NoteSigner(log_origin(RELAY), hashlib.sha256(b"synthetic log").digest())
ROOTS = [key(f"root {number}") for number in range(3)]
ANCHOR = TrustAnchor.of([root.public for root in ROOTS], threshold=2)


def directory(**changes: object) -> Directory:
    """The region's directory."""
    always, agencies = Validity(unix_seconds(START) - 400 * DAY), (AVARIA, BORDUNA, CESTRIA)
    plain = Directory(
        version=1,
        issued=unix_seconds(START) - DAY,
        expires=unix_seconds(START) + 100 * DAY,
        members=(
            Member("RSO", "Regional Support Office", MemberKind.ORGANISATION),
            Member("XAV", "Avaria (synthetic)"),
            Member("XBD", "Borduna (synthetic)"),
            Member("XCS", "Cestria (synthetic)"),
        ),
        agencies=(
            Agency(RELAY, "Relay"),
            Agency(AVARIA, "Border Service (synthetic)"),
            Agency(BORDUNA, "Immigration (synthetic)"),
            Agency(CESTRIA, "Police (synthetic)"),
        ),
        services=tuple(agency.service(name) for agency in agencies for name in ("fingerprint-search",)),
        keys=(
            KeyEntry(RELAY, KeyUse.NODE, key("relay").public, always),
            *(KeyEntry(agency, use, key(f"{agency} {use}").public, always) for agency in agencies for use in KeyUse),
        ),
        logs=(LogEntry(LOG.verifier, always),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def signed(content: Directory) -> bytes:
    """The file of a directory, signed by two roots."""
    return SignedDirectory(content.encode()).signed_by(ROOTS[0]).signed_by(ROOTS[1]).encode()


@dataclass
class MemoryRelay:
    """Implements the node's ``Transport`` for Avaria, and lets the others put and fetch beside it."""

    clock: SteppedClock
    shift: timedelta = timedelta()
    """How far the relay's clock is ahead of the node's."""
    away: bool = False
    spoil_receipts: bool = False
    refuse_with: str = ""
    file: bytes = b""
    log: MemoryLog = field(default_factory=MemoryLog)
    boxes: dict[AgencyId, dict[UUID, Delivery]] = field(default_factory=dict)
    receipts: dict[UUID, Accepted] = field(default_factory=dict)
    puts: list[tuple[UUID, bytes]] = field(default_factory=list)
    acknowledged: list[UUID] = field(default_factory=list)
    records: dict[str, list[bytes]] = field(default_factory=dict)
    registered: list[Registration] = field(default_factory=list)
    others_registered: bool = True
    ended: list[bytes] = field(default_factory=list)

    def _here(self) -> None:
        if self.away:
            raise TransportError("relay-away", "The relay was not reached.", away=True)

    def contact(self) -> datetime:
        self._here()
        theirs = self.clock.now() + self.shift
        if abs(self.shift) > timedelta(seconds=httpsig.FRESH_SECONDS):
            raise TransportError("clock-behind", "Compare clocks.", away=True, their_time=theirs)
        return theirs

    def put_all(self, items: Sequence[Submission]) -> list[Accepted | TransportError]:
        self._here()
        self.puts += [(item.id, item.envelope) for item in items]
        if self.refuse_with:
            return [TransportError(self.refuse_with, "Refused.", away=False) for _ in items]
        return list(self.accept_all([(item.envelope, item.blind) for item in items]))

    def accept_all(self, items: Sequence[tuple[bytes, bytes]]) -> list[Accepted]:
        """Holds envelopes (with their blinds) for their recipients under one receipt; what any node hands in."""
        envelopes = [(Envelope.decode(envelope), envelope, blind) for envelope, blind in items]
        fresh = {read.header.id: (read, data, blind) for read, data, blind in envelopes}
        fresh = {key: item for key, item in fresh.items() if key not in self.receipts}
        first = len(self.log)
        for read, _, blind in fresh.values():
            self.log.append(blinded_leaf(read.commitment, blind))
        receipt = self._receipt(first) if fresh else b""
        for index, (read, data, _) in enumerate(fresh.values(), first):
            proof = tuple(inclusion_proof(self.log.read, index, len(self.log)))
            accepted = self.receipts[read.header.id] = Accepted(receipt, index, proof)
            box = self.boxes.setdefault(read.header.recipient, {})
            box[read.header.id] = Delivery(read.header.id, data, accepted)
        found = [self.receipts[read.header.id] for read, _, _ in envelopes]
        return [replace(one, proof=(*one.proof, bytes(32))) if self.spoil_receipts else one for one in found]

    def _receipt(self, first: int) -> bytes:
        """For all entries from ``first`` on."""
        return LogReceipt.issue(
            key("relay"),
            relay=RELAY,
            first=first,
            accepted=unix_seconds(self.clock.now()),
            checkpoint=Checkpoint(LOG.name, len(self.log), self.log.root()).sign(LOG),
        ).encode()

    def states_of(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        self._here()
        return {one: "acknowledged" if one in self.acknowledged else "held" for one in ids}

    def wait(self, seconds: int) -> int:
        self._here()
        return len(self.boxes.get(AVARIA, {}))

    def fetch(self, *, wait_s: int, limit: int) -> tuple[list[Delivery], bool]:
        self._here()
        waiting = list(self.boxes.get(AVARIA, {}).values())
        return waiting[:limit], len(waiting) > limit

    def acknowledge_all(self, ids: Sequence[UUID]) -> None:
        self._here()
        self.acknowledged += ids
        for box in self.boxes.values():
            for one in ids:
                box.pop(one, None)

    def directory(self) -> bytes | None:
        self._here()
        return self.file or None

    def publish_key(self, record: bytes) -> None:
        self._here()
        self.records.setdefault(str(AVARIA), []).append(record)

    def keys(self, agency: str) -> list[bytes]:
        self._here()
        return self.records.get(agency, [])

    def register(self, arrangement: Registration) -> bool:
        self._here()
        self.registered.append(arrangement)
        return self.others_registered

    def end(self, digest: bytes) -> None:
        self._here()
        self.ended.append(digest)


@dataclass
class Peer:
    """Another agency's node: it seals, opens and sends, and keeps nothing."""

    agency: AgencyId
    relay: MemoryRelay

    def records(self) -> list[bytes]:
        """Its weekly keys, twenty weeks of them."""
        found, epoch = [], Epoch.of(self.relay.clock.now())
        for _ in range(20):
            issued = EncryptionKeyRecord.issue(self.agency, opening(self.agency, epoch).public, self.node_key)
            found.append(issued.encode())
            epoch = epoch.next()
        return found

    @property
    def node_key(self) -> SigningKey:
        return key(f"{self.agency} {KeyUse.NODE}")

    @property
    def agency_key(self) -> SigningKey:
        return key(f"{self.agency} {KeyUse.AGENCY}")

    def meta(self, service: str, reference: bytes | None = None) -> Meta:
        """The common part of a question of this peer to Avaria."""
        to, back = AVARIA.service(service), self.agency.service(service)
        return Meta(to, back, reference or secrets.token_bytes(16), PURPOSE, BASIS)

    def arrangement_meta(self, terms: Document) -> Meta:
        to, back = AVARIA.service("arrangements"), self.agency.service("arrangements")
        return Meta(to, back, terms.reference, None, None)

    def seal(self, message: Message, arrangement: bytes | None, **changes: object) -> Sealed:
        """A message to Avaria, sealed to its key of this week."""
        created = unix_seconds(self.relay.clock.now())
        sealing = queries.EncryptionKey.objects.filter(is_ours=True, epoch=str(Epoch.of(self.relay.clock.now()))).get()
        values: dict[str, object] = {
            "sender": self.agency,
            "recipient": AVARIA,
            "arrangement": arrangement,
            "created": created,
            "expires": created + LIFETIME,
            "agency_key": self.agency_key,
            "node_key": self.node_key,
            "sealing_key": EncryptionKeyRecord.parse(bytes(sealing.record)).key,
            "service_class": ServiceClass.EXCHANGE if arrangement else ServiceClass.ARRANGEMENT,
        }
        return seal(message, **(values | changes))  # type: ignore[arg-type]

    def send(self, message: Message, arrangement: bytes | None, **changes: object) -> Sealed:
        """Seals a message to Avaria and puts it into the relay."""
        sealed = self.seal(message, arrangement, **changes)
        self.relay.accept_all([(sealed.envelope, sealed.blind)])
        return sealed

    def mail(self) -> list[Message]:
        """Fetches, opens and acknowledges what waits for this peer, oldest first."""
        found = []
        for delivery in list(self.relay.boxes.get(self.agency, {}).values()):
            found.append(self.open(delivery.envelope))
            self.relay.acknowledge_all([delivery.id])
        return found

    def open(self, envelope: bytes) -> Message:
        read = Envelope.decode(envelope)
        epoch = Epoch(int.from_bytes(read.header.recipient_key[:2], "big"))
        padded = open_body(read.body, opening(self.agency, epoch), read.header.digest(), read.header.bucket)
        return decode(Content.decode(unpad(padded)).message)


@dataclass
class Region:
    """The node under test, its relay, its peers and the one clock."""

    clock: SteppedClock
    relay: MemoryRelay
    borduna: Peer
    cestria: Peer

    def exchange(self, **options: object) -> actions.Pass:
        """One pass of the node, whatever the back-off says unless told otherwise."""
        return actions.exchange_once(self.relay, self.clock, **({"force": True, "random": lambda: 0.0} | options))  # type: ignore[arg-type]

    def now(self) -> datetime:
        return self.clock.now()

    def terms(self, *parties: AgencyId, **changes: object) -> Document:
        """An arrangement between Avaria and ``parties`` (Borduna where none is named), begun yesterday."""
        sides = [draft_party(agency, BASIS, "An invented act") for agency in (AVARIA, *(parties or (BORDUNA,)))]
        plain = draft(
            reference=secrets.token_bytes(16),
            title="Avaria and others (synthetic)",
            parties=sides,
            starts=unix_seconds(self.clock.now()) - DAY,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def agree(self, *parties: AgencyId, **changes: object) -> bytes:
        """An arrangement in force, as it stands after everybody has signed; returns its hash."""
        terms = self.terms(*parties, **changes)
        Arrangement.objects.create(
            digest=terms.digest().hex(),
            reference=terms.reference.hex(),
            version=1,
            title=terms.title,
            document=terms.encode(),
            state=Arrangement.State.IN_FORCE,
            drafted_at=self.now(),
            registered_at=self.now(),
        )
        for agency in terms.agencies():
            for seat in (b"first", b"second"):
                self._sign(terms, agency, seat.ljust(16, b"."))
        return terms.digest()

    def _sign(self, terms: Document, agency: AgencyId, seat: bytes) -> None:
        made = PartySignature.make(terms, agency, seat, unix_seconds(self.now()), key(f"{agency} {KeyUse.AGENCY}"))
        ArrangementSignature.objects.create(
            digest=terms.digest().hex(),
            agency=str(agency),
            seat=seat.hex(),
            signed_at=self.now(),
            encoded=made.encode(),
        )


def make_region(settings: Settings, folder: Path) -> Iterator[Region]:
    """Sets the node up as Avaria, with its keys, the directory and its peers' keys."""
    settings.RSO_AGENCY = str(AVARIA)
    settings.RSO_KEYRING = folder / "keyring"
    settings.RSO_TRUST_ANCHOR = folder / "anchor.cbor"
    settings.RSO_TRUST_ANCHOR.write_bytes(ANCHOR.encode())
    queries._decoded_directory.cache_clear()
    queries._checked.cache_clear()
    clock = SteppedClock(START)
    relay = MemoryRelay(clock, file=signed(directory()))
    region = Region(clock, relay, Peer(BORDUNA, relay), Peer(CESTRIA, relay))
    for use, kind in ((KeyUse.AGENCY, Secret.AGENCY), (KeyUse.NODE, Secret.NODE)):
        store_signing_key(SYSTEM, kind=kind, key=key(f"{AVARIA} {use}"), now=START)
    actions.accept_directory(SYSTEM, data=relay.file, now=START)
    for peer in (region.borduna, region.cestria):
        relay.records[str(peer.agency)] = peer.records()
        keys.take_peer_keys(peer.agency, peer.records(), now=START)
    keys.make_weekly_keys(SYSTEM, now=START)
    yield region


def question(to: AgencyId, reference: bytes | None = None) -> Probe:
    """An anonymous probe of Avaria's; its image is a few synthetic bytes."""
    meta = Meta(
        to.service("fingerprint-search"),
        AVARIA.service("fingerprint-search"),
        reference or secrets.token_bytes(16),
        PURPOSE,
        BASIS,
    )
    return Probe(meta, modality="fingerprint", finger_position=1, resolution_ppi=500, image=PNG + b"synthetic")


def letter(to: AgencyId, text: str = "A synthetic question.") -> WrittenRequest:
    """A written request of Avaria's."""
    meta = replace(question(to).meta, service=to.service("written-request"), reply_to=AVARIA.service("written-request"))
    return WrittenRequest(meta, subject="Synthetic", text=text, reply_by=unix_seconds(START) + DAY, handling=())
