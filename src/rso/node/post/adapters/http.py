"""The relay over HTTPS, as docs/reference/relay.md says. HTTP without TLS is for this machine's own loopback only.

The relay is not believed: whatever it answers is read with its limits, or is a :class:`TransportError`.
"""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from django.conf import settings

from rso.base.clock import Clock, SystemClock, from_unix_seconds, unix_seconds
from rso.base.errors import SettingError
from rso.node.post import queries
from rso.node.post.ports import Accepted, Delivery, Registration, Submission, TransportError
from rso.node.post.rules import PostError
from rso.node.vault import queries as vault
from rso.node.vault.rules import Secret
from rso.wire import cbor, httpsig, limits
from rso.wire.errors import WireError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SigningKey
from rso.wire.log import HASH_BYTES, MAX_SIZE

TIMEOUT_S: Final = 20.0
ANSWER_LIMIT: Final = limits.ENVELOPE + 16 * limits.MIB
ANSWER_S: Final = 900.0
"""How long an answer may take to come in, however small its pieces; the largest in a quarter of an hour."""
LONGEST_PAUSE_S: Final = limits.DAY
"""What is heeded of a pause that the relay asks for: every quota is new the next day."""
_CBOR: Final = "application/cbor"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ERROR: Final = ("code", "message", "now", "retry_after")
_RESULT: Final = ("code", "id", "index", "proof", "receipt", "retry_after")
_PROOF: Final = 64
PUT_AT_ONCE: Final = 50
ACKNOWLEDGED_AT_ONCE: Final = 200
ASKED_AT_ONCE: Final = 50
_ITEM_OVERHEAD: Final = 64
"""Bytes around an envelope in a request: the blind, the names of the fields."""
T = TypeVar("T")


class _State(StrEnum):
    """What a relay may say of a message."""

    HELD = "held"
    ACKNOWLEDGED = "acknowledged"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class HttpRelay:
    """Implements :class:`rso.node.post.ports.Transport`. ``key`` gives the node's signing key when it is needed."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        agency: AgencyId,
        key: Callable[[], SigningKey],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._agency = agency
        self._key = key
        self._clock = clock
        self._sleep = sleep
        self._seconds = seconds

    # ------------------------------------------------------------ the port

    def contact(self) -> datetime:
        fields = self._fields("POST", "/v1/contact", ("directory", "log_size", "now", "waiting"))
        return from_unix_seconds(_understood(lambda: fields.integer("now")))

    def put_all(self, items: Sequence[Submission]) -> list[Accepted | TransportError]:
        results: list[Accepted | TransportError] = []
        for batch in _batches(items):
            content = [{"blind": item.blind, "envelope": item.envelope} for item in batch]
            fields = self._fields("POST", "/v1/submissions", ("items",), cbor.encode({"items": content}))
            told = _array(fields, "items", PUT_AT_ONCE)
            if len(told) != len(batch):
                raise _malformed("another number of results")
            results += map(_result, told)
        return results

    def states_of(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        states: dict[UUID, str] = {}
        for start in range(0, len(ids), ASKED_AT_ONCE):
            named = ",".join(message_id.hex for message_id in ids[start : start + ASKED_AT_ONCE])
            fields = self._fields("GET", f"/v1/states?ids={named}", ("states",))
            states |= map(_state, _array(fields, "states", ASKED_AT_ONCE))
        if states.keys() != set(ids):
            raise _malformed("states of other messages")
        return states

    def wait(self, seconds: int) -> int:
        """The relay answers at once where it has no place for a waiting request: pauses here as long as it says."""
        fields = self._fields("GET", f"/v1/bell?wait={seconds}", ("retry_after", "waiting"), wait_s=seconds)
        waiting = _understood(lambda: fields.integer("waiting"))
        pause = _understood(lambda: fields.integer("retry_after"))
        if not waiting and pause:
            self._sleep(min(pause, seconds))
        return waiting

    def fetch(self, *, wait_s: int, limit: int) -> tuple[list[Delivery], bool]:
        path = f"/v1/mailbox?wait={wait_s}&limit={limit}"
        fields = self._fields("GET", path, ("items", "more", "retry_after"), wait_s=wait_s)
        items = [_delivery(item) for item in _array(fields, "items", 50)]
        return items, _understood(lambda: fields.flag("more"))

    def acknowledge_all(self, ids: Sequence[UUID]) -> None:
        for start in range(0, len(ids), ACKNOWLEDGED_AT_ONCE):
            named = [message_id.bytes for message_id in ids[start : start + ACKNOWLEDGED_AT_ONCE]]
            self._fields("POST", "/v1/acknowledgements", ("unknown",), cbor.encode({"ids": named}))

    def directory(self) -> bytes | None:
        try:
            return self._send("GET", "/v1/directory", b"")
        except TransportError as error:
            if error.code == "no-directory":
                return None
            raise

    def publish_key(self, record: bytes) -> None:
        self._fields("PUT", "/v1/keys", ("epoch", "keys"), record)

    def keys(self, agency: str) -> list[bytes]:
        fields = self._fields("GET", f"/v1/keys/{agency}", ("records",))
        return [_octets(item, limits.KEY_RECORD) for item in _array(fields, "records", 256)]

    def register(self, arrangement: Registration) -> bool:
        body = cbor.encode(
            {
                "ends": arrangement.ends,
                "parties": list(arrangement.parties),
                "per_day": arrangement.per_day,
                "starts": arrangement.starts,
            }
        )
        path = f"/v1/arrangements/{arrangement.digest.hex()}"
        fields = self._fields("PUT", path, ("ended", "missing", "state"), body)
        return not _array(fields, "missing", 64)

    def end(self, digest: bytes) -> None:
        self._fields("POST", f"/v1/arrangements/{digest.hex()}/end", ("ended", "missing", "state"))

    # ------------------------------------------------------------ one request

    def _send(self, method: str, path: str, body: bytes, wait_s: int = 0) -> bytes:
        request = self._client.build_request(
            method, path, content=body, timeout=httpx.Timeout(TIMEOUT_S, read=TIMEOUT_S + wait_s)
        )
        request.headers["Content-Type"] = _CBOR
        request.headers["Accept-Encoding"] = "identity"
        request.headers.update(self._signature(request, body))
        try:
            response = self._client.send(request, stream=True)
            try:
                content = self._read_at_most(response, ANSWER_LIMIT)
            finally:
                response.close()
        except httpx.HTTPError as error:
            words = f"The relay was not reached ({type(error).__name__})."
            raise TransportError("relay-away", words, away=True) from None
        if not response.is_success:
            raise _refusal(response.status_code, content)
        if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != _CBOR:
            raise _malformed("another content type")
        return content

    def _read_at_most(self, response: httpx.Response, limit: int) -> bytes:
        """The body as it came, as long as it is not longer than anything that a relay answers.

        Nothing is decompressed: a few bytes could become more than memory holds.
        """
        parts, size, until = [], 0, self._seconds() + ANSWER_S
        for part in response.iter_raw():
            size += len(part)
            if size > limit:
                raise TransportError("answer-too-large", "The relay's answer is too large to be one.", away=True)
            if self._seconds() > until:
                raise TransportError("answer-too-slow", "The relay's answer did not come to its end.", away=True)
            parts.append(part)
        return b"".join(parts)

    def _signature(self, request: httpx.Request, body: bytes) -> dict[str, str]:
        # Both parts as they are sent: httpx has percent-encoded them by now.
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        signed = httpsig.Request(request.method, request.headers["Host"], path, query, body)
        return httpsig.sign(signed, self._agency, self._key(), now=self._clock.now(), random=secrets.token_bytes)

    def _fields(self, method: str, path: str, keys: tuple[str, ...], body: bytes = b"", wait_s: int = 0) -> cbor.Fields:
        answer = self._send(method, path, body, wait_s)
        return _understood(lambda: cbor.Fields(cbor.decode(answer, limit=ANSWER_LIMIT), "an answer", keys))


def _batches(items: Sequence[Submission]) -> Iterator[list[Submission]]:
    """The items in as few requests as the relay takes them: so many at once, and so many bytes."""
    batch: list[Submission] = []
    size = 0
    for item in items:
        more = len(item.envelope) + _ITEM_OVERHEAD
        if batch and (len(batch) == PUT_AT_ONCE or size + more > limits.ENVELOPE):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += more
    if batch:
        yield batch


def _result(told: object) -> Accepted | TransportError:
    """What became of one item."""
    fields = _understood(lambda: cbor.Fields(told, "a result", _RESULT))
    code = fields.raw("code")
    if code == "":
        return _accepted(fields)
    code = _understood(lambda: fields.code("code"))
    wait = _understood(lambda: _pause(fields))
    return TransportError(code, f"The relay refused the message ({code}).", away=False, retry_after_s=wait)


def _state(told: object) -> tuple[UUID, str]:
    fields = _understood(lambda: cbor.Fields(told, "a state", ("id", "state")))
    state = _understood(lambda: fields.choice("state", _State))
    return UUID(bytes=_understood(lambda: fields.octets("id", size=16))), state.value


def _accepted(fields: cbor.Fields) -> Accepted:
    receipt = _understood(lambda: fields.octets("receipt", limit=limits.KIB * 32))
    proof = _array(fields, "proof", _PROOF)
    index = _understood(lambda: fields.integer("index", 0, MAX_SIZE - 1))
    return Accepted(receipt, index, tuple(_octets(item, HASH_BYTES) for item in proof))


def _delivery(item: object) -> Delivery:
    fields = _understood(lambda: cbor.Fields(item, "a delivery", ("envelope", "id", "index", "proof", "receipt")))
    return Delivery(
        id=UUID(bytes=_understood(lambda: fields.octets("id", size=16))),
        envelope=_understood(lambda: fields.octets("envelope", limit=limits.ENVELOPE + limits.MIB)),
        accepted=_accepted(fields),
    )


def _array(fields: cbor.Fields, key: str, most: int) -> list[object]:
    return _understood(lambda: fields.items(key, most))


def _octets(item: object, most: int) -> bytes:
    if not isinstance(item, bytes) or len(item) > most:
        raise _malformed("bytes were expected")
    return item


def _pause(fields: cbor.Fields) -> int:
    return 0 if fields.absent("retry_after") else min(fields.integer("retry_after"), LONGEST_PAUSE_S)


def _understood(read: Callable[[], T]) -> T:
    """An answer that is not what the reference says is a relay that does not work: try again later."""
    try:
        return read()
    except WireError as error:
        raise _malformed(error.code) from None


def _malformed(what: str) -> TransportError:
    return TransportError("answer-malformed", f"The relay's answer is not understood: {what}.", away=True)


def _refusal(status: int, content: bytes) -> TransportError:
    """What the relay says is wrong. 5xx, and whatever is not ours, counts as a relay that is away."""
    try:
        fields = cbor.Fields(cbor.decode(content, limit=16 * limits.KIB), "an error", _ERROR)
        code, now = fields.code("code"), fields.integer("now")
        wait = _pause(fields)
    except WireError:
        return TransportError("relay-away", f"The relay answered with status {status}.", away=True)
    # 401 is about this node and not about one message, so there is no use in trying the next.
    away = status >= 500 or status == 401
    words = f"The relay refused the request ({code})."
    return TransportError(code, words, away=away, their_time=from_unix_seconds(now), retry_after_s=wait)


# ---------------------------------------------------------------- from the settings


def _client(url: str, ca: str) -> httpx.Client:
    """Verified HTTPS, with the authority of ``ca`` (a file of PEM) or the system's own. No proxy, no redirect."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise SettingError("RSO_RELAY_URL", "must be https, except for a relay on this machine itself")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingError("RSO_RELAY_URL", "must be an address such as https://relay.example.org")
    context = ssl.create_default_context(cafile=ca or None)
    none = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # a relay sets none, and is not to be known again by one
    return httpx.Client(base_url=url, verify=context, trust_env=False, follow_redirects=False, cookies=none)


@lru_cache(maxsize=4)
def _kept(url: str, ca: str) -> httpx.Client:
    """One client for each process, since connections are kept open."""
    return _client(url, ca)


def _node_key(clock: Clock) -> SigningKey:
    """The key that the directory names; before there is a directory, the newest one in the vault."""
    try:
        named = queries.directory().node_key(queries.own_agency(), unix_seconds(clock.now()))
    except PostError:
        named = None
    if named is not None:
        return vault.node_key(named.key_id)
    held = vault.held(Secret.NODE)
    if not held:
        raise PostError("no-signing-key", "This node has no signing keys yet: make them with the command node_keys.")
    return vault.node_key(held[-1])


def relay(clock: Clock | None = None) -> HttpRelay:
    """The relay of the settings; raises ``SettingError`` for an address that is not to be trusted.

    Make one for each pass: it keeps the node's unwrapped key for as long as it lives.
    """
    clock = clock or SystemClock()
    client = _kept(settings.RSO_RELAY_URL, settings.RSO_RELAY_CA)
    return HttpRelay(client, agency=queries.own_agency(), key=cache(lambda: _node_key(clock)), clock=clock)
