"""Which engine there is."""

from __future__ import annotations

from django.db import connection

from rso.search.adapters.full_text import FullText
from rso.search.adapters.postgresql import TSVECTOR
from rso.search.adapters.sqlite import FTS5
from rso.search.ports import Engine


def engine() -> Engine:
    """The full text of the database in use."""
    return FullText(TSVECTOR if connection.vendor == "postgresql" else FTS5)
