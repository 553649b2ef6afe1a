"""An invented region in front of a relay: keys, a signed directory, and nodes that sign their requests."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from rso.base.clock import SystemClock, unix_seconds
from rso.relay.rules import Registration
from rso.wire import cbor, httpsig
from rso.wire.checkpoint import NoteVerifier
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, LogEntry, Member, MemberKind, Status, Validity
from rso.wire.envelope import Sealed, seal
from rso.wire.epochs import Epoch
from rso.wire.header import ServiceClass
from rso.wire.httpsig import Request
from rso.wire.identifiers import AgencyId
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import OpeningKey, SigningKey
from rso.wire.message import Meta
from rso.wire.messages import ArrangementEnd, Message, WrittenRequest
from rso.wire.trust import SignedDirectory, TrustAnchor

AVARIA = AgencyId.parse("XAV/GOV/BORDER")
BORDUNA = AgencyId.parse("XBD/GOV/IMMIGRATION")
CESTRIA = AgencyId.parse("XCS/GOV/POLICE")
RELAY = AgencyId.parse("RSO/ORG/RELAY")
HOST = "testserver"
ARRANGEMENT = hashlib.sha256(b"synthetic arrangement").digest()
DAY = 86_400


@cache
def key(name: str) -> SigningKey:
    """A synthetic signing key, always the same for one name."""
    return SigningKey(hashlib.sha512(f"synthetic {name}".encode()).digest())


@cache
def opening_key(agency: AgencyId, epoch: Epoch) -> OpeningKey:
    return OpeningKey.generate(epoch)


ROOTS = [key(f"root {number}") for number in range(3)]
ANCHOR = TrustAnchor.of([root.public for root in ROOTS], threshold=2)


def now() -> datetime:
    return SystemClock().now()


def seconds() -> int:
    return unix_seconds(now())


def directory_file(
    log_key: NoteVerifier,
    relay_key: SigningKey,
    *,
    version: int = 1,
    cestria: Status = Status.ACTIVE,
    expires_in: int = DAY,
    avaria: Validity | None = None,
    roots: tuple[SigningKey, ...] = tuple(ROOTS[:2]),
) -> bytes:
    """A directory of the region, signed by ``roots``."""
    times = {} if avaria is None else {(AVARIA, KeyUse.NODE): avaria}
    always = Validity(seconds() - 30 * DAY)
    agencies = (AVARIA, BORDUNA, CESTRIA)
    content = Directory(
        version=version,
        issued=seconds() - DAY,
        expires=seconds() + expires_in,
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
            Agency(CESTRIA, "Police (synthetic)", cestria),
        ),
        services=(),
        keys=(
            KeyEntry(RELAY, KeyUse.NODE, relay_key.public, always),
            *(
                KeyEntry(agency, use, key(f"{agency} {use}").public, times.get((agency, use), always))
                for agency in agencies
                for use in KeyUse
            ),
        ),
        logs=(LogEntry(log_key, always),),
    )
    file = SignedDirectory(content.encode())
    for root in roots:
        file = file.signed_by(root)
    return file.encode()


@dataclass
class Node:
    """A node as the relay meets it: it signs, sends and reads CBOR."""

    agency: AgencyId
    client: Client
    shift: timedelta = timedelta()
    """How wrong this node's clock is."""

    @property
    def node_key(self) -> SigningKey:
        return key(f"{self.agency} {KeyUse.NODE}")

    def signed(self, method: str, address: str, body: bytes = b"") -> dict[str, str]:
        parts = urlsplit(address)
        request = Request(method, HOST, parts.path, parts.query, body)
        return httpsig.sign(request, self.agency, self.node_key, now=now() + self.shift, random=secrets.token_bytes)

    def send(self, method: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None) -> HttpResponse:
        fields = self.signed(method, address, body) if headers is None else headers
        kind = {"content_type": "application/cbor"} if body else {"content_type": ""}
        return self.client.generic(method, address, body, headers=fields, **kind)  # type: ignore[arg-type, return-value]

    def get(self, address: str) -> HttpResponse:
        return self.send("GET", address)

    def put(self, address: str, content: Any) -> HttpResponse:
        return self.send("PUT", address, content if isinstance(content, bytes) else cbor.encode(content))

    def post(self, address: str, content: Any = None) -> HttpResponse:
        return self.send("POST", address, b"" if content is None else cbor.encode(content))

    # ------------------------------------------------------------ the exchange

    def hand_in(self, *messages: Sealed) -> list[dict[str, Any]]:
        """What the relay says to each of the messages, handed in together."""
        return body(self.submit([submission(message) for message in messages]))["items"]  # type: ignore[no-any-return]

    def submit(self, items: Any) -> HttpResponse:
        return self.post("/v1/submissions", {"items": items})

    def acknowledge(self, *ids: UUID) -> list[UUID]:
        """The ids that the relay does not know."""
        told = body(self.post("/v1/acknowledgements", {"ids": [message_id.bytes for message_id in ids]}))
        return [UUID(bytes=message_id) for message_id in told["unknown"]]

    def states(self, *ids: UUID) -> list[str]:
        told = body(self.get(f"/v1/states?ids={','.join(message_id.hex for message_id in ids)}"))["states"]
        assert [UUID(bytes=item["id"]) for item in told] == list(ids)
        return [item["state"] for item in told]

    def register(self, registration: Registration, digest: bytes = ARRANGEMENT) -> HttpResponse:
        return self.put(f"/v1/arrangements/{digest.hex()}", registration.encode())

    def publish(self, epoch: Epoch) -> HttpResponse:
        record = EncryptionKeyRecord.issue(self.agency, opening_key(self.agency, epoch).public, self.node_key)
        return self.put("/v1/keys", record.encode())


def submission(message: Sealed) -> dict[str, bytes]:
    """One item of what is handed in."""
    return {"blind": message.blind, "envelope": message.envelope}


def body(response: HttpResponse) -> dict[str, Any]:
    """The CBOR of an answer."""
    value = cbor.decode(response.content, limit=64 * 1024 * 1024)
    assert isinstance(value, dict)
    return value


def refusal(response: HttpResponse) -> tuple[int, str]:
    """Status and code of an error."""
    content = body(response)
    assert set(content) == {"code", "message", "now", "retry_after"}
    return response.status_code, str(content["code"])


def item_code(result: list[dict[str, Any]]) -> str:
    """The code with which the only message handed in was refused; empty if it was accepted."""
    (item,) = result
    assert set(item) == {"code", "id", "index", "proof", "receipt", "retry_after"}
    if item["code"]:
        assert (item["index"], item["proof"], item["receipt"]) == (None, [], b"")
    return str(item["code"])


def registration(**changes: Any) -> Registration:
    """An arrangement between Avaria and Borduna, in force now; the same for all processes of one week."""
    week = seconds() - seconds() % (7 * DAY)
    content = {
        "parties": (AVARIA, BORDUNA),
        "starts": week - DAY,
        "ends": week + 9 * DAY,
        "per_day": {AVARIA: 50, BORDUNA: 50},
    }
    return Registration(**(content | changes))


def letter(sender: AgencyId, recipient: AgencyId, text: str = "A synthetic question.") -> WrittenRequest:
    meta = Meta(
        recipient.service("written-request"),
        sender.service("written-request"),
        secrets.token_bytes(16),
        "identity-verification",
        "domestic-law",
    )
    return WrittenRequest(meta, "Synthetic subject", text, seconds() + DAY, ())


def ending(sender: AgencyId, recipient: AgencyId) -> ArrangementEnd:
    meta = Meta(recipient.service("arrangements"), sender.service("arrangements"), secrets.token_bytes(16), None, None)
    return ArrangementEnd(meta, ARRANGEMENT, "no-longer-needed")


def sealed(
    sender: AgencyId = AVARIA,
    recipient: AgencyId = BORDUNA,
    message: Message | None = None,
    *,
    arrangement: bytes | None = ARRANGEMENT,
    service_class: ServiceClass = ServiceClass.EXCHANGE,
    created: int | None = None,
    lifetime: int = DAY,
    node_key: SigningKey | None = None,
) -> Sealed:
    """A message sealed for ``recipient``'s key of this week."""
    made = seconds() if created is None else created
    return seal(
        message or letter(sender, recipient),
        sender=sender,
        recipient=recipient,
        arrangement=arrangement,
        created=made,
        expires=made + lifetime,
        agency_key=key(f"{sender} {KeyUse.AGENCY}"),
        node_key=node_key or key(f"{sender} {KeyUse.NODE}"),
        sealing_key=opening_key(recipient, Epoch.of(now())).public,
        service_class=service_class,
    )


def write_anchor(path: Path) -> None:
    path.write_bytes(ANCHOR.encode())


def directory_logs(path: Path) -> tuple[NoteVerifier, ...]:
    """The keys of the logs that a directory file names."""
    return Directory.decode(SignedDirectory.decode(path.read_bytes()).body).log_keys(seconds())
