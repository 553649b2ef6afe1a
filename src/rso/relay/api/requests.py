"""The way in: a body of known length, a signature that holds, a nonce that is new. Everything else is refused here.

Nothing is read, hashed or parsed of a body before the head is known to be signed by a node: whoever sends slowly, or
much, has to be one that the directory names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from rso.base.clock import SystemClock, unix_seconds
from rso.base.errors import RsoError
from rso.relay.actions.nodes import note_request
from rso.relay.api.answers import CBOR, problem
from rso.relay.queries import directory as directories
from rso.relay.rules import SMALL_BODY, RefusedError
from rso.wire import httpsig
from rso.wire.directory import Directory
from rso.wire.httpsig import Request, Signed
from rso.wire.identifiers import AgencyId

GUARD = "node-signature"
_CHANGING = frozenset({"PUT", "POST"})
_DIGITS = 18
"""Of a Content-Length, at most: the conversion of a number takes time with the square of its digits."""


@dataclass(frozen=True)
class Call:
    """A request that was authenticated: whose node calls, the body, and when."""

    caller: AgencyId
    directory: Directory
    body: bytes
    query: Callable[[str], str | None]
    instant: datetime

    @property
    def now(self) -> int:
        return unix_seconds(self.instant)


Operation = Callable[..., HttpResponse]


def route(*, limit: int = SMALL_BODY, **operations: Operation) -> Callable[..., HttpResponse]:
    """A view over operations by method, as ``route(GET=..., PUT=...)``; bodies have at most ``limit`` bytes.

    An operation takes a :class:`Call` and the parts of the path, and answers or raises an error of ours. PUT and
    POST run in one transaction together with their nonce.
    """

    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        method = request.method or ""
        operation = operations.get(method)
        try:
            if operation is None:
                raise RefusedError(405, "method-not-allowed", f"This takes {', '.join(sorted(operations))}.")
            instant = SystemClock().now()
            length = _length(request, limit if method in _CHANGING else 0)
            directory = directories.current()
            signed = _authenticate(request, instant, directory)
            body = _body(request, length)
            call = Call(signed.by.agency, directory, body, _query(request), instant)
            if method not in _CHANGING:
                return operation(call, **parts)
            with transaction.atomic():
                note_request(signed, now=instant)
                return operation(call, **parts)
        except RsoError as error:
            return problem(error)

    return _guarded(view, GUARD, *operations)


def public(operation: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A GET that needs no signature, since what it answers proves itself."""

    @wraps(operation)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            if request.method not in ("GET", "HEAD"):
                raise RefusedError(405, "method-not-allowed", "This takes GET.")
            return operation(request)
        except RsoError as error:
            return problem(error)

    return _guarded(view, "public", "GET")


def _guarded(view: Callable[..., HttpResponse], guard: str, *methods: str) -> Callable[..., HttpResponse]:
    """A signature in the request, not a cookie, says who calls: so no session, and no token against forgery."""
    cast(Any, view).rso_guard = guard
    cast(Any, view).rso_methods = methods
    return login_not_required(csrf_exempt(view))


def _length(request: HttpRequest, most: int) -> int:
    """How long the body is said to be, before a byte of it is read."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise RefusedError(411, "no-length", "Say the length of the body with Content-Length.")
    if not given.isascii() or not given.isdigit():
        raise RefusedError(411, "no-length", "Content-Length must be a whole number.")
    if len(given) > _DIGITS or int(given) > most:
        raise RefusedError(413, "too-large", f"The body has at most {most} bytes.")
    if int(given) and request.content_type != CBOR:
        raise RefusedError(415, "wrong-type", f"The body must be {CBOR}.")
    return int(given)


def _authenticate(request: HttpRequest, instant: datetime, directory: Directory) -> Signed:
    """Whose node calls, by the head of the request alone."""
    now = unix_seconds(instant)
    signed = httpsig.verify_head(
        # The path as it was sent: Django has decoded it, and a signature is over what went over the wire.
        Request(request.method or "", _host(request), _raw_path(request), request.META.get("QUERY_STRING", "")),
        request.headers.get,
        now=instant,
        resolve=lambda name: directories.node_key(directory, name.agency, name.key_id, now),
    )
    if not directory.takes_part(signed.by.agency):
        raise RefusedError(403, "not-taking-part", "This agency takes no part in the exchange at present.")
    return signed


def _body(request: HttpRequest, length: int) -> bytes:
    """The body that was signed."""
    try:
        body = request.read(length) if length else b""
    except OSError:
        body = b""
    if len(body) != length:
        raise RefusedError(400, "malformed", "The body ended too early.")
    httpsig.check_body(request.headers.get, body)
    return body


def _query(request: HttpRequest) -> Callable[[str], str | None]:
    try:
        return request.GET.get
    except SuspiciousOperation:  # more parameters than any of ours
        raise RefusedError(400, "bad-query", "The query has too many parameters.") from None


def _host(request: HttpRequest) -> str:
    try:
        return request.get_host()
    except DisallowedHost:
        raise RefusedError(400, "wrong-host", "The relay is not called by this name.") from None


def _raw_path(request: HttpRequest) -> str:
    """The relay's own paths are plain ASCII without escapes, so that the decoded path is the one that was sent."""
    if not request.path.isascii() or "%" in request.path:
        raise RefusedError(404, "not-found", "There is no such place.")
    return request.path
