"""The shipped subjects, also where another test has emptied the tables that migrations filled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rso.accounts.rules import system_actor
from rso.office.contacts.actions.keeping import begin_subjects


@pytest.fixture(autouse=True)
def _subjects(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        begin_subjects(system_actor("command-line"), now=datetime(2026, 11, 23, 9, tzinfo=UTC))
