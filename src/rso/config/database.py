"""A database's address as one setting, read into what Django wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rso.base.errors import SettingError

# Why these: stack.md, "Running". IMMEDIATE takes the write lock at the start of a transaction, so that a
# second writer waits instead of failing half-way; FULL because a lost commit of the audit or of the outbox
# matters; secure_delete because a destroyed key must not lie about in a free page.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
    ),
}


# After a loss the pool tries again in longer and longer steps. Short of this many seconds it gives up, and the next
# request makes it try at once: so a server that is back is found at once.
_POOL = {"min_size": 1, "max_size": 8, "timeout": 5, "reconnect_timeout": 3}


def database(name: str, address: str, *, page_bytes: int = 4096) -> dict[str, Any]:
    """Django's settings for ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST:PORT/NAME``.

    ``name`` is the setting that ``address`` came from, for the error. ``page_bytes`` is the page of a new SQLite file:
    with larger ones, long values take less time to write and to overwrite.
    """
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        path = Path(unquote(parts.path))
        if not path.is_absolute() or not path.name:
            raise SettingError(name, "a SQLite address is sqlite:/// and an absolute path")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": _SQLITE | {"init_command": f"PRAGMA page_size={page_bytes}; {_SQLITE['init_command']}"},
            # Opening and closing the file for every request costs more than most requests do (2 ms of CPU).
            "CONN_MAX_AGE": 600,
        }
    if parts.scheme == "postgresql":
        if not parts.path.strip("/"):
            raise SettingError(name, "a PostgreSQL address ends with the name of the database")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            # A connection that the server has dropped meanwhile, as after a restart, is replaced before it is used.
            "CONN_HEALTH_CHECKS": True,
            # Without the pool's own timeout a wrong address waits for half a minute. `?pool=no` is for whoever
            # has a pooler before the server, and for tests, which drop databases.
            "OPTIONS": {} if parts.query == "pool=no" else {"pool": _POOL},
        }
    raise SettingError(name, f"knows sqlite and postgresql, not {parts.scheme or 'nothing'!r}")
