"""Plain statements: ids and times go in and come out as the mapper keeps them, on either database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from rso import sql
from rso.jobs.models import Period
from rso.notices.models import Mail

pytestmark = pytest.mark.django_db

TICK = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
_PERIODS = "SELECT * FROM jobs_period WHERE tick <= %s ORDER BY name"


@pytest.fixture
def periods() -> list[Period]:
    ticks = {"a": TICK, "b": TICK + timedelta(microseconds=1), "c": TICK - timedelta(days=1)}
    return Period.objects.bulk_create(Period(name=name, tick=tick) for name, tick in ticks.items())


def test_a_time_is_compared_and_comes_back_to_the_microsecond(periods: list[Period]) -> None:
    assert [(row.name, row.tick) for row in sql.found(Period, _PERIODS, TICK)] == [
        ("a", TICK), ("c", TICK - timedelta(days=1)),
    ]  # fmt: skip
    assert sql.value("SELECT COUNT(*) FROM jobs_period WHERE tick > %s", TICK) == 1
    first = sql.first(Period, _PERIODS, TICK)
    assert first is not None
    assert first.name == "a"
    assert sql.first(Period, _PERIODS, TICK - timedelta(days=2)) is None


def test_a_row_that_was_found_is_a_row_of_the_mapper(periods: list[Period]) -> None:
    row = sql.first(Period, "SELECT name FROM jobs_period WHERE name = %s", "b")
    assert row is not None
    assert row.get_deferred_fields() == {"tick"}
    assert row.tick == TICK + timedelta(microseconds=1)  # what was not selected is read when it is asked for
    row.tick = TICK
    row.save()
    assert sql.value("SELECT COUNT(*) FROM jobs_period WHERE tick = %s", TICK) == 2


def test_an_id_is_found_as_the_mapper_stored_it() -> None:
    mail = Mail.objects.create(key="k", to_address="a@example.invalid", subject="s", created_at=TICK, next_at=TICK)
    found = sql.first(Mail, "SELECT * FROM notices_mail WHERE id = %s", mail.pk)
    assert found == mail
    assert sql.change("UPDATE notices_mail SET subject = %s WHERE id = %s", "t", mail.pk) == 1
    assert sql.change("UPDATE notices_mail SET subject = %s WHERE id = %s", "t", uuid4()) == 0
    mail.refresh_from_db()
    assert mail.subject == "t"


def test_many_are_changed_by_one_statement(periods: list[Period]) -> None:
    later = TICK + timedelta(days=1)
    sql.change_all("UPDATE jobs_period SET tick = %s WHERE name = %s", [(later, "a"), (later, "c"), (later, "none")])
    assert [row.name for row in Period.objects.filter(tick=later).order_by("name")] == ["a", "c"]


def test_a_locked_row_is_locked_where_the_database_does_it_by_row(periods: list[Period]) -> None:
    connection = transaction.get_connection()
    with CaptureQueriesContext(connection) as asked:
        assert sql.rows("SELECT name FROM jobs_period WHERE name = %s" + sql.lock(), "a") == [("a",)]
    assert asked[0]["sql"].endswith("FOR UPDATE") is connection.features.has_select_for_update
