"""What stands behind a failure: nobody's mistake, or a defect."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from psycopg import errors

from rso.sql import Trouble, trouble_of


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (caused(OperationalError("database is locked"), sqlite3.OperationalError()), Trouble.AWAY),
        (caused(OperationalError("database or disk is full"), sqlite3.OperationalError()), Trouble.FULL),
        (caused(OperationalError("no such table: a"), sqlite3.OperationalError()), None),
        (caused(OperationalError("gone"), psycopg.OperationalError()), Trouble.AWAY),
        (caused(OperationalError("shutting down"), errors.AdminShutdown()), Trouble.AWAY),
        (caused(OperationalError("starting up"), errors.CannotConnectNow()), Trouble.AWAY),
        (caused(OperationalError("no room"), errors.DiskFull()), Trouble.FULL),
        (caused(OperationalError("cancelled"), errors.QueryCanceled()), None),
        (InterfaceError("closed"), Trouble.AWAY),
        (ProgrammingError("no such table"), None),
        (IntegrityError("twice"), None),
        (OSError(errno.ENOSPC, "full"), Trouble.FULL),
        (OSError(errno.EDQUOT, "quota"), Trouble.FULL),
        (OSError(errno.ENOENT, "not there"), None),
        (caused(ValueError("while storing"), OSError(errno.ENOSPC, "full")), Trouble.FULL),
        (ObjectDoesNotExist(), None),
        (None, None),
    ],
)
def test_each_failure_is_told_apart(error: Exception | None, found: Trouble | None) -> None:
    assert trouble_of(error) is found


def test_a_ring_of_causes_ends() -> None:
    one, other = ValueError("a"), ValueError("b")
    one.__cause__, other.__cause__ = other, one
    assert trouble_of(one) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "status", "code", "words"),
    [
        ("database is locked", 503, "try-again", "Try again in half a minute"),
        ("database or disk is full", 507, "disk-full", "There is no room left on the server"),
    ],
)
def test_a_bad_day_is_said_on_pages_and_to_programs(
    monkeypatch: pytest.MonkeyPatch, said: str, status: int, code: str, words: str
) -> None:
    def fails(*_given: object) -> None:
        raise OperationalError(said) from sqlite3.OperationalError(said)

    monkeypatch.setattr("rso.search.queries.sought", fails)
    client = Client(raise_request_exception=False)
    page = client.get("/search/", {"q": "visa"})
    assert page.status_code == status
    assert words in page.content.decode()
    assert int(page.headers["Retry-After"]) >= 30
    told = client.get("/api/search", {"q": "visa"})
    assert (told.status_code, told.json()["code"]) == (status, code)


@pytest.mark.django_db
def test_a_defect_stays_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object) -> None:
        raise OperationalError("no such table: a") from sqlite3.OperationalError()

    monkeypatch.setattr("rso.search.queries.sought", fails)
    client = Client(raise_request_exception=False)
    assert client.get("/search/", {"q": "visa"}).status_code == 500
    assert client.get("/api/search", {"q": "visa"}).status_code == 500
