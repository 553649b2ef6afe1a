"""Two processes that append at the same moment, the first row of all included."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from rso.accounts.rules import Actor
from rso.audit.actions import record
from rso.audit.models import Entry
from rso.audit.queries import verify_chain

SOMEBODY = Actor(UUID(int=42), user_id=1)


@pytest.mark.django_db(transaction=True)
def test_the_chain_has_no_forks_from_its_first_row_on() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes its one write lock when a transaction begins: nothing is written at once")
    begun = threading.Barrier(4)
    failures: list[Exception] = []

    def work() -> None:
        try:
            begun.wait(10)
            for _ in range(10):
                with transaction.atomic():
                    record(SOMEBODY, "tests:thing:done", subject="s")
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert verify_chain()[0] == Entry.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_to_an_empty_chain_waits_for_the_first() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes its one write lock when a transaction begins: nothing is written at once")
    failures: list[Exception] = []

    def second() -> None:
        try:
            with transaction.atomic():
                record(SOMEBODY, "tests:thing:done", subject="second")
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        record(SOMEBODY, "tests:thing:done", subject="first")
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "nothing held the second one back"
    thread.join(10)
    assert not failures
    assert [entry.subject for entry in Entry.objects.order_by("sequence")] == ["first", "second"]
    assert verify_chain()[0] == 2
