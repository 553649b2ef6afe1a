"""Plain statements: ids and times go in and come out as the mapper keeps them, on either database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test.utils import CaptureQueriesContext

from rso import sql
from rso.accounts.models import User
from rso.jobs.models import Period
from rso.notices.models import Mail, Notice

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


# ---------------------------------------------------------------- rows of a model


def _mail(key: str = "k") -> Mail:
    return Mail(key=key, to_address="a@example.invalid", subject="s", created_at=TICK, next_at=TICK)


def test_a_row_is_stored_as_the_mapper_would_store_it() -> None:
    mail = _mail()
    sql.add(mail)
    assert not mail._state.adding
    there = Mail.objects.get()
    for field in Mail._meta.concrete_fields:
        assert getattr(there, field.attname) == getattr(mail, field.attname), field
    assert sql.first(Mail, "SELECT * FROM notices_mail WHERE created_at = %s", TICK) == mail


def test_the_number_that_the_database_gives_is_set(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create(email="a@example.invalid", name="A")
    rows = [
        Notice(user=user, kind="k", title="%(n)s", context={"n": n, "of": None}, path="/", created_at=TICK)
        for n in range(3)
    ]
    sql.add(*rows)
    assert [row.context["n"] for row in Notice.objects.order_by("pk")] == [0, 1, 2]
    assert [row.pk for row in rows] == list(Notice.objects.order_by("pk").values_list("pk", flat=True))
    found = sql.found(Notice, "SELECT * FROM notices_notice ORDER BY id DESC")
    assert [row.context for row in found] == [{"n": n, "of": None} for n in (2, 1, 0)]
    assert found[0].user == user
    assert found[0].read_at is None


def test_many_rows_are_stored_by_one_call() -> None:
    sql.add(_mail("a"), _mail("b"))
    assert set(Mail.objects.values_list("key", flat=True)) == {"a", "b"}


def test_what_is_unique_is_stored_once_and_the_transaction_goes_on() -> None:
    assert sql.add_unless_there(_mail())
    assert not sql.add_unless_there(_mail())
    assert Mail.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.add(_mail())


def test_only_what_is_named_is_kept() -> None:
    mail = _mail()
    sql.add(mail)
    mail.subject, mail.attempts, mail.next_at = "t", 3, TICK + timedelta(hours=1)
    sql.keep(mail, only=("attempts", "next_at"))
    mail.refresh_from_db()
    assert (mail.subject, mail.attempts, mail.next_at) == ("s", 3, TICK + timedelta(hours=1))


def test_a_row_that_is_gone_cannot_be_kept() -> None:
    mail = _mail()
    sql.add(mail)
    Mail.objects.all().delete()
    with pytest.raises(DatabaseError, match="not there any more"):
        sql.keep(mail, only=("attempts",))


def test_what_does_something_when_stored_is_left_to_the_mapper() -> None:
    with pytest.raises(TypeError, match="leave it to the mapper"):
        sql.add(User(email="b@example.invalid"))  # its day of birth is set by the mapper
