"""The transport against a small HTTP server that checks every signature as the relay does."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from tests.node.region import AVARIA, BORDUNA, START, key

from rso.base.clock import SteppedClock, unix_seconds
from rso.base.errors import SettingError
from rso.node.post.adapters import http
from rso.node.post.adapters.http import HttpRelay
from rso.node.post.ports import Accepted, Registration, Submission, TransportError
from rso.wire import cbor, httpsig, limits
from rso.wire.directory import KeyUse

NODE = key(f"{AVARIA} {KeyUse.NODE}")


@dataclass
class Server:
    """Answers with what is next in ``answers`` (status and body), after verifying the request's signature."""

    answers: list[tuple[int, Any]] = field(default_factory=list)
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(START))
    address: str = ""
    content_type: str = "application/cbor"

    def take(self, handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        assert handler.headers["Cookie"] is None
        assert handler.headers["Accept-Encoding"] == "identity"
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        path, _, query = handler.path.partition("?")
        request = httpsig.Request(handler.command, handler.headers["Host"], path, query, body)
        signed = httpsig.verify(request, handler.headers.get, now=self.clock.now(), resolve=lambda name: NODE.public)
        assert signed.by.agency == AVARIA
        self.seen.append((handler.command, handler.path, body))
        status, content = self.answers.pop(0)
        return status, content if isinstance(content, bytes) else cbor.encode(content)


@pytest.fixture
def server() -> Iterator[Server]:
    kept = Server()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            try:
                status, body = kept.take(self)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with the request is told to the test
                status, body = 418, str(error).encode()
            self.send_response(status)
            self.send_header("Content-Type", kept.content_type)
            self.send_header("Set-Cookie", "known=again")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = answer

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        kept.address = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        listening.shutdown()
        thread.join()


@pytest.fixture
def relay(server: Server) -> Iterator[HttpRelay]:
    with http._client(server.address, "") as client:
        yield HttpRelay(client, agency=AVARIA, key=lambda: NODE, clock=server.clock)


RECEIPT: dict[str, Any] = {"index": 7, "proof": [b"1" * 32, b"2" * 32], "receipt": b"a receipt"}
RESULT = RECEIPT | {"code": "", "id": uuid4().bytes, "retry_after": None}
REFUSED = RESULT | {"code": "quota-used", "index": None, "proof": [], "receipt": b"", "retry_after": 60}


class TestRequests:
    def test_envelopes_are_put_together_and_refused_one_by_one(self, server: Server, relay: HttpRelay) -> None:
        server.answers = [(200, {"items": [RESULT, REFUSED, RESULT | {"index": 8}]})]
        items = [Submission(uuid4(), secrets.token_bytes(200_000), secrets.token_bytes(32)) for _ in range(3)]
        first, refused, last = relay.put_all(items)
        assert first == Accepted(b"a receipt", 7, (b"1" * 32, b"2" * 32))
        assert last == Accepted(b"a receipt", 8, (b"1" * 32, b"2" * 32))
        assert isinstance(refused, TransportError)
        assert (refused.code, refused.away, refused.retry_after_s) == ("quota-used", False, 60)
        ((method, path, body),) = server.seen
        assert (method, path) == ("POST", "/v1/submissions")
        sent = [{"blind": item.blind, "envelope": item.envelope} for item in items]
        assert cbor.decode(body, limit=700_000) == {"items": sent}

    def test_what_is_too_much_for_one_request_goes_in_several(self, server: Server, relay: HttpRelay) -> None:
        server.answers = [(200, {"items": [RESULT] * count}) for count in (50, 1, 1, 1, 2)]
        small = [Submission(uuid4(), b"e", b"b" * 32) for _ in range(51)]
        assert len(relay.put_all(small)) == 51
        sizes = (limits.ENVELOPE, limits.ENVELOPE, 8 * limits.MIB, 8 * limits.MIB)
        large = [Submission(uuid4(), bytes(size), b"b" * 32) for size in sizes]
        assert len(relay.put_all(large)) == 4
        assert not server.answers
        assert all(len(body) <= limits.ENVELOPE + 4 * limits.KIB for _, _, body in server.seen)
        assert relay.put_all([]) == []

    def test_another_number_of_results_is_not_understood(self, server: Server, relay: HttpRelay) -> None:
        server.answers = [(200, {"items": [RESULT]})]
        with pytest.raises(TransportError, match="answer-malformed"):
            relay.put_all([Submission(uuid4(), b"e", b"b" * 32)] * 2)

    def test_states_are_asked_together(self, server: Server, relay: HttpRelay) -> None:
        ids = [uuid4() for _ in range(51)]
        told = [{"id": one.bytes, "state": "held" if number else "unknown"} for number, one in enumerate(ids)]
        server.answers = [(200, {"states": told[:50]}), (200, {"states": told[50:]})]
        states = relay.states_of(ids)
        assert (states[ids[0]], states[ids[50]], len(states)) == ("unknown", "held", 51)
        assert server.seen[1][1] == f"/v1/states?ids={ids[50].hex}"
        server.answers = [(200, {"states": told[:1]})]
        with pytest.raises(TransportError, match="answer-malformed"):
            relay.states_of(ids[1:2])

    def test_the_bell_tells_how_many_wait(self, server: Server) -> None:
        pauses: list[float] = []
        server.answers = [
            (200, {"retry_after": 0, "waiting": 3}),
            (200, {"retry_after": 2, "waiting": 0}),
            (200, {"retry_after": 2, "waiting": 1}),
        ]
        with http._client(server.address, "") as client:
            relay = HttpRelay(client, agency=AVARIA, key=lambda: NODE, clock=server.clock, sleep=pauses.append)
            assert [relay.wait(25) for _ in range(3)] == [3, 0, 1]
        assert server.seen[0][1] == "/v1/bell?wait=25"
        assert pauses == [2]  # without a place at the relay, and without mail

    def test_the_mailbox_is_fetched_and_acknowledged(self, server: Server, relay: HttpRelay) -> None:
        message_id = uuid4()
        item = {"envelope": b"sealed", "id": message_id.bytes} | RECEIPT
        server.answers = [
            (200, {"items": [item], "more": True, "retry_after": 0}),
            (200, {"unknown": []}),
        ]
        (delivery,), more = relay.fetch(wait_s=0, limit=20)
        assert (delivery.id, delivery.envelope, more) == (message_id, b"sealed", True)
        assert delivery.accepted is not None
        relay.acknowledge_all([message_id])
        assert [seen[1] for seen in server.seen] == [
            "/v1/mailbox?wait=0&limit=20",
            "/v1/acknowledgements",
        ]

    def test_everything_else(self, server: Server, relay: HttpRelay) -> None:
        state = {"ended": None, "missing": [], "state": "registered"}
        server.answers = [
            (200, {"directory": 1, "log_size": 2, "now": unix_seconds(START), "waiting": 0}),
            (200, b"the directory"),
            (200, {"epoch": "2026-W48", "keys": 1}),
            (200, {"records": [b"one", b"two"]}),
            (200, state),
            (200, state | {"missing": [str(BORDUNA)], "state": "waiting"}),
            (200, state),
        ]
        agreed = Registration(b"h" * 32, (str(AVARIA), str(BORDUNA)), {str(AVARIA): 1, str(BORDUNA): 1}, 1, 2)
        assert relay.contact() == START
        assert relay.directory() == b"the directory"
        relay.publish_key(b"record")
        assert relay.keys(str(BORDUNA)) == [b"one", b"two"]
        assert relay.register(agreed)
        assert not relay.register(agreed)
        relay.end(b"h" * 32)
        assert server.seen[3][1] == "/v1/keys/XBD/GOV/IMMIGRATION"


class TestFailures:
    def _error(self, code: str, **changes: object) -> dict[str, object]:
        return {"code": code, "message": "m", "now": unix_seconds(START), "retry_after": None} | changes

    def test_a_refusal_of_the_request_is_raised(self, server: Server, relay: HttpRelay) -> None:
        server.answers = [(429, self._error("quota-used", retry_after=60))]
        with pytest.raises(TransportError) as caught:
            relay.put_all([Submission(uuid4(), b"e", b"b")])
        assert (caught.value.code, caught.value.away, caught.value.retry_after_s) == ("quota-used", False, 60)

    def test_a_wrong_clock_brings_the_relays_own_time(self, server: Server, relay: HttpRelay) -> None:
        server.answers = [(401, self._error("clock-behind"))]
        with pytest.raises(TransportError) as caught:
            relay.contact()
        assert (caught.value.away, caught.value.their_time) == (True, START)

    def test_no_directory_is_no_error(self, server: Server, relay: HttpRelay) -> None:
        server.answers = [(404, self._error("no-directory"))]
        assert relay.directory() is None

    @pytest.mark.parametrize(
        "answer",
        [(200, b""), (200, b"<html>"), (200, {"other": 1}), (500, b"oops"), (302, b""), (200, {"state": 1})],
        ids=["empty", "page", "other fields", "broken", "redirect", "wrong type"],
    )
    def test_what_is_not_understood_is_a_relay_that_is_away(
        self, server: Server, relay: HttpRelay, answer: tuple[int, Any]
    ) -> None:
        server.answers = [answer, answer]
        with pytest.raises(TransportError) as caught:
            relay.put_all([Submission(uuid4(), b"e", b"b")])
        assert caught.value.away

    def test_nobody_listens(self) -> None:
        with http._client("http://127.0.0.1:9", "") as client:
            relay = HttpRelay(client, agency=AVARIA, key=lambda: NODE, clock=SteppedClock(START))
            with pytest.raises(TransportError) as caught:
                relay.contact()
        assert (caught.value.code, caught.value.away) == ("relay-away", True)

    def test_an_endless_answer_is_cut_off(
        self, server: Server, relay: HttpRelay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "ANSWER_LIMIT", 1000)
        server.answers = [(200, b"x" * 2000)]
        with pytest.raises(TransportError, match="answer-too-large"):
            relay.directory()

    @pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json", ""])
    def test_a_page_in_between_is_no_directory(self, server: Server, relay: HttpRelay, content_type: str) -> None:
        """A proxy that wants a password answers everything with 200 and a page."""
        server.content_type, server.answers = content_type, [(200, b"<html>")]
        with pytest.raises(TransportError, match="answer-malformed"):
            relay.directory()
        server.content_type, server.answers = "Application/CBOR; v=1", [(200, b"the directory")]
        assert relay.directory() == b"the directory"

    def test_an_answer_that_does_not_end(self, server: Server) -> None:
        """However small its pieces, none of which takes long enough to be given up."""
        times = iter([0.0, http.ANSWER_S, 0.0, http.ANSWER_S + 1])
        server.answers = [(200, b"the directory")] * 2
        with http._client(server.address, "") as client:
            relay = HttpRelay(client, agency=AVARIA, key=lambda: NODE, clock=server.clock, seconds=lambda: next(times))
            assert relay.directory() == b"the directory"
            with pytest.raises(TransportError, match="answer-too-slow"):
                relay.directory()

    def test_a_pause_has_an_end(self, server: Server, relay: HttpRelay) -> None:
        """What the relay asks for is added to the time: a year 9999 would be none."""
        server.answers = [
            (200, {"items": [REFUSED | {"retry_after": limits.UNIX_SECONDS}]}),
            (429, self._error("quota-used", retry_after=limits.UNIX_SECONDS)),
        ]
        (refused,) = relay.put_all([Submission(uuid4(), b"e", b"b")])
        assert isinstance(refused, TransportError)
        assert refused.retry_after_s == limits.DAY
        with pytest.raises(TransportError) as caught:
            relay.contact()
        assert caught.value.retry_after_s == limits.DAY


class TestAddress:
    @pytest.mark.parametrize("address", ["http://relay.example.org", "ftp://localhost", "relay.example", "https://"])
    def test_only_https_or_this_machine(self, address: str) -> None:
        with pytest.raises(SettingError):
            http._client(address, "")
