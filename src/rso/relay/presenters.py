"""The status in words and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rso.relay.queries.status import NodeState, Status
from rso.ui.parts import Stat

QUIET_AFTER = timedelta(minutes=5)
"""A node posts to the relay about once a minute."""


@dataclass(frozen=True)
class NodeRow:
    """A node as the table shows it."""

    agency: str
    name: str
    word: Any
    tone: str
    seen: str
    waiting: int
    size: str
    age: str


def stats(status: Status) -> list[Stat]:
    """The figures at the top of the page."""
    return [
        Stat(gettext_lazy("Entries in the log"), status.log_size, gettext_lazy("One for each message, never removed")),
        Stat(gettext_lazy("Messages waiting"), status.waiting, gettext_lazy("Sealed, until their recipient fetches")),
        Stat(
            gettext_lazy("Messages delivered"),
            status.acknowledged,
            gettext_lazy("Of those that have not expired; content deleted"),
        ),
        Stat(
            gettext_lazy("Arrangements registered"),
            status.arrangements,
            _("%(count)s ended") % {"count": status.arrangements_ended},
        ),
    ]


def node_rows(status: Status, now: datetime) -> list[NodeRow]:
    """The table's rows, in the order of the agencies."""
    return [_row(node, now) for node in status.nodes]


def _row(node: NodeState, now: datetime) -> NodeRow:
    word, tone = _state(node, now)
    return NodeRow(
        agency=node.agency,
        name=node.name,
        word=word,
        tone=tone,
        seen=_ago(node.last_seen, now),
        waiting=node.waiting,
        size=filesizeformat(node.octets) if node.waiting else "",
        age=_age(node.oldest, now),
    )


def _age(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    return timesince(since, now) if now - since >= timedelta(minutes=1) else _("under a minute")


def _ago(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    if now - since < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(since, now)}


def _state(node: NodeState, now: datetime) -> tuple[Any, str]:
    if node.last_seen is None:
        return gettext_lazy("never seen"), "neutral"
    if now - node.last_seen > QUIET_AFTER:
        return gettext_lazy("quiet"), "wait"
    return gettext_lazy("in contact"), "good"
