"""Signed requests: RFC 9421's own vector, and every way in which a request can be refused."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from rso.wire import httpsig
from rso.wire.errors import WireError
from rso.wire.httpsig import KeyName, Request, RequestSignatureError, Signed
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SigningKey, VerifyKey

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BORDER = AgencyId("XAV", "GOV", "BORDER")
KEY = SigningKey(hashlib.sha512(b"synthetic node key").digest())
OTHER = SigningKey(hashlib.sha512(b"synthetic other key").digest())
REQUEST = Request("PUT", "Relay.Example:8443", "/v1/envelopes/0193", "wait=5", b"body")


def _noise(count: int) -> bytes:
    return bytes(range(count))


def _resolve(name: KeyName) -> VerifyKey | None:
    return KEY.public if name.agency == BORDER else None


def _sign(request: Request = REQUEST, agency: AgencyId = BORDER, key: SigningKey = KEY) -> dict[str, str]:
    return httpsig.sign(request, agency, key, now=NOW, random=_noise)


def _verify(headers: dict[str, str], request: Request = REQUEST, now: datetime = NOW) -> Signed:
    return httpsig.verify(request, headers.get, now=now, resolve=_resolve)


def _code(headers: dict[str, str], request: Request = REQUEST, now: datetime = NOW) -> str:
    with pytest.raises(RequestSignatureError) as raised:
        _verify(headers, request, now)
    return raised.value.code


def test_the_vector_of_rfc_9421_b_2_6() -> None:
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU="))
    parameters = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    base = httpsig.signature_base(
        [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "POST"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
            ("content-length", "18"),
        ],
        parameters,
    )
    assert base64.b64encode(key.sign(base)).decode() == (
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )


def test_the_digest_of_rfc_9530() -> None:
    assert httpsig.content_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def test_a_signed_request_tells_who_and_when() -> None:
    signed = _verify(_sign())
    assert signed == Signed(KeyName(BORDER, KEY.key_id), int(NOW.timestamp()), "AAECAwQFBgcICQoLDA0ODw")


def test_the_authority_does_not_know_case() -> None:
    _verify(_sign(), replace(REQUEST, authority="relay.example:8443"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "POST"}, "bad-request-signature"),
        ({"authority": "other.example"}, "bad-request-signature"),
        ({"path": "/v1/envelopes/0194"}, "bad-request-signature"),
        ({"query": "wait=6"}, "bad-request-signature"),
        ({"query": ""}, "bad-request-signature"),
        ({"body": b"another"}, "body-digest-mismatch"),
    ],
)
def test_a_changed_request_is_refused(change: dict[str, str], code: str) -> None:
    assert _code(_sign(), replace(REQUEST, **change)) == code  # type: ignore[arg-type]


def test_the_head_alone_says_who_calls_and_nothing_of_the_body() -> None:
    headers, unread = _sign(), replace(REQUEST, body=b"")
    assert httpsig.verify_head(unread, headers.get, now=NOW, resolve=_resolve) == _verify(headers)
    httpsig.check_body(headers.get, REQUEST.body)
    for head, code in ((headers, "body-digest-mismatch"), (headers | {"Content-Digest": "x"}, "bad-content-digest")):
        with pytest.raises(RequestSignatureError) as raised:
            httpsig.check_body(head.get, b"another")
        assert raised.value.code == code


def test_a_body_changed_together_with_its_digest_is_refused() -> None:
    changed = replace(REQUEST, body=b"another")
    headers = _sign() | {"Content-Digest": httpsig.content_digest(b"another")}
    assert _code(headers, changed) == "bad-request-signature"


@pytest.mark.parametrize("field", ["Content-Digest", "Signature-Input", "Signature"])
def test_an_unsigned_request_is_refused(field: str) -> None:
    headers = _sign()
    del headers[field]
    assert _code(headers) == "not-signed"


@pytest.mark.parametrize(
    ("field", "old", "new", "code"),
    [
        ("Signature-Input", '"@query" ', "", "bad-signature-input"),
        ("Signature-Input", '"@method" "@authority"', '"@authority" "@method"', "bad-signature-input"),
        ("Signature-Input", "ed25519", "hmac-sha256", "bad-signature-input"),
        ("Signature-Input", "rso-relay-1", "rso-relay-2", "bad-signature-input"),
        ("Signature-Input", "created=1", "created=9", "bad-request-signature"),
        ("Signature-Input", "AAECAw", "AAECAx", "bad-request-signature"),
        ("Signature-Input", ";nonce", ";expires=1;nonce", "bad-signature-input"),
        ("Signature-Input", "XAV/GOV/BORDER", "XBD/GOV/IMMIGRATION", "unknown-key"),
        ("Signature-Input", "XAV/GOV/BORDER#", "XAV/GOV/BORDER#0", "bad-key-name"),
        ("Signature", "rso=:", "rso=:A", "bad-signature-input"),
        ("Content-Digest", "sha-256", "sha-512", "bad-content-digest"),
    ],
)
def test_changed_headers_are_refused(field: str, old: str, new: str, code: str) -> None:
    headers = _sign()
    assert old in headers[field]
    assert _code(headers | {field: headers[field].replace(old, new)}) == code


def test_another_key_of_the_same_name_is_refused() -> None:
    assert _code(_sign(key=OTHER)) == "unknown-key"
    mixed = _sign() | {"Signature": _sign(key=OTHER)["Signature"]}
    assert _code(mixed) == "bad-request-signature"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(121, "clock-behind"), (86_400, "clock-behind"), (-121, "clock-ahead"), (-86_400, "clock-ahead")],
)
def test_a_wrong_clock_is_told_so(seconds: int, code: str) -> None:
    assert _code(_sign(), now=NOW + timedelta(seconds=seconds)) == code


@pytest.mark.parametrize("seconds", [120, -120])
def test_a_clock_that_is_nearly_right_is_enough(seconds: int) -> None:
    _verify(_sign(), now=NOW + timedelta(seconds=seconds))


@given(st.sampled_from(["Content-Digest", "Signature-Input", "Signature"]), st.text(max_size=200))
def test_hostile_headers_raise_our_errors_alone(field: str, value: str) -> None:
    with pytest.raises(WireError):
        _verify(_sign() | {field: value})


@given(st.from_regex(httpsig._INPUT, fullmatch=True))
def test_nearly_right_headers_raise_our_errors_alone(value: str) -> None:
    with pytest.raises(WireError):
        _verify(_sign() | {"Signature-Input": value})
