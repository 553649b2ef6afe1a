from __future__ import annotations

from uuid import UUID

import pytest

from rso.accounts.rules import Actor
from rso.audit.actions import record


@pytest.mark.django_db(transaction=True)
def test_a_row_outside_of_a_transaction_is_a_defect() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(Actor(UUID(int=1)), "tests:thing:done", subject="s")
