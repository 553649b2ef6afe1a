"""Messages: handed in, waited for, acknowledged."""

from __future__ import annotations

import time
from uuid import UUID

from django.db import connection
from django.http import HttpResponse

from rso.relay.actions import envelopes as actions
from rso.relay.adapters.bell import BELL, places
from rso.relay.adapters.identity import identity
from rso.relay.api.answers import answer
from rso.relay.api.requests import Call
from rso.relay.queries import mailbox as queries
from rso.relay.queries.mailbox import Page
from rso.relay.rules import (
    PAGE,
    PAGE_MOST,
    PAUSE_AFTER_WAIT,
    PAUSE_WITHOUT_PLACE,
    SUBMISSION,
    WAIT_SECONDS,
    whole_number,
)
from rso.wire import cbor, limits
from rso.wire.envelope import BLIND

_LOOK_EVERY = 2.0
"""Seconds between looks into the database while waiting, for mail that another process accepted."""


def submit(call: Call, message_id: UUID) -> HttpResponse:
    fields = cbor.Fields(cbor.decode(call.body, limit=SUBMISSION), "a submission", ("blind", "envelope"))
    submission = actions.Submission(
        fields.octets("envelope", limit=limits.ENVELOPE), fields.octets("blind", size=BLIND)
    )
    accepted = actions.accept(
        call.caller,
        message_id=message_id,
        submission=submission,
        directory=call.directory,
        identity=identity(),
        now=call.now,
    )
    content = {"index": accepted.index, "proof": accepted.proof, "receipt": accepted.receipt}
    return answer(content, 201 if accepted.new else 200)


def acknowledge(call: Call, message_id: UUID) -> HttpResponse:
    actions.acknowledge(call.caller, message_id=message_id, now=call.now)
    return answer({"state": "acknowledged"})


def receipt(call: Call, message_id: UUID) -> HttpResponse:
    signed, index, proof, state = queries.receipt(call.caller, message_id, call.now)
    return answer({"index": index, "proof": proof, "receipt": signed, "state": state})


def mailbox(call: Call) -> HttpResponse:
    wait = whole_number(call.query("wait"), 0, 0, WAIT_SECONDS)
    limit = whole_number(call.query("limit"), PAGE, 1, PAGE_MOST)
    page = queries.waiting(call.caller, limit, call.now)
    pause = PAUSE_AFTER_WAIT
    if wait and not page.items:
        with places().take(str(call.caller)) as free:
            if free:
                page = _wait(call, limit, wait)
            else:
                pause = PAUSE_WITHOUT_PLACE
    items = [
        {
            "envelope": item.envelope,
            "id": item.message_id.bytes,
            "index": item.index,
            "proof": item.proof,
            "receipt": item.receipt,
        }
        for item in page.items
    ]
    return answer({"items": items, "more": page.more, "retry_after": pause})


def _wait(call: Call, limit: int, seconds: int) -> Page:
    """Waits for mail. Within this process a ring ends the wait; otherwise every two seconds the database is asked."""
    name = str(call.caller)
    until = time.monotonic() + seconds
    while True:
        heard = BELL.heard(name)
        page = queries.waiting(call.caller, limit, call.now)
        left = until - time.monotonic()
        if page.items or left <= 0:
            return page
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            connection.close()  # a sleeping request holds no connection of the pool
        BELL.wait(name, heard, min(left, _LOOK_EVERY))
