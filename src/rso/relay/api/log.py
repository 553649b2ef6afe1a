"""The log, as C2SP tlog-tiles serves it, with proofs for whoever does not want to fetch tiles."""

from __future__ import annotations

from django.http import HttpResponse

from rso.relay.api.answers import answer, octets
from rso.relay.api.requests import Call
from rso.relay.queries import log as queries
from rso.relay.rules import RefusedError, whole_number
from rso.wire.log import MAX_SIZE


def checkpoint(call: Call) -> HttpResponse:
    note = queries.head().checkpoint
    if not note:
        raise RefusedError(404, "no-such-tile", "The log is empty.")
    return octets(note.encode(), "text/plain; charset=utf-8")


def tile(call: Call, place: str) -> HttpResponse:
    return octets(queries.tile_at(f"tile/{place}"), "application/octet-stream", lasting=True)


def proof(call: Call, index: int) -> HttpResponse:
    given = call.query("size")
    size, path = queries.inclusion(index, None if given is None else whole_number(given, 0, 0, MAX_SIZE))
    return answer({"index": index, "proof": path, "size": size})


def consistency(call: Call) -> HttpResponse:
    old = whole_number(call.query("old"), 0, 0, MAX_SIZE)
    new = whole_number(call.query("new"), queries.head().size, 0, MAX_SIZE)
    return answer({"new": new, "old": old, "proof": queries.consistency(old, new)})
