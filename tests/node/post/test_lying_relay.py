"""A relay that lies, is broken, or is something else: the node gets our errors alone, and keeps nothing of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import repeat
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.node.people import acting
from tests.node.region import AVARIA, BORDUNA, START, Region, key, question

from rso.accounts.rules import Role
from rso.base.clock import SteppedClock, unix_seconds
from rso.node.post import actions
from rso.node.post.adapters import http
from rso.node.post.adapters.http import HttpRelay
from rso.node.post.models import DirectoryCopy, EncryptionKey, Inbox, Outbox
from rso.node.post.ports import Accepted, Delivery, Registration, Submission, TransportError
from rso.wire import cbor, limits
from rso.wire.directory import KeyUse

NODE = key(f"{AVARIA} {KeyUse.NODE}")
ID = UUID(int=7)
PLACE: dict[str, Any] = {"index": 7, "proof": [b"1" * 32], "receipt": b"a receipt"}
ARRANGEMENT = {"ended": None, "missing": [], "state": "registered"}
TRUE: dict[str, dict[str, Any]] = {
    "contact": {"directory": 1, "log_size": 2, "now": unix_seconds(START), "waiting": 0},
    "submissions": {"items": [PLACE | {"code": "", "id": ID.bytes, "retry_after": None}]},
    "states": {"states": [{"id": ID.bytes, "state": "held"}]},
    "bell": {"retry_after": 0, "waiting": 0},
    "mailbox": {"items": [PLACE | {"envelope": b"sealed", "id": ID.bytes}], "more": False, "retry_after": 0},
    "acknowledgements": {"unknown": []},
    "keys": {"epoch": "2026-W48", "keys": 1},
    "records": {"records": [b"one"]},
    "arrangements": ARRANGEMENT,
    "error": {"code": "quota-used", "message": "m", "now": unix_seconds(START), "retry_after": 60},
}
"""What an honest relay answers, by the part of the path."""
REGISTRATION = Registration(b"h" * 32, (str(AVARIA), str(BORDUNA)), {str(AVARIA): 1, str(BORDUNA): 1}, 1, 2)

Call = Callable[[HttpRelay], object]


def _is_time(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is UTC


def _are_results(value: object) -> bool:
    assert isinstance(value, list)
    return len(value) == 1 and all(
        _is_accepted(one) or (isinstance(one, TransportError) and 0 <= one.retry_after_s <= limits.DAY) for one in value
    )


def _is_accepted(value: object) -> bool:
    return (
        isinstance(value, Accepted)
        and type(value.receipt) is bytes
        and type(value.index) is int
        and all(type(one) is bytes and len(one) <= 32 for one in value.proof)
    )


def _is_page(value: object) -> bool:
    items, more = value  # type: ignore[misc]
    return type(more) is bool and all(
        isinstance(one, Delivery) and type(one.envelope) is bytes and _is_accepted(one.accepted) for one in items
    )


def _are_octets(value: object) -> bool:
    return isinstance(value, list) and all(type(one) is bytes for one in value)


def _are_states(value: object) -> bool:
    return value in [{ID: state} for state in ("held", "acknowledged", "expired", "unknown")]


CALLS: dict[str, tuple[str, Call, Callable[[Any], bool]]] = {
    "contact": ("contact", lambda relay: relay.contact(), _is_time),
    "put": ("submissions", lambda relay: relay.put_all([Submission(ID, b"e", b"b")]), _are_results),
    "states": ("states", lambda relay: relay.states_of([ID]), _are_states),
    "wait": ("bell", lambda relay: relay.wait(25), lambda value: type(value) is int),
    "fetch": ("mailbox", lambda relay: relay.fetch(wait_s=0, limit=10), _is_page),
    "acknowledge": ("acknowledgements", lambda relay: relay.acknowledge_all([ID]), lambda value: value is None),
    "publish": ("keys", lambda relay: relay.publish_key(b"record"), lambda value: value is None),
    "keys": ("records", lambda relay: relay.keys(str(BORDUNA)), _are_octets),
    "register": ("arrangements", lambda relay: relay.register(REGISTRATION), lambda value: type(value) is bool),
    "end": ("arrangements", lambda relay: relay.end(b"h" * 32), lambda value: value is None),
    "directory": ("contact", lambda relay: relay.directory(), lambda value: value is None or type(value) is bytes),
}
each_call = pytest.mark.parametrize("name", CALLS)

# ---------------------------------------------------------------- what it may answer

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 64), (1 << 64) - 1)
    | st.sampled_from([-1, 0, 1, limits.UNIX_SECONDS, limits.UNIX_SECONDS + 1, "clock-off", "held", b"x" * 33])
    | st.binary(max_size=40)
    | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
STATUS = st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503])
TYPES = st.sampled_from(["application/cbor", "application/cbor", "application/cbor", "text/html", "", "\xff"])


def _changed(draw: st.DataObject, content: Any) -> Any:
    """The answer with one thing in it changed, taken away or added, at any depth."""
    how = draw.draw(st.sampled_from(["here", "here", "add", "drop", "deeper", "deeper", "deeper"]))
    if isinstance(content, dict) and content:
        name = draw.draw(st.sampled_from(sorted(content)))
        if how == "add":
            return content | {"more-than-that": draw.draw(PLAIN)}
        if how == "drop":
            return {other: value for other, value in content.items() if other != name}
        inner = _changed(draw, content[name]) if how == "deeper" else draw.draw(PLAIN)
        return content | {name: inner}
    if isinstance(content, list) and content:
        if how == "add":
            return content * draw.draw(st.integers(2, 300))
        return [_changed(draw, content[0]), *content[1:]]
    return draw.draw(PLAIN)


def _body(draw: st.DataObject, content: Any) -> bytes:
    kind = draw.draw(st.sampled_from(["changed", "changed", "changed", "true", "cut", "noise", "plain", "error"]))
    if kind == "noise":
        return draw.draw(st.binary(max_size=60))
    if kind == "plain":
        return cbor.encode(draw.draw(PLAIN))
    whole = cbor.encode(TRUE["error"] if kind == "error" else content if kind != "changed" else _changed(draw, content))
    return whole[: draw.draw(st.integers(0, len(whole)))] if kind == "cut" else whole


def lying(answer: Callable[[httpx.Request], httpx.Response], clock: SteppedClock | None = None) -> HttpRelay:
    client = httpx.Client(base_url="http://localhost", transport=httpx.MockTransport(answer))
    seconds = repeat(0.0)
    return HttpRelay(
        client,
        agency=AVARIA,
        key=lambda: NODE,
        clock=clock or SteppedClock(START),
        sleep=lambda _: None,
        seconds=lambda: next(seconds),
    )


class _Stream(httpx.SyncByteStream):
    """A body that comes in pieces, and may break off."""

    def __init__(self, *parts: bytes, breaks: bool = False) -> None:
        self._parts, self._breaks = parts, breaks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        if self._breaks:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def says(content: bytes, encoding: str = "identity") -> httpx.Response:
    headers = {"Content-Type": "application/cbor", "Content-Encoding": encoding}
    return httpx.Response(200, headers=headers, stream=_Stream(content))


# ---------------------------------------------------------------- each answer by itself


@each_call
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_an_answer_is_read_or_it_is_our_error(name: str, draw: st.DataObject) -> None:
    part, call, is_right = CALLS[name]
    headers = {"Content-Type": draw.draw(TYPES).encode("latin-1")}
    body, status = _body(draw, TRUE[part]), draw.draw(STATUS)
    breaks = draw.draw(st.booleans()) and draw.draw(st.booleans())
    relay = lying(lambda _: httpx.Response(status, headers=headers, stream=_Stream(body, breaks=breaks)))
    value: object
    try:
        value = call(relay)
    except TransportError as error:
        value = error
    if isinstance(value, TransportError):
        assert value.their_time is None or _is_time(value.their_time)
        assert 0 <= value.retry_after_s <= limits.DAY
        return
    assert not breaks
    assert status in (200, 201, 204)
    assert is_right(value)


@each_call
def test_the_true_answer_is_read(name: str) -> None:
    """Else the test above would pass for a reader that refuses everything."""
    part, call, is_right = CALLS[name]
    assert is_right(call(lying(lambda _: says(cbor.encode(TRUE[part])))))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "nonsense"])
def test_nothing_is_decompressed(encoding: str) -> None:
    """A few kilobytes that would be megabytes."""
    bomb = gzip.compress(bytes(4 * limits.MIB))
    relay = lying(lambda _: says(bomb, encoding=encoding))
    assert relay.directory() == bomb
    with pytest.raises(TransportError, match="answer-malformed"):
        relay.contact()


def test_an_endless_stream_is_left() -> None:
    taken = 0

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal taken
            for piece in repeat(bytes(limits.MIB)):
                taken += 1
                yield piece

    with pytest.raises(TransportError, match="answer-too-large"):
        lying(lambda _: httpx.Response(200, stream=Endless())).directory()
    assert taken == http.ANSWER_LIMIT // limits.MIB + 1


# ---------------------------------------------------------------- a whole exchange with such a relay


@pytest.mark.django_db(databases=["default", "vault"])
@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_an_exchange_with_a_liar_ends_and_keeps_nothing(region: Region, draw: st.DataObject) -> None:
    """The pass ends by itself; what was to be sent still is, and nothing that was made up counts."""
    with transaction.atomic(), transaction.atomic("vault"):  # each example begins with the same node
        _exchange_with_a_liar(region, draw)
        transaction.set_rollback(True)
        transaction.set_rollback(True, "vault")


def _exchange_with_a_liar(region: Region, draw: st.DataObject) -> None:
    officer = acting(Role.OFFICER)
    row = actions.send(
        officer, message=question(BORDUNA), to=BORDUNA, arrangement=region.agree(), stepped_up=True, clock=region.clock
    )
    before = _stored()

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/v1/directory":
            return says(_body(draw, {}))
        part = "records" if request.method == "GET" and path.startswith("/v1/keys/") else path.split("/")[2]
        if draw.draw(st.booleans()):  # half of it plausible, so that every step of a pass is reached
            return says(cbor.encode(TRUE[part]))
        status, headers = draw.draw(STATUS), {"Content-Type": draw.draw(TYPES).encode("latin-1")}
        return httpx.Response(status, headers=headers, stream=_Stream(_body(draw, TRUE[part])))

    actions.exchange_once(lying(answer, region.clock), region.clock, force=True, random=lambda: 0.0)
    row.refresh_from_db()
    assert row.notarised_at is None
    assert row.state == Outbox.State.STOPPED or bytes(row.envelope)
    assert not Inbox.objects.exclude(state=Inbox.State.REFUSED).exists()
    assert _stored() == before


@pytest.mark.django_db(databases=["default", "vault"])
def test_an_exchange_in_which_the_time_is_no_time(region: Region) -> None:
    content = TRUE["contact"] | {"now": "soon"}
    relay = lying(lambda _: says(cbor.encode(content)), region.clock)
    assert actions.exchange_once(relay, region.clock, force=True).code == "answer-malformed"


def _stored() -> list[object]:
    return [
        sorted(DirectoryCopy.objects.values_list("version", flat=True)),
        sorted(EncryptionKey.objects.filter(is_ours=False).values_list("key_id", flat=True)),
    ]
