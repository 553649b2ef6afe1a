"""Messages: handed in, waited for, acknowledged, asked after. Many at once, in one request."""

from __future__ import annotations

import re
import time
from uuid import UUID

from django.db import connection
from django.http import HttpResponse

from rso.relay.actions import envelopes as actions
from rso.relay.actions.envelopes import Outcome, Submission
from rso.relay.adapters.bell import BELL, places
from rso.relay.adapters.identity import identity
from rso.relay.api.answers import answer
from rso.relay.api.requests import Call
from rso.relay.queries import mailbox as queries
from rso.relay.queries.mailbox import Accepted, Page
from rso.relay.rules import (
    ACKNOWLEDGED_AT_ONCE,
    ASKED_AT_ONCE,
    BATCH,
    PAGE,
    PAGE_MOST,
    PAUSE_AFTER_WAIT,
    PAUSE_WITHOUT_PLACE,
    SMALL_BODY,
    SUBMISSION,
    WAIT_SECONDS,
    RefusedError,
    whole_number,
)
from rso.wire import cbor, limits
from rso.wire.envelope import BLIND
from rso.wire.errors import MalformedError, WireError

_LOOK_EVERY = 2.0
"""Seconds between looks into the database while waiting, for mail that another process accepted."""
_ID = 16
_HEX_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def submit(call: Call) -> HttpResponse:
    fields = cbor.Fields(cbor.decode(call.body, limit=SUBMISSION), "a batch", ("items",))
    given = [_submission(item) for item in _some(fields, "items", BATCH)]
    outcomes = iter(
        actions.accept(
            call.caller,
            submissions=[each for each in given if isinstance(each, Submission)],
            directory=call.directory,
            identity=identity(),
            now=call.now,
        )
    )
    told = [next(outcomes) if isinstance(each, Submission) else Outcome(None, None, each) for each in given]
    return answer({"items": [_told(outcome) for outcome in told]})


def acknowledge(call: Call) -> HttpResponse:
    fields = cbor.Fields(cbor.decode(call.body, limit=SMALL_BODY), "acknowledgements", ("ids",))
    ids = [_id(item) for item in _some(fields, "ids", ACKNOWLEDGED_AT_ONCE)]
    unknown = actions.acknowledge(call.caller, ids=ids, now=call.now)
    return answer({"unknown": [message_id.bytes for message_id in unknown]})


def states(call: Call) -> HttpResponse:
    ids = [_hex_id(item) for item in (call.query("ids") or "").split(",")]
    if len(ids) > ASKED_AT_ONCE:
        raise RefusedError(400, "bad-query", f"Ask after at most {ASKED_AT_ONCE} messages at once.")
    found = queries.states(call.caller, ids, call.now)
    return answer({"states": [{"id": message_id.bytes, "state": state.value} for message_id, state in found]})


def mailbox(call: Call) -> HttpResponse:
    limit = whole_number(call.query("limit"), PAGE, 1, PAGE_MOST)
    pause = _wait(call)
    page = queries.waiting(call.caller, limit, call.now)
    return answer({"items": _items(page), "more": page.more, "retry_after": pause})


def bell(call: Call) -> HttpResponse:
    pause = _wait(call)
    return answer({"retry_after": pause, "waiting": queries.count_waiting(call.caller, call.now)})


# ---------------------------------------------------------------- waiting


def _wait(call: Call) -> int:
    """Waits for mail as long as the query says. Returns how many seconds the node should pause before it asks again.

    Within this process a ring ends the wait; otherwise every two seconds the database is asked.
    """
    seconds = whole_number(call.query("wait"), 0, 0, WAIT_SECONDS)
    if not seconds or queries.some_wait(call.caller, call.now):
        return PAUSE_AFTER_WAIT
    name = str(call.caller)
    with places().take(name) as free:
        if not free:
            return PAUSE_WITHOUT_PLACE
        until = time.monotonic() + seconds
        while True:
            heard = BELL.heard(name)
            left = until - time.monotonic()
            if queries.some_wait(call.caller, call.now) or left <= 0:
                return PAUSE_AFTER_WAIT
            if connection.vendor == "postgresql" and not connection.in_atomic_block:
                connection.close()  # a sleeping request holds no connection of the pool
            BELL.wait(name, heard, min(left, _LOOK_EVERY))


# ---------------------------------------------------------------- what comes and goes


def _some(fields: cbor.Fields, key: str, most: int) -> list[object]:
    found = fields.items(key, most)
    if not found:
        raise MalformedError(f"{key} must not be empty")
    return found


def _submission(value: object) -> Submission | WireError:
    """A submission, or why it is none: one that is malformed keeps none of the others back."""
    try:
        fields = cbor.Fields(value, "a submission", ("blind", "envelope"))
        return Submission(fields.octets("envelope", limit=limits.ENVELOPE), fields.octets("blind", size=BLIND))
    except WireError as error:
        return error


def _id(value: object) -> UUID:
    if not isinstance(value, bytes) or len(value) != _ID:
        raise MalformedError("an id has 16 bytes")
    return UUID(bytes=value)


def _hex_id(value: str) -> UUID:
    if not _HEX_ID.fullmatch(value):
        raise RefusedError(400, "bad-query", "Ask for ids in 32 hexadecimal digits each, with commas between.")
    return UUID(hex=value)


def _told(outcome: Outcome) -> dict[str, object]:
    refused, accepted = outcome.refused, outcome.accepted
    return {
        "code": "" if refused is None else refused.code,
        "id": None if outcome.message_id is None else outcome.message_id.bytes,
        "retry_after": refused.retry_after if isinstance(refused, RefusedError) else None,
        **_place(accepted),
    }


def _items(page: Page) -> list[dict[str, object]]:
    return [{"envelope": item.envelope, "id": item.message_id.bytes, **_place(item.accepted)} for item in page.items]


def _place(accepted: Accepted | None) -> dict[str, object]:
    if accepted is None:
        return {"index": None, "proof": [], "receipt": b""}
    return {"index": accepted.index, "proof": accepted.proof, "receipt": accepted.receipt}
