"""Verification in numbered steps: pure functions that either return what is verified or raise the step that
failed.

Keys, arrangements and ids seen before are handed in. A verified envelope and an opened message are types of
their own, so that nothing unverified can be passed on by mistake.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from rso.wire import envelope as layers
from rso.wire import limits, messages, sealing
from rso.wire.envelope import Content, Envelope
from rso.wire.errors import MalformedError, VerificationError, WireError
from rso.wire.header import Header, ServiceClass
from rso.wire.identifiers import AgencyId
from rso.wire.keys import OpeningKey, VerifyKey
from rso.wire.message import Message
from rso.wire.questions import Disclosure
from rso.wire.steps import Step
from rso.wire.suites import suite_of

__all__ = [
    "Arrangements",
    "KeyResolver",
    "Opened",
    "OpeningKeys",
    "Step",
    "Terms",
    "VerifiedEnvelope",
    "open_inner",
    "verify_outer",
    "verify_outer_signature",
]


class KeyResolver(Protocol):
    """Where signing keys come from: the directory, with its whole history."""

    def __call__(self, agency: AgencyId, key_id: bytes, at: int, /) -> VerifyKey | None:
        """The key of ``agency`` with that id if it was good at ``at`` (Unix seconds), else None."""
        ...


class OpeningKeys(Protocol):
    """Where weekly private keys come from: the node's key ring."""

    def __call__(self, key_id: bytes, /) -> OpeningKey | None:
        """The key with that id, or None if there was none or it has been destroyed."""
        ...


class Terms(Protocol):
    """What verification asks of an arrangement."""

    def agencies(self) -> frozenset[AgencyId]:
        """All parties."""
        ...

    def allows_purpose(self, purpose: str) -> bool:
        """Whether one may ask for that purpose."""
        ...

    def in_force(self, at: int) -> bool:
        """Whether it is signed by all, begun and not ended at ``at`` (Unix seconds)."""
        ...

    def fields_for(self, purpose: str) -> Collection[str]:
        """The fields that may be disclosed for that purpose."""
        ...

    def kept_for(self) -> int:
        """How long what was disclosed may be kept, in seconds."""
        ...


class Arrangements(Protocol):
    """The arrangements that a node knows, by hash."""

    def __call__(self, digest: bytes, /) -> Terms | None:
        """The arrangement with that hash, in force, ended or not yet begun; None if it is not known."""
        ...


@dataclass(frozen=True, slots=True)
class VerifiedEnvelope:
    """An envelope that passed steps 1 to 7; only :func:`verify_outer` makes one."""

    envelope: Envelope
    node_key: VerifyKey

    @property
    def header(self) -> Header:
        """The verified header."""
        return self.envelope.header


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that passed steps 1 to 14; only :func:`open_inner` makes one.

    ``content`` has the blind and the agency's signature, to be kept as evidence.
    """

    envelope: Envelope
    message: Message
    content: Content
    agency_key: VerifyKey

    @property
    def header(self) -> Header:
        """The verified header."""
        return self.envelope.header


def verify_outer(
    data: bytes,
    *,
    now: int,
    resolve_node_key: KeyResolver,
    expected_recipient: AgencyId | None = None,
    seen: Callable[[UUID], bool] | None = None,
) -> VerifiedEnvelope:
    """Steps 1 to 7, which need no secret. ``now`` is Unix seconds; raises ``VerificationError`` with its
    step.

    A relay leaves ``expected_recipient`` out. ``seen`` says whether a message with that id was taken before
    (step 15); ids need to be remembered only until the message's own ``expires``.
    """
    if len(data) > limits.ENVELOPE:
        raise VerificationError(Step.SIZE, "over-limit", f"an envelope has at most {limits.ENVELOPE} bytes")
    envelope = _decoded(data)
    header = envelope.header
    _check_freshness(header, now)
    if expected_recipient is not None and header.recipient != expected_recipient:
        raise VerificationError(Step.ADDRESS, "wrong-recipient", "the envelope is for another recipient")
    node_key = resolve_node_key(header.sender, envelope.signer, header.created)
    if node_key is None:
        raise VerificationError(Step.OUTER_SIGNATURE, "unknown-key", "the node's key is not in the directory")
    verify_outer_signature(header, envelope.body_digest, envelope.signature, node_key)
    _check_body(envelope)
    if seen is not None and seen(header.id):
        raise VerificationError(Step.ORDER, "replayed", "a message with this id was taken before")
    return VerifiedEnvelope(envelope, node_key)


def verify_outer_signature(header: Header, body_digest: bytes, signature: bytes, node_key: VerifyKey) -> None:
    """Step 6 alone, as evidence without a body needs it; raises ``VerificationError``."""
    with _at(Step.OUTER_SIGNATURE):
        node_key.verify(layers.OUTER, signature, header.digest() + body_digest)


def open_inner(
    verified: VerifiedEnvelope,
    *,
    now: int,
    opening_keys: OpeningKeys,
    resolve_agency_key: KeyResolver,
    arrangements: Arrangements,
) -> Opened:
    """Steps 8 to 14, the recipient's own. ``now`` is Unix seconds; raises ``VerificationError`` with its
    step."""
    envelope = verified.envelope
    header = envelope.header
    key = opening_keys(header.recipient_key)
    if key is None:
        raise VerificationError(Step.RECIPIENT_KEY, "unknown-key", "the key of that week is not, or no longer, ours")
    header_digest = header.digest()
    with _at(Step.OPENING):
        padded = sealing.open_body(envelope.body, key, header_digest, header.bucket, suite_of(header.suite))
    with _at(Step.CONTENT):
        content = Content.decode(sealing.unpad(padded))
    agency_key = resolve_agency_key(header.sender, content.signer, header.created)
    if agency_key is None:
        raise VerificationError(Step.INNER_SIGNATURE, "unknown-key", "the agency's key is not in the directory")
    with _at(Step.INNER_SIGNATURE):
        signed = layers.inner_signed(header_digest, header.recipient, content.message_digest())
        agency_key.verify(layers.INNER, content.signature, signed)
    with _at(Step.MESSAGE):
        message = messages.decode(content.message)
        messages.check_class(message, header.service_class)
        layers.check_parties(message, header.sender, header.recipient)
    _check_arrangement(header, message, arrangements, now)
    return Opened(envelope, message, content, agency_key)


def _decoded(data: bytes) -> Envelope:
    """Steps 2 and 3."""
    try:
        return Envelope.decode(data)
    except MalformedError as error:
        step = Step.SUITE if error.code == "bad-suite" else Step.FORM
        raise VerificationError(step, error.code, error.message) from error


def _check_freshness(header: Header, now: int) -> None:
    """Step 4."""
    if header.created > now + limits.CLOCK_SKEW:
        message = "the message is from the future: compare the clocks of both sides"
        raise VerificationError(Step.FRESHNESS, "from-the-future", message)
    if header.expires <= now:
        raise VerificationError(Step.FRESHNESS, "expired", "the message has expired")
    if header.expires - header.created > limits.LIFETIME:
        raise VerificationError(Step.FRESHNESS, "too-long-lived", "the message would live too long")


def _check_body(envelope: Envelope) -> None:
    """Step 7."""
    header = envelope.header
    if len(envelope.body) != sealing.sealed_size(header.bucket, suite_of(header.suite)):
        raise VerificationError(Step.BODY_DIGEST, "wrong-size", "the body is not of its bucket's size")
    if not hmac.compare_digest(hashlib.sha256(envelope.body).digest(), envelope.body_digest):
        raise VerificationError(Step.BODY_DIGEST, "wrong-digest", "the body is not the one that was signed for")


def _check_arrangement(header: Header, message: Message, arrangements: Arrangements, now: int) -> None:
    """Steps 13 and 14. What ends something may still arrive when the arrangement has ended itself."""
    if header.arrangement is None or header.service_class is ServiceClass.ARRANGEMENT:
        return
    terms = arrangements(header.arrangement)
    if terms is None:
        raise VerificationError(Step.ARRANGEMENT, "unknown-arrangement", "the arrangement is not known")
    if not {header.sender, header.recipient} <= terms.agencies():
        raise VerificationError(Step.ARRANGEMENT, "not-a-party", "the arrangement is not between these two")
    if not message.after_end and not terms.in_force(now):
        raise VerificationError(Step.ARRANGEMENT, "not-in-force", "the arrangement is not in force")
    purpose = message.meta.purpose
    if purpose is None or not terms.allows_purpose(purpose):
        raise VerificationError(Step.PURPOSE, "purpose-not-allowed", "the arrangement does not allow this purpose")
    if isinstance(message, Disclosure):
        _check_disclosure(header, message, purpose, terms)


def _check_disclosure(header: Header, message: Disclosure, purpose: str, terms: Terms) -> None:
    """Step 14. Whoever discloses cannot widen what all parties signed: neither the fields nor how long they are
    kept."""
    if not message.fields.keys() <= set(terms.fields_for(purpose)):
        raise VerificationError(Step.PURPOSE, "field-not-agreed", "a field is not disclosed for this purpose")
    if message.expires > header.created + terms.kept_for():
        raise VerificationError(Step.PURPOSE, "kept-too-long", "what is disclosed would be kept too long")


@contextmanager
def _at(step: Step) -> Iterator[None]:
    """Gives errors of this package the step at which they happened."""
    try:
        yield
    except WireError as error:
        raise VerificationError(step, error.code, error.message) from error
