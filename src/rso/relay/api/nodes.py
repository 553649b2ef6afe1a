"""Weekly keys, arrangements, the directory, and being seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from rso.base.clock import unix_seconds
from rso.relay.actions import nodes as actions
from rso.relay.api.answers import CBOR, answer, octets
from rso.relay.api.requests import Call
from rso.relay.queries import directory as directories
from rso.relay.queries import log as log_queries
from rso.relay.queries import mailbox as queries
from rso.relay.rules import RefusedError, Registered, Registration
from rso.wire.identifiers import AgencyId


def directory(request: HttpRequest) -> HttpResponse:
    version, data = directories.file()
    tag = f'"{version}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = octets(data, CBOR)
    response["ETag"] = tag
    return response


def publish_key(call: Call) -> HttpResponse:
    published = actions.publish_key(call.caller, data=call.body, directory=call.directory, now=call.now)
    count = len(queries.encryption_keys(call.caller, call.now))
    return answer({"epoch": str(published.epoch), "keys": count})


def keys(call: Call, member: str, klass: str, agency: str) -> HttpResponse:
    named = AgencyId(member, klass, agency)
    if call.directory.agency(named) is None:
        raise RefusedError(404, "unknown-agency", "The directory has no such agency.")
    return answer({"records": queries.encryption_keys(named, call.now)})


def register(call: Call, digest: str) -> HttpResponse:
    content = Registration.decode(call.body)
    return _registered(actions.register(call.caller, digest=bytes.fromhex(digest), content=content))


def arrangement(call: Call, digest: str) -> HttpResponse:
    return _registered(queries.arrangement_of(call.caller, bytes.fromhex(digest)))


def end(call: Call, digest: str) -> HttpResponse:
    return _registered(actions.end(call.caller, digest=bytes.fromhex(digest), now=call.now))


def contact(call: Call) -> HttpResponse:
    return answer(
        {
            "directory": call.directory.version,
            "log_size": log_queries.head().size,
            "now": unix_seconds(call.instant),
            "waiting": queries.count_waiting(call.caller, call.now),
        }
    )


def _registered(found: Registered) -> HttpResponse:
    return answer(
        {
            "ended": found.ended,
            "missing": [str(party) for party in found.missing],
            "state": found.state.value,
        }
    )
