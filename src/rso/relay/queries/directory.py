"""The directory in use, and who may call."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from rso import sql
from rso.base.errors import RsoError
from rso.relay.models import DirectoryFile
from rso.relay.rules import RefusedError
from rso.wire.directory import Directory, KeyUse
from rso.wire.identifiers import AgencyId
from rso.wire.keys import VerifyKey
from rso.wire.trust import TrustAnchor, open_directory

_NEWEST = "SELECT version, digest FROM relay_directoryfile ORDER BY version DESC LIMIT 1"


def anchor() -> TrustAnchor:
    """The pinned root keys; raises :class:`RefusedError` (``not-ready``) where there are none."""
    try:
        return TrustAnchor.decode(Path(settings.RSO_TRUST_ANCHOR).read_bytes())
    except (OSError, RsoError):
        raise RefusedError(503, "not-ready", "The relay has no trust anchor that it can read.", 60) from None


@lru_cache(maxsize=4)
def _opened(version: int, digest: bytes) -> Directory:
    """Signatures are checked when a file is read into this process, not only when it was loaded."""
    return open_directory(bytes(DirectoryFile.objects.get(pk=version).file), anchor())


def current() -> Directory:
    """The directory in use; raises :class:`RefusedError` (``not-ready``) before the first was loaded."""
    for version, digest in sql.rows(_NEWEST):
        return _opened(version, bytes(digest))
    raise RefusedError(503, "not-ready", "The relay has no directory yet.", 60)


def check_fresh(directory: Directory, now: int) -> None:
    """Raises :class:`RefusedError` (``not-ready``) if the directory has expired."""
    if directory.expires <= now:
        raise RefusedError(503, "not-ready", "The relay's directory has expired: it waits for a new one.", 600)


def sender_key(directory: Directory, agency: AgencyId, key_id: bytes, created: int, now: int) -> VerifyKey | None:
    """The key for a message made at ``created`` and handed in at ``now``: a revoked one signs nothing new.

    Whatever date a message bears, since whoever has a stolen key can date it back.
    """
    entry = directory.key_by_id(key_id)
    if entry is None or (entry.validity.revoked is not None and entry.validity.revoked <= now):
        return None
    return node_key(directory, agency, key_id, created)


def file() -> tuple[int, bytes]:
    """Version and bytes of the signed file in use."""
    for version, digest in sql.rows(_NEWEST):
        return version, _file(version, bytes(digest))
    raise RefusedError(404, "no-directory", "The relay has no directory yet.")


@lru_cache(maxsize=2)
def _file(version: int, digest: bytes) -> bytes:
    """Kept, since anybody may ask, and reading it each time takes longer than all else of the answer."""
    return bytes(DirectoryFile.objects.get(pk=version, digest=digest).file)


def node_key(directory: Directory, agency: AgencyId, key_id: bytes, at: int) -> VerifyKey | None:
    """The key of that id, if it is the node's of that agency and good at ``at``."""
    entry = directory.key_by_id(key_id)
    if entry is None or entry.holder != agency or entry.use is not KeyUse.NODE or not entry.validity.holds(at):
        return None
    return entry.key
