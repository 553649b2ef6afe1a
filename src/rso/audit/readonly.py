"""A GET cannot write. Sessions, the lock-out's counters and the access audit are the exceptions, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

_writing: ContextVar[bool] = ContextVar("rso_writing_allowed", default=False)
_WRITE = re.compile(r'\s*(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?([a-z_0-9]+)', re.IGNORECASE)
_ALWAYS = ("django_session", "axes_", "account_", "mfa_")


class WriteInRead(RuntimeError):
    """A defect: a view that answers GET tried to change stored data."""


@contextmanager
def writing_allowed() -> Iterator[None]:
    """Lets the access audit write during a GET; nothing else calls this."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    match = _WRITE.match(sql)
    if match and not _writing.get() and not match.group(2).lower().startswith(_ALWAYS):
        raise WriteInRead(f"a GET tried to write to {match.group(2)}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Puts the guard around every database during GET, HEAD and OPTIONS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with ExitStack() as stack:
            for alias in connections:
                stack.enter_context(connections[alias].execute_wrapper(_refuse))
            return self.get_response(request)
