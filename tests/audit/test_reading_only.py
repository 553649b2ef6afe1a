"""The guard around GET knows what reads, and takes everything else for a change."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from rso.accounts.models import Organisation
from rso.audit.readonly import ReadOnlyGetMiddleware, WriteInRead, reads_only, writing_allowed

READS = [
    'SELECT "id" FROM "audit_entry" WHERE "note" = %s FOR UPDATE',
    '(SELECT "a" FROM "b") UNION (SELECT "c" FROM "d")',
    "  -- a remark\n SELECT 1",
    "/* INSERT INTO x */ SELECT 1",
    'WITH "latest" AS (SELECT * FROM "updates") SELECT "delete" FROM "latest" FOR NO KEY UPDATE',
    "WITH a AS (SELECT 'it''s an UPDATE of DELETE') SELECT * FROM a",
    "WITH a AS (SELECT replace(name, 'x', 'y') FROM b) SELECT * FROM a",
    "EXPLAIN SELECT 1",
    "VALUES (1), (2)",
    "PRAGMA table_info('audit_entry')",
    'SAVEPOINT "s1"',
    'RELEASE SAVEPOINT "s1"',
    'ROLLBACK TO SAVEPOINT "s1"',
    "SET CONSTRAINTS ALL IMMEDIATE",
    "BEGIN",
]
WRITES = [
    'INSERT INTO "audit_entry" VALUES (1)',
    'INSERT OR REPLACE INTO "audit_entry" VALUES (1)',
    'INSERT OR IGNORE INTO "django_session_of_another" VALUES (1)',
    'REPLACE INTO "audit_entry" VALUES (1)',
    'UPDATE "audit_entry" SET "facts" = %s',
    'delete from "audit_entry"',
    "/* SELECT */ DELETE FROM audit_entry",
    "-- SELECT 1\nDELETE FROM audit_entry",
    'WITH "a" AS (SELECT 1) UPDATE "audit_entry" SET "x" = 1',
    'WITH "gone" AS (DELETE FROM "audit_entry" RETURNING *) SELECT * FROM "gone"',
    "WITH a AS (SELECT 1) INSERT INTO audit_entry SELECT * FROM a",
    "EXPLAIN ANALYZE DELETE FROM audit_entry",
    "MERGE INTO audit_entry USING x ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE audit_entry",
    "CREATE TABLE x (y)",
    "CREATE INDEX x ON audit_entry (id)",
    "ALTER TABLE audit_entry ADD COLUMN x int",
    "DROP TABLE audit_entry",
    "COPY audit_entry FROM STDIN",
    "PRAGMA user_version = 7",
    "VACUUM",
    "ATTACH DATABASE 'x' AS y",
    "CALL change_it()",
    "DO $$ BEGIN DELETE FROM x; END $$",
    "",
    "no statement",
]


@pytest.mark.parametrize("sql", READS)
def test_what_reads(sql: str) -> None:
    assert reads_only(sql)


@pytest.mark.parametrize("sql", WRITES)
def test_what_changes(sql: str) -> None:
    assert not reads_only(sql)


@given(st.text(max_size=60), st.sampled_from(["INSERT INTO t", "UPDATE t SET a = 1", "DELETE FROM t"]))
def test_no_text_in_quotes_hides_a_change(text: str, change: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    assert not reads_only(f"WITH a AS (SELECT {quoted}) {change}")
    assert reads_only(f"WITH a AS (SELECT {quoted}) SELECT 1")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE made_by_a_get (id integer)",
        "WITH a AS (SELECT 'x' AS code) UPDATE accounts_organisation SET name = 'changed'",
        "DELETE FROM accounts_organisation",
    ],
)
def test_no_reading_method_changes_anything(method: str, sql: str) -> None:
    Organisation.objects.create(code="XAV", name="Avaria", kind="state")

    def writes(request: object) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        return HttpResponse()

    with pytest.raises(WriteInRead):
        ReadOnlyGetMiddleware(writes)(getattr(RequestFactory(), method)("/"))
    assert [one.name for one in Organisation.objects.all()] == ["Avaria"]
    assert "made_by_a_get" not in connection.introspection.table_names()


@pytest.mark.django_db
def test_the_guard_ends_with_the_request_and_opens_for_the_access_audit_only() -> None:
    def looks(request: object) -> HttpResponse:
        with writing_allowed():
            Organisation.objects.create(code="XAV", name="Avaria", kind="state")
        with pytest.raises(WriteInRead), transaction.atomic():
            Organisation.objects.all().delete()
        return HttpResponse()

    ReadOnlyGetMiddleware(looks)(RequestFactory().get("/"))
    Organisation.objects.create(code="XBD", name="Borduna", kind="state")
    assert Organisation.objects.count() == 2
