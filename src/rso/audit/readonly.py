"""A GET cannot write. Sessions, the lock-out's counters and the access audit are the exceptions, by name; and the one
route to which an identity provider sends a browser back, since its protocol has it come by GET."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

_writing: ContextVar[bool] = ContextVar("rso_writing_allowed", default=False)
_FIRST = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*([a-z]+)", re.IGNORECASE | re.DOTALL)
_READS = frozenset(("SELECT", "VALUES", "SHOW"))
_MAY_HIDE = frozenset(("WITH", "EXPLAIN"))
_BRACKETS = frozenset(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET"))
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|FOR\s+(?:NO\s+KEY\s+)?UPDATE""", re.IGNORECASE)
_HIDDEN = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|REPLACE\s+INTO)\b", re.IGNORECASE)
_TABLE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?([a-z_0-9]+)', re.IGNORECASE)
_ALWAYS = ("django_session", "axes_", "account_", "mfa_")


class WriteInRead(RuntimeError):
    """A defect: a view that answers GET tried to change stored data."""


@contextmanager
def writing_allowed() -> Iterator[None]:
    """Lets the access audit write during a GET, and the library count what is taken (it knows nobody); nothing else."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def reads_only(sql: str) -> bool:
    """Whether a statement changes nothing that is stored. What is not known to read is taken for a change."""
    first = _FIRST.match(sql)
    word = first.group(1).upper() if first else ""
    if word == "PRAGMA":
        return "=" not in sql
    if word in _MAY_HIDE:  # a change may stand behind the names that it opens with, and EXPLAIN may do it
        return not _HIDDEN.search(_QUOTED.sub(" ", sql))
    return word in _READS or word in _BRACKETS


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not reads_only(sql) and not _writing.get():
        table = _TABLE.match(sql)
        if table is None or not table.group(1).lower().startswith(_ALWAYS):
            raise WriteInRead(f"a GET tried to write: {table.group(1) if table else sql[:40]}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Puts the guard around every database during GET, HEAD and OPTIONS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        token = _writing.set(False)
        try:
            with ExitStack() as stack:
                for alias in connections:
                    stack.enter_context(connections[alias].execute_wrapper(_refuse))
                return self.get_response(request)
        finally:
            _writing.reset(token)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object) -> None:
        """A view that bears ``rso_may_write`` (one does: see ``accounts.views.provider``) may write when it is read."""
        if getattr(view, "rso_may_write", False):
            _writing.set(True)
