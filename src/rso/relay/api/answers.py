"""Answers and errors of the interface: CBOR, with codes that never change."""

from __future__ import annotations

from django.http import HttpResponse

from rso.base.clock import SystemClock, unix_seconds
from rso.base.errors import RsoError
from rso.relay.rules import RefusedError
from rso.wire import cbor
from rso.wire.httpsig import RequestSignatureError

CBOR = "application/cbor"


def answer(content: object, status: int = 200) -> HttpResponse:
    """``content`` as CBOR, never kept by anything between relay and node."""
    return _uncached(HttpResponse(cbor.encode(content), content_type=CBOR, status=status))


def octets(content: bytes, content_type: str, *, lasting: bool = False) -> HttpResponse:
    """Bytes as they are; ``lasting`` says that they never change."""
    response = HttpResponse(content, content_type=content_type)
    if lasting:
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
    return _uncached(response)


def problem(error: RsoError) -> HttpResponse:
    """The error as the interface tells it. It quotes nothing of the request."""
    status, retry_after = 400, None
    if isinstance(error, RefusedError):
        status, retry_after = error.status, error.retry_after
    elif isinstance(error, RequestSignatureError):
        status = 401
    content = {
        "code": error.code,
        "message": error.message,
        "now": unix_seconds(SystemClock().now()),
        "retry_after": retry_after,
    }
    response = answer(content, status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
