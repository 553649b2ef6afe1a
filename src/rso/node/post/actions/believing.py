"""The directory: accepted in numbered steps from the pinned root keys, never an older one."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import from_unix_seconds, unix_seconds
from rso.node.post.models import DirectoryCopy
from rso.node.post.rules import PostError, PostEvent, PostPermission
from rso.wire.trust import Believed, SignedDirectory, TrustAnchor, accept_directory


def anchor() -> TrustAnchor:
    """The pinned root keys; raises ``PostError`` (``no-anchor``) before set-up has pinned them."""
    try:
        encoded = settings.RSO_TRUST_ANCHOR.read_bytes()
    except FileNotFoundError:
        raise PostError(
            "no-anchor", "This node trusts nobody yet: put the root keys where RSO_TRUST_ANCHOR says."
        ) from None
    return TrustAnchor.decode(encoded)


@transaction.atomic
def accept(actor: Actor, *, data: bytes, now: datetime) -> DirectoryCopy:
    """Believes ``data`` if it passes every step; again with the one in use changes nothing.

    Raises ``DirectoryRefusedError`` with its step, or ``PostError`` (``no-anchor``).
    """
    require(actor, PostPermission.EXCHANGE)
    last = DirectoryCopy.objects.defer("document").order_by("-version").first()
    believed = None if last is None else Believed(last.version, bytes(last.digest))
    directory = accept_directory(data, anchor(), unix_seconds(now), believed)
    if last is not None and directory.version == last.version:
        return last
    copy = DirectoryCopy(
        version=directory.version,
        digest=SignedDirectory.decode(data).digest(),
        document=data,
        accepted_at=now,
        expires_at=from_unix_seconds(directory.expires),
    )
    copy.save(force_insert=True)
    record(actor, PostEvent.DIRECTORY_ACCEPTED, subject=f"directory:{copy.version}")
    return copy
