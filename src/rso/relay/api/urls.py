"""Routes of the interface, under ``/v1/``."""

from __future__ import annotations

from django.urls import path, re_path

from rso.relay.api import envelopes, log, nodes
from rso.relay.api.requests import public, route
from rso.relay.rules import SUBMISSION

_ARRANGEMENT = r"^arrangements/(?P<digest>[0-9a-f]{64})"

urlpatterns = [
    path("submissions", route(limit=SUBMISSION, POST=envelopes.submit)),
    path("acknowledgements", route(POST=envelopes.acknowledge)),
    path("states", route(GET=envelopes.states)),
    path("mailbox", route(GET=envelopes.mailbox)),
    path("bell", route(GET=envelopes.bell)),
    path("directory", public(nodes.directory)),
    path("keys", route(PUT=nodes.publish_key)),
    path("keys/<str:member>/<str:klass>/<str:agency>", route(GET=nodes.keys)),
    re_path(_ARRANGEMENT + "$", route(GET=nodes.arrangement, PUT=nodes.register)),
    re_path(_ARRANGEMENT + "/end$", route(POST=nodes.end)),
    path("contact", route(POST=nodes.contact)),
    path("log/checkpoint", route(GET=log.checkpoint)),
    path("log/tile/<path:place>", route(GET=log.tile)),
    path("log/proof/<int:index>", route(GET=log.proof)),
    path("log/consistency", route(GET=log.consistency)),
]
