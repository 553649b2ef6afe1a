"""The round that keeps retention."""

from __future__ import annotations

from django.conf import settings

from rso.jobs.registry import every
from rso.node.post.actions import POST
from rso.node.requests import actions
from rso.wire.limits import HOUR


@every(seconds=HOUR, name="requests.retention")
def keep_retention() -> None:
    if settings.RSO_AGENCY:
        actions.destroy_due(POST)
