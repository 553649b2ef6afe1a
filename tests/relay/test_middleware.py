"""The way of a node's request: past what is there for browsers, and with what is left of the ground."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from tests.relay.region import Node, refusal

from rso.audit.readonly import WriteInRead
from rso.relay.api import middleware
from rso.relay.models import Nonce

pytestmark = pytest.mark.django_db


def _write(request: HttpRequest) -> HttpResponse:
    Nonce.objects.create(value="synthetic", created=0)
    return HttpResponse()


urlpatterns = [path("writing", _write)]
"""Routes of an interface with a defect: whatever the method, it writes."""


def test_a_get_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_ROUTES", __name__)
    with pytest.raises(WriteInRead), transaction.atomic():
        Client().get("/v1/writing")
    assert not Nonce.objects.exists()
    assert Client().post("/v1/writing").status_code == 200


def test_an_answer_has_the_headers_of_the_ground_and_no_cookie(avaria: Node) -> None:
    answer = avaria.get("/v1/bell")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_what_only_looks_like_the_interface(avaria: Node) -> None:
    for address in ("/v1", "/v1x", "/V1/bell", "/x/v1/bell"):
        answer = avaria.client.get(address)
        assert not answer["Content-Type"].startswith("application/cbor")
    for address in ("/v1/v1/bell", "/v1//bell", "/v1/bell/", "/v1/../bell"):
        assert refusal(avaria.get(address)) == (404, "not-found")
