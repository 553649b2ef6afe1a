"""What the relay's staff sees: that nodes live, how old the queues are, how long the log is. No message, no person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Sum

from rso.accounts.rules import Actor, require
from rso.base.clock import from_unix_seconds, unix_seconds
from rso.base.errors import RsoError
from rso.relay.models import DirectoryFile, MailboxEntry, NodeSeen, RegisteredArrangement
from rso.relay.queries import directory as directories
from rso.relay.queries.log import head
from rso.relay.rules import RelayPermission
from rso.wire.directory import Directory, KeyUse
from rso.wire.receipt import log_origin


@dataclass(frozen=True)
class NodeState:
    """A node of the directory: when it was last seen, and what waits for it."""

    agency: str
    name: str
    last_seen: datetime | None
    waiting: int
    octets: int
    oldest: datetime | None


@dataclass(frozen=True)
class Status:
    """The relay as a whole at one moment."""

    nodes: list[NodeState]
    log_size: int
    waiting: int
    acknowledged: int
    arrangements: int
    arrangements_ended: int
    directory_version: int | None
    directory_expires: datetime | None
    directory_problem: bool


def status(actor: Actor, *, now: datetime) -> Status:
    """The state at ``now``; raises ``NotAllowed``."""
    require(actor, RelayPermission.SEE_STATUS)
    seconds = unix_seconds(now)
    directory = _directory()
    known = MailboxEntry.objects.filter(expires__gt=seconds)
    nodes = _nodes(directory, seconds)
    return Status(
        nodes=nodes,
        log_size=head().size,
        waiting=sum(node.waiting for node in nodes),
        acknowledged=known.filter(acknowledged__isnull=False).count(),
        arrangements=RegisteredArrangement.objects.filter(ended__isnull=True).count(),
        arrangements_ended=RegisteredArrangement.objects.filter(ended__isnull=False).count(),
        directory_version=None if directory is None else directory.version,
        directory_expires=None if directory is None else from_unix_seconds(directory.expires),
        directory_problem=directory is None or directory.expires <= seconds,
    )


def _directory() -> Directory | None:
    if not DirectoryFile.objects.exists():
        return None
    try:
        return directories.current()
    except RsoError:
        return None


def _nodes(directory: Directory | None, now: int) -> list[NodeState]:
    """Every agency that has a node or for which something waits."""
    names = {} if directory is None else {str(agency.id): agency.name for agency in directory.agencies}
    with_node = set() if directory is None else _with_node(directory)
    seen = dict(NodeSeen.objects.values_list("agency", "last_seen"))
    queues = {
        row["recipient"]: row
        for row in MailboxEntry.objects.filter(acknowledged__isnull=True, expires__gt=now)
        .values("recipient")
        .annotate(waiting=Count("pk"), octets=Sum("size"), oldest=Min("accepted"))
        .order_by("recipient")
    }
    return [_node(agency, names, seen, queues) for agency in sorted(with_node | seen.keys() | queues.keys())]


def _with_node(directory: Directory) -> set[str]:
    """The agencies that have a node; a relay has a key of that use too, and is known by its log."""
    logs = {entry.verifier.name for entry in directory.logs}
    holders = {entry.holder for entry in directory.keys if entry.use is KeyUse.NODE}
    return {str(holder) for holder in holders if log_origin(holder) not in logs}


def _node(
    agency: str, names: dict[str, str], seen: dict[str, datetime], queues: Mapping[str, Mapping[str, Any]]
) -> NodeState:
    queue = queues.get(agency)
    return NodeState(
        agency=agency,
        name=names.get(agency, ""),
        last_seen=seen.get(agency),
        waiting=queue["waiting"] if queue else 0,
        octets=queue["octets"] if queue else 0,
        oldest=from_unix_seconds(queue["oldest"]) if queue else None,
    )
