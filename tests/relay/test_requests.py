"""What the relay refuses of a request before it looks at what is asked, with its status and its code."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from tests.relay import region
from tests.relay.region import (
    AVARIA,
    DAY,
    Node,
    body,
    refusal,
)

from rso.accounts.rules import system_actor
from rso.relay.actions.upkeep import load_directory, sweep
from rso.relay.adapters.identity import Identity
from rso.relay.models import Nonce
from rso.relay.queries import directory as directories
from rso.relay.rules import SUBMISSION
from rso.wire import limits
from rso.wire.directory import Status, Validity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["Signature", "Signature-Input", "Content-Digest"])
def test_an_unsigned_request_is_refused(avaria: Node, field: str) -> None:
    headers = avaria.signed("GET", "/v1/mailbox")
    del headers[field]
    assert refusal(avaria.send("GET", "/v1/mailbox", headers=headers)) == (401, "not-signed")


def test_no_route_but_the_directory_answers_without_a_signature(avaria: Node) -> None:
    client = Client()
    for address in ("/v1/mailbox", "/v1/log/checkpoint", "/v1/log/tile/0/000", "/v1/keys/XAV/GOV/BORDER"):
        assert refusal(client.get(address)) == (401, "not-signed")  # type: ignore[arg-type]
    assert client.get("/v1/directory").status_code == 200


def test_a_forged_request_is_refused(avaria: Node, cestria: Node) -> None:
    forged = avaria.signed("GET", "/v1/mailbox")
    forged["Signature"] = cestria.signed("GET", "/v1/mailbox")["Signature"]
    assert refusal(avaria.send("GET", "/v1/mailbox", headers=forged)) == (401, "bad-request-signature")


def test_a_signature_for_another_place_or_body_is_refused(avaria: Node) -> None:
    headers = avaria.signed("GET", "/v1/mailbox")
    assert refusal(avaria.send("GET", "/v1/mailbox?limit=3", headers=headers)) == (401, "bad-request-signature")
    headers = avaria.signed("PUT", "/v1/keys", b"one")
    assert refusal(avaria.send("PUT", "/v1/keys", b"two", headers=headers)) == (401, "body-digest-mismatch")


def test_a_signature_for_another_host_is_refused(avaria: Node, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    headers = avaria.signed("GET", "/v1/mailbox")
    answer = avaria.client.get("/v1/mailbox", headers=headers | {"host": "other.example"})
    assert refusal(answer) == (401, "bad-request-signature")  # type: ignore[arg-type]


def test_a_replayed_request_is_refused(avaria: Node) -> None:
    headers = avaria.signed("POST", "/v1/contact")
    assert avaria.send("POST", "/v1/contact", headers=headers).status_code == 200
    assert refusal(avaria.send("POST", "/v1/contact", headers=headers)) == (401, "replayed-request")


def test_nonces_are_forgotten_when_their_requests_are_stale(avaria: Node) -> None:
    avaria.post("/v1/contact")
    sweep(now=region.seconds() + 200)
    assert Nonce.objects.count() == 1
    sweep(now=region.seconds() + 300)
    assert not Nonce.objects.exists()


@pytest.mark.parametrize(("days", "code"), [(-1, "clock-behind"), (1, "clock-ahead")])
def test_a_clock_that_is_wrong_by_a_day_is_told_the_time(avaria: Node, days: int, code: str) -> None:
    avaria.shift = timedelta(days=days)
    answer = avaria.post("/v1/contact")
    assert refusal(answer) == (401, code)
    assert abs(body(answer)["now"] - region.seconds()) < 60


def test_an_agency_that_is_suspended_is_refused(relay: Identity, cestria: Node) -> None:
    assert cestria.post("/v1/contact").status_code == 200
    file = region.directory_file(relay.log.verifier, relay.key, version=2, cestria=Status.SUSPENDED)
    load_directory(system_actor("test"), data=file, now=region.now())
    assert refusal(cestria.post("/v1/contact")) == (403, "not-taking-part")


def test_a_revoked_key_signs_nothing_new(relay: Identity, avaria: Node) -> None:
    """Neither a request, nor a message that is dated back and handed in with another key of the node."""
    revoked = Validity(region.seconds() - 30 * DAY, revoked=region.seconds() - 60)
    file = region.directory_file(relay.log.verifier, relay.key, version=2, avaria=revoked)
    load_directory(system_actor("test"), data=file, now=region.now())
    assert refusal(avaria.post("/v1/contact")) == (401, "unknown-key")
    key_id, created = avaria.node_key.key_id, region.seconds() - 3600
    directory = directories.current()
    assert directories.node_key(directory, AVARIA, key_id, created) is not None
    assert directories.sender_key(directory, AVARIA, key_id, created, region.seconds()) is None
    assert directories.sender_key(directory, AVARIA, key_id, created, region.seconds() - 61) is not None


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/v1/contact"), ("DELETE", "/v1/keys"), ("POST", "/v1/mailbox"), ("POST", "/v1/directory")],
)
def test_a_wrong_method_is_refused(avaria: Node, method: str, address: str) -> None:
    assert refusal(avaria.send(method, address)) == (405, "method-not-allowed")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(avaria: Node) -> None:
    answer = _unread(avaria, CONTENT_LENGTH=str(64 * limits.KIB + 1))
    assert refusal(answer) == (413, "too-large")  # type: ignore[arg-type]


def test_no_body_is_read_of_whoever_is_not_known(avaria: Node, cestria: Node, relay: Identity) -> None:
    """Neither without a signature, nor with one that does not hold, nor of one who takes no part."""
    assert refusal(_unread(avaria)) == (401, "not-signed")
    forged = avaria.signed("PUT", "/v1/keys", b"x") | {
        "Signature": cestria.signed("PUT", "/v1/keys", b"x")["Signature"]
    }
    assert refusal(_unread(avaria, headers=forged)) == (401, "bad-request-signature")
    file = region.directory_file(relay.log.verifier, relay.key, version=2, cestria=Status.SUSPENDED)
    load_directory(system_actor("test"), data=file, now=region.now())
    assert refusal(_unread(cestria, headers=cestria.signed("PUT", "/v1/keys", b"x"))) == (403, "not-taking-part")
    with pytest.raises(AssertionError, match="the body was read"):
        _unread(avaria, headers=avaria.signed("PUT", "/v1/keys", b"x"))


class _Unreadable:
    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def _unread(node: Node, **fields: Any) -> Any:
    """The answer to a PUT whose body must not be read."""
    given = {"content_type": "application/cbor", "wsgi.input": _Unreadable()} | fields
    return node.client.generic("PUT", "/v1/keys", b"x", **given)


def test_an_envelope_above_the_limit_is_refused_by_its_length(avaria: Node) -> None:
    answer = avaria.client.generic(
        "POST",
        "/v1/submissions",
        b"x",
        content_type="application/cbor",
        CONTENT_LENGTH=str(SUBMISSION + 1),
    )
    assert refusal(answer) == (413, "too-large")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"content_type": "application/json"}, (415, "wrong-type")),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, (411, "no-length")),
        ({"CONTENT_LENGTH": "+4"}, (411, "no-length")),
        ({"CONTENT_LENGTH": "\u0664"}, (411, "no-length")),
        ({"CONTENT_LENGTH": "9" * 5000}, (413, "too-large")),
    ],
)
def test_bodies_of_another_kind_or_length_are_refused(
    avaria: Node, fields: dict[str, Any], code: tuple[int, str]
) -> None:
    answer = avaria.client.generic("PUT", "/v1/keys", b"body", **({"content_type": "application/cbor"} | fields))
    assert refusal(answer) == code  # type: ignore[arg-type]


class _Broken:
    def read(self, *_: object) -> bytes:
        raise OSError("the connection is gone")

    readline = read


@pytest.mark.parametrize("source", [BytesIO(b"body"), _Broken()], ids=["short", "broken"])
def test_a_body_that_ends_too_early_is_refused(avaria: Node, source: object) -> None:
    said = avaria.signed("PUT", "/v1/keys", b"body and more")
    fields = {"content_type": "application/cbor", "CONTENT_LENGTH": "13", "wsgi.input": source}
    answer = avaria.client.generic("PUT", "/v1/keys", b"body", headers=said, **fields)  # type: ignore[arg-type]
    assert refusal(answer) == (400, "malformed")  # type: ignore[arg-type]


def test_a_name_that_the_relay_does_not_have(avaria: Node) -> None:
    answer = avaria.client.get("/v1/mailbox", headers=avaria.signed("GET", "/v1/mailbox") | {"host": "evil.example"})
    assert refusal(answer) == (400, "wrong-host")  # type: ignore[arg-type]


def test_a_query_without_end(avaria: Node, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    assert refusal(avaria.get("/v1/mailbox?" + "&".join(["limit=1"] * 3))) == (400, "bad-query")


@pytest.mark.parametrize("address", ["/v1/", "/v1/nothing", "/v1/log/proof/-1", f"/v1/log/proof/{'9' * 5000}"])
def test_a_place_that_is_none(avaria: Node, address: str) -> None:
    assert refusal(avaria.get(address)) == (404, "not-found")


def test_a_path_that_is_not_plain(avaria: Node) -> None:
    """A signature is over what was sent, and only of a plain path does the relay know that."""
    for address in ("/v1/log/tile/%C3%A9", "/v1/log/tile/%2525"):
        assert refusal(avaria.client.get(address)) == (404, "not-found")  # type: ignore[arg-type]


def test_a_get_has_no_body(avaria: Node) -> None:
    assert refusal(avaria.send("GET", "/v1/mailbox", b"x")) == (413, "too-large")
