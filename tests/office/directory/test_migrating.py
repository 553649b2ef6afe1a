"""A directory as it was before posts: its chairs become terms, and the shipped file finds its rows again."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rso.accounts.rules import system_actor
from rso.office.directory.actions.loading import load

pytestmark = pytest.mark.django_db(transaction=True)


def test_chairs_become_terms_and_loading_again_makes_nothing_twice() -> None:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate([("directory", "0001_initial")])
    old = executor.loader.project_state([("directory", "0001_initial"), ("accounts", "0002_seat_language_and_subject")])
    model = old.apps.get_model
    source = {"source": "Brochure", "version": 1}
    new_zealand = model("accounts", "Organisation").objects.create(code="NZL", name="New Zealand", kind="state")
    malaysia = model("accounts", "Organisation").objects.create(code="MYS", name="Malaysia", kind="state")
    body = model("directory", "Body").objects.create(
        code="wg-disruption", kind="working-group", name="Old", purpose="p", order=2, **source
    )
    chairs = model("directory", "Chair").objects
    chairs.create(body=body, organisation=new_zealand, **source)
    chairs.create(body=body, organisation=malaysia, until=date(2023, 7, 26), **source)
    model("directory", "Standing").objects.create(
        organisation=new_zealand, status="member-state", group="oceania", official_name="New Zealand",
        display_name="New Zealand", alpha2="NZ", **source,
    )  # fmt: skip
    try:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
        from rso.office.directory.models import Body, Standing, Term

        held = {(row.organisation.code, row.until) for row in Term.objects.filter(post__body__code="wg-disruption")}
        assert held == {("NZL", None), ("MYS", date(2023, 7, 26))}
        assert Standing.objects.get().group.code == "oceania"
        loaded = load(system_actor("command-line"))
        assert loaded.kept == 0
        assert Body.objects.filter(code="wg-disruption").count() == 1
        assert Standing.objects.filter(organisation__code="NZL").count() == 1
        assert Term.objects.filter(post__body__code="wg-disruption").count() == 3
    finally:
        MigrationExecutor(connection).migrate(latest)
