"""Walks the routes of the deployment whose settings are active, for one test in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.node.people import person

from rso.accounts.models import User
from rso.accounts.rules import Role

#: Tables that a GET may write to: the visitor's own session, and the audit of who looked at whom.
MAY_BE_WRITTEN = ("django_session", "axes_", "audit_")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def plain_paths() -> list[str]:
    """Every path without a parameter."""
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if any(sign in text for sign in "<(["):
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern):
            yield text


def faults(client: Client, path: str) -> list[str]:
    """What is wrong with the answer to a GET: a status of 500 or more, an exception, or a write."""
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.replace('"', " ").split()
        if words and words[0].upper() in _WRITES and not any(word.startswith(MAY_BE_WRITTEN) for word in words[:4]):
            written.append(f"GET {path} wrote: {sql[:100]}")
        return execute(sql, params, many, context)

    managers = [connections[alias].execute_wrapper(watch) for alias in connections]
    for manager in managers:
        manager.__enter__()
    try:
        status = client.get(path).status_code
    except Exception as error:  # noqa: BLE001 - each is a finding, and all are wanted
        return [*written, f"GET {path} raised {type(error).__name__}: {error}"]
    finally:
        for manager in reversed(managers):
            manager.__exit__(None, None, None)
    return [*written, f"GET {path} answered {status}"] if status >= 500 else written


def all_faults(client: Client) -> list[str]:
    """The faults of all plain paths, for one visitor. Signing out answers to POST only, so the order is free."""
    return [fault for path in plain_paths() for fault in faults(client, path)]


def somebody(*roles: Role) -> User:
    """A person as an invitation makes one: with a confirmed address."""
    user = person(*roles)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
