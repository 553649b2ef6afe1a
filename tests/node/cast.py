"""Whoever acts in the tests of questions and answers, and the ways that several tests go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.node.people import acting
from tests.node.prints import finger, png
from tests.node.region import Peer, Region

from rso.accounts.rules import Actor, Role, system_actor
from rso.node.gallery.actions import ReadFinger, enrol
from rso.node.gallery.models import Subject
from rso.node.searches.actions import asking, destroying, searching
from rso.node.searches.models import ReceivedProbe, Search
from rso.policy.protection import Origin, ProtectionState, Reply
from rso.wire.messages import Message, Probe

MACHINE = system_actor("search")
NO = dict.fromkeys(("asylum_seeker", "refugee", "stateless", "trafficking_victim", "child"), Reply.NO)
IDENTITY = {"family-name": "Canary-Ferreira", "given-names": "Ana", "birth-date": "1990-05-01", "sex": "F"}


def state(*countries: str, **changes: Any) -> ProtectionState:
    """Nobody protected, of known origin, unless changed."""
    plain: dict[str, Any] = {
        **NO,
        "nationality": Origin.known(*(countries or ("XAV",))),
        "residence": Origin.known(*(countries or ("XAV",))),
        "feared": Origin.known(),
    }
    return ProtectionState(**(plain | changes))


#: A refugee from Borduna.
REFUGEE = state("XBD", refugee=Reply.YES, feared=Origin.known("XBD"))


@dataclass(frozen=True)
class Cast:
    """One person for each role of the node."""

    officer: Actor
    protection: Actor
    examiner: Actor
    second: Actor
    approver: Actor


def cast() -> Cast:
    return Cast(
        acting(Role.OFFICER),
        acting(Role.PROTECTION_OFFICER),
        acting(Role.EXAMINER),
        acting(Role.EXAMINER),
        acting(Role.APPROVER),
    )


def enrolled(region: Region, seed: int, protection: ProtectionState | None = None, **options: Any) -> Subject:
    """A subject of the gallery with one finger."""
    return enrol(
        acting(Role.OFFICER),
        reference=options.get("reference", f"S-{seed}"),
        identity=IDENTITY,
        protection=protection or state(),
        fingers=[finger(seed)],
        synthetic=True,
        now=region.now(),
    )


def drafted(region: Region, officer: Actor, protection: ProtectionState | None = None, **changes: Any) -> Search:
    """A question of Avaria's about another impression of finger 1."""
    fields: dict[str, Any] = {
        "purpose": "identity-verification",
        "legal_basis": "domestic-law",
        "own_reference": "Case 7",
        "protection": protection or state(),
        "synthetic": True,
    }
    read: ReadFinger = finger(1, 2, 1)
    return asking.create(officer, draft=asking.Draft(**(fields | changes)), finger=read, now=region.now())


def probe_of(peer: Peer, seed: int, impression: int = 1, position: int = 2, image: bytes = b"") -> Probe:
    """A question of a peer's to Avaria."""
    return Probe(
        peer.meta("fingerprint-search"),
        modality="fingerprint",
        finger_position=position,
        resolution_ppi=500,
        image=image or png(seed, impression),
    )


def asked_by(region: Region, peer: Peer, probe: Probe, digest: bytes) -> ReceivedProbe:
    """The peer asks; the node takes the question and searches."""
    peer.send(probe, digest)
    region.exchange()
    received = ReceivedProbe.objects.get(conversation__reference=probe.meta.reference.hex())
    searching.search_probes(MACHINE, pks=[received.pk], clock=region.clock)
    destroying.destroy_answered(MACHINE, clock=region.clock)
    received.refresh_from_db()
    return received


def mail_after_tick(region: Region, peer: Peer) -> list[Message]:
    """What has reached the peer once the tick has come."""
    region.clock.step(seconds=61)
    region.exchange()
    return peer.mail()
