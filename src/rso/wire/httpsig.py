"""Requests of a node to the relay, signed as HTTP Message Signatures (RFC 9421) with Ed25519.

Only the part that the exchange needs, and only one spelling of it: every request covers the method, the authority,
path, query and the digest of its body (RFC 9530, of an empty body too), with ``created``, a nonce, the key id, the
algorithm and a tag of our own. A verifier refuses anything less. The post-quantum half of a node's key has no
algorithm registered for HTTP; the envelope inside is signed with both (exchange.md, "Relay").

The key is the Ed25519 half of the node's signing key. Its other uses sign a representative that begins with a label
of its own, which no signature base of RFC 9421 begins with, so neither can be passed off as the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rso.base.clock import unix_seconds
from rso.wire import limits
from rso.wire.errors import WireError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID, SigningKey, VerifyKey

LABEL = "rso"
TAG = "rso-relay-1"
ALGORITHM = "ed25519"
FRESH_SECONDS = 120
"""How old a request may be, and how far its clock may be ahead."""
NONCE = 16
MAX_HEADER = 1024
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]{44}):")
_SIGNATURE = re.compile(rf"{LABEL}=:([A-Za-z0-9+/=]{{88}}):")
_INPUT = re.compile(
    rf"{LABEL}="
    r"(\((?P<covered>\"[a-z@-]{1,40}\"(?: \"[a-z@-]{1,40}\"){0,9})\)"
    r";created=(?P<created>[0-9]{1,12})"
    r";nonce=\"(?P<nonce>[A-Za-z0-9_-]{22})\""
    r";keyid=\"(?P<keyid>[A-Za-z0-9/#-]{1,120})\""
    r";alg=\"(?P<alg>[a-z0-9-]{1,30})\""
    r";tag=\"(?P<tag>[a-z0-9-]{1,30})\")",
    re.ASCII,
)


class RequestSignatureError(WireError):
    """A request that is not signed, not fresh, or not signed by whom it says."""


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request is signed. ``path`` begins with ``/`` and ``query`` has no question mark; both as sent."""

    method: str
    authority: str
    path: str
    query: str = ""
    body: bytes = b""

    def components(self, digest: str) -> list[tuple[str, str]]:
        """The covered components (RFC 9421, 2.2) in the order of ``COVERED``.

        ``digest`` is the :func:`content_digest` of the body, which may be of many megabytes: take it once.
        """
        values = (self.method, self.authority.lower(), self.path, "?" + self.query, digest)
        return list(zip(COVERED, values, strict=True))


@dataclass(frozen=True, slots=True)
class KeyName:
    """The ``keyid`` of a node: whose key, and which of its keys. Written ``XAV/GOV/BORDER#<32 hex digits>``."""

    agency: AgencyId
    key_id: bytes

    def __str__(self) -> str:
        return f"{self.agency}#{self.key_id.hex()}"

    @classmethod
    def parse(cls, value: str) -> KeyName:
        """The inverse of ``str``; raises :class:`RequestSignatureError` or ``MalformedError``."""
        agency, _, key_id = value.partition("#")
        if not re.fullmatch(rf"[0-9a-f]{{{2 * KEY_ID}}}", key_id):
            raise RequestSignatureError("bad-key-name", "The keyid must be AGENCY#KEY, the key in 32 hex digits.")
        return cls(AgencyId.parse(agency), bytes.fromhex(key_id))


@dataclass(frozen=True, slots=True)
class Signed:
    """The parameters of a signature that verified: by whom, when (Unix seconds), and its nonce for the replay guard."""

    by: KeyName
    created: int
    nonce: str


# ---------------------------------------------------------------- making


def content_digest(body: bytes) -> str:
    """The value of the field Content-Digest (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signature_base(components: Iterable[tuple[str, str]], parameters: str) -> bytes:
    """What is signed (RFC 9421, 2.5): one line for each component and one for the parameters."""
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def sign(
    request: Request, agency: AgencyId, key: SigningKey, *, now: datetime, random: Callable[[int], bytes]
) -> dict[str, str]:
    """The three header fields that authenticate ``request`` as sent by the node of ``agency``."""
    nonce = base64.urlsafe_b64encode(random(NONCE)).rstrip(b"=").decode()
    covered = " ".join(f'"{name}"' for name in COVERED)
    parameters = (
        f'({covered});created={unix_seconds(now)};nonce="{nonce}"'
        f';keyid="{KeyName(agency, key.key_id)}";alg="{ALGORITHM}";tag="{TAG}"'
    )
    digest = content_digest(request.body)
    signature = _classical_private(key).sign(signature_base(request.components(digest), parameters))
    return {
        "Content-Digest": digest,
        "Signature-Input": f"{LABEL}={parameters}",
        "Signature": f"{LABEL}=:{base64.b64encode(signature).decode()}:",
    }


# ---------------------------------------------------------------- verification


def check_body(headers: Callable[[str], str | None], body: bytes) -> None:
    """Raises unless the field Content-Digest is that of ``body``."""
    if _digest(headers) != content_digest(body):
        raise RequestSignatureError("body-digest-mismatch", "The body is not the one that was signed.")


def verify(
    request: Request,
    headers: Callable[[str], str | None],
    *,
    now: datetime,
    resolve: Callable[[KeyName], VerifyKey | None],
) -> Signed:
    """Who signed ``request``. The caller must still refuse a nonce that it has seen.

    ``headers`` gives a field's value by name, or None. ``resolve`` gives the key that the directory has for a key
    name at present, or None. Raises :class:`RequestSignatureError` with one of the codes ``not-signed``,
    ``bad-signature-input``, ``bad-content-digest``, ``body-digest-mismatch``, ``bad-key-name``, ``unknown-key``,
    ``clock-behind``, ``clock-ahead``, ``bad-request-signature``.
    """
    signed = verify_head(request, headers, now=now, resolve=resolve)
    check_body(headers, request.body)
    return signed


def verify_head(
    request: Request,
    headers: Callable[[str], str | None],
    *,
    now: datetime,
    resolve: Callable[[KeyName], VerifyKey | None],
) -> Signed:
    """As :func:`verify`, but for the body, which is not looked at: for whoever reads it from nobody unknown.

    The signature is over the body's digest as the head says it. The caller must still :func:`check_body`.
    """
    signature = _signature(headers)
    parameters, signed = _parameters(headers)
    digest = _digest(headers)
    key = resolve(signed.by)
    if key is None or key.key_id != signed.by.key_id:
        raise RequestSignatureError("unknown-key", "The directory has no such node key that is good now.")
    try:
        _classical_public(key).verify(signature, signature_base(request.components(digest), parameters))
    except InvalidSignature:
        raise RequestSignatureError("bad-request-signature", "The signature of the request does not verify.") from None
    _check_fresh(signed.created, unix_seconds(now))
    return signed


def _check_fresh(created: int, now: int) -> None:
    """After the signature, so that only a holder of the key learns how far its clock is off."""
    if created < now - FRESH_SECONDS:
        raise RequestSignatureError(
            "clock-behind", f"The request is {now - created} s old: check the node's clock, or send it again."
        )
    if created > now + FRESH_SECONDS:
        raise RequestSignatureError(
            "clock-ahead", f"The request is dated {created - now} s in the future: check the node's clock."
        )


def _header(headers: Callable[[str], str | None], name: str) -> str:
    value = headers(name)
    if not value:
        raise RequestSignatureError("not-signed", f"The request lacks the field {name}.")
    if len(value) > MAX_HEADER:
        raise RequestSignatureError("bad-signature-input", f"The field {name} is too long.")
    return value


def _digest(headers: Callable[[str], str | None]) -> str:
    given = _header(headers, "Content-Digest")
    if not _DIGEST.fullmatch(given):
        raise RequestSignatureError("bad-content-digest", "Content-Digest must be one SHA-256 (RFC 9530).")
    return given


def _signature(headers: Callable[[str], str | None]) -> bytes:
    match = _SIGNATURE.fullmatch(_header(headers, "Signature"))
    if match is None:
        raise RequestSignatureError("bad-signature-input", "The field Signature is not as expected.")
    try:
        raw = base64.b64decode(match[1], validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != 64:
        raise RequestSignatureError("bad-signature-input", "The field Signature is not as expected.")
    return raw


def _parameters(headers: Callable[[str], str | None]) -> tuple[str, Signed]:
    match = _INPUT.fullmatch(_header(headers, "Signature-Input"))
    if match is None:
        raise RequestSignatureError("bad-signature-input", "The field Signature-Input is not as expected.")
    covered = tuple(name.strip('"') for name in match["covered"].split(" "))
    if covered != COVERED:
        raise RequestSignatureError("bad-signature-input", f"A signature covers {', '.join(COVERED)}.")
    if match["alg"] != ALGORITHM or match["tag"] != TAG:
        raise RequestSignatureError("bad-signature-input", f"The algorithm is {ALGORITHM} and the tag {TAG}.")
    created = int(match["created"])
    if created > limits.UNIX_SECONDS:
        raise RequestSignatureError("bad-signature-input", "The time of the signature is out of bounds.")
    return match[1], Signed(KeyName.parse(match["keyid"]), created, match["nonce"])


# ---------------------------------------------------------------- the Ed25519 half of a hybrid key


def _classical_private(key: SigningKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key.to_bytes()[:32])


@lru_cache(maxsize=1024)
def _classical_public(key: VerifyKey) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key.to_bytes()[:32])
