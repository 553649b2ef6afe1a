"""The relay's own keys, in a file outside of every database: one for receipts, one for the log's checkpoints."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from rso.base.errors import RsoError
from rso.relay.rules import RefusedError
from rso.wire import cbor
from rso.wire.checkpoint import NoteSigner
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SIGNING_KEY, SigningKey
from rso.wire.receipt import log_origin

_LIMIT = 4096
_KEYS = ("agency", "key", "log")


@dataclass(frozen=True)
class Identity:
    """Who the relay is in the directory, and both of its private keys."""

    agency: AgencyId
    key: SigningKey
    log: NoteSigner


def create(path: Path, agency: AgencyId) -> Identity:
    """Makes the keys, in a file that only its owner can read; raises ``FileExistsError`` rather than overwrite."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = {
        "agency": str(agency),
        "key": secrets.token_bytes(SIGNING_KEY),
        "log": secrets.token_bytes(32),
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(cbor.encode(content))
        file.flush()
        os.fsync(file.fileno())
    return read(path)


@lru_cache(maxsize=4)
def read(path: Path) -> Identity:
    """The keys of the file; raises :class:`RefusedError` (``not-ready``) where there is none that can be read."""
    try:
        fields = cbor.Fields(cbor.decode(path.read_bytes(), limit=_LIMIT), "the relay's key file", _KEYS)
        agency = fields.parsed("agency", AgencyId.parse)
        log = NoteSigner(log_origin(agency), fields.octets("log", size=32))
        return Identity(agency, SigningKey(fields.octets("key", size=SIGNING_KEY)), log)
    except FileNotFoundError:
        raise RefusedError(503, "not-ready", "The relay has no keys yet: run relay_keys.", 60) from None
    except (OSError, RsoError):
        raise RefusedError(503, "not-ready", "The relay cannot read its keys.", 60) from None


def identity() -> Identity:
    """The identity that the settings name."""
    return read(Path(settings.RSO_RELAY_KEY))
