"""The one page: is the relay well, and are the nodes there?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.clock import SystemClock
from rso.relay import presenters
from rso.relay.queries.status import status
from rso.relay.rules import RelayPermission


@require_safe
@needs(RelayPermission.SEE_STATUS)
def page(request: ActorRequest) -> HttpResponse:
    now = SystemClock().now()
    found = status(request.actor, now=now)
    context = {
        "status": found,
        "stats": presenters.stats(found),
        "nodes": presenters.node_rows(found, now),
        "now": now,
    }
    return render(request, "relay/status.html", context)
