"""Which engine there is."""

from __future__ import annotations

from django.db import connection

from rso.search.adapters.postgresql import TsVector
from rso.search.adapters.sqlite import Fts5
from rso.search.ports import Engine


def engine() -> Engine:
    """The full text of the database in use."""
    return TsVector() if connection.vendor == "postgresql" else Fts5()
