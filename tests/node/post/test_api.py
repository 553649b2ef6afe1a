"""The interface for programs: the same actions, the same form, the same refusals."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.node.people import client_of, person
from tests.node.region import BASIS, BORDUNA, PURPOSE, Region

from rso.accounts.rules import Role
from rso.node.post.forms import ArrangementForm
from rso.node.post.models import Arrangement, Outbox
from rso.node.requests.models import Letter

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
ROOT = "/api"


@pytest.fixture
def today(region: Region) -> bytes:
    """The interface reads the machine's own clock: keys and arrangement are made for that day."""
    region.clock.step(seconds=(timezone.now() - region.now()).total_seconds())
    region.relay.records[str(BORDUNA)] = region.borduna.records()
    region.exchange()
    return region.agree()


def call(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.generic(method, f"{ROOT}{path}", *([] if body is None else [json_of(body), "application/json"]))


def json_of(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def terms(**changes: object) -> dict[str, Any]:
    plain = {name: field.initial for name, field in ArrangementForm.base_fields.items() if field.initial is not None}
    plain |= {"title": "By a program (synthetic)", "peer": str(BORDUNA), "starts": "2026-11-01"}
    plain |= {"basis": BASIS, "basis_text": "An act", "peer_basis": "treaty", "peer_basis_text": "A treaty"}
    return plain | changes


def test_an_arrangement_from_draft_to_end(region: Region, today: bytes) -> None:
    administrator = client_of(person(Role.NODE_ADMINISTRATOR))
    made = call(administrator, "POST", "/arrangements", terms())
    assert made.status_code == 201
    digest = made.json()["digest"]
    assert made.json()["not_in_force"] == "not-signed"
    assert call(administrator, "POST", f"/arrangements/{digest}/propose").json()["state"] == "sent"
    assert call(administrator, "POST", f"/arrangements/{digest}/sign").status_code == 200
    again = call(administrator, "POST", f"/arrangements/{digest}/sign")
    assert (again.status_code, again.json()["code"]) == (409, "signed-already")
    ended = call(administrator, "POST", f"/arrangements/{digest}/end", {"reason": "law-changed"})
    assert ended.json()["state"] == "ended"
    assert call(administrator, "GET", "/arrangements").json()["total"] == 2


def test_the_form_judges_the_same(region: Region, today: bytes) -> None:
    answer = call(client_of(person(Role.NODE_ADMINISTRATOR)), "POST", "/arrangements", terms(probe_days=0))
    assert answer.status_code == 422
    assert "probe_days" in answer.json()["errors"]
    assert Arrangement.objects.count() == 1


def test_a_request_is_asked_and_listed(region: Region, today: bytes) -> None:
    officer = client_of(person(Role.OFFICER))
    (choice,) = call(officer, "GET", "/requests/choices").json()
    body = {
        "arrangement": choice["value"],
        "purpose": PURPOSE,
        "subject": "Synthetic",
        "text": "Synthetic question",
        "reply_by": (timezone.localdate() + timedelta(days=3)).isoformat(),
        "concerns_person": "no",
    }
    made = call(officer, "POST", "/requests", body)
    assert made.status_code == 201
    full = call(officer, "GET", f"/requests/{made.json()['id']}").json()
    assert (full["text"], full["reply"]) == ("Synthetic question", None)
    assert call(officer, "GET", "/requests").json()["total"] == Letter.objects.count() == 1


def test_how_it_stands_is_for_the_administrator(region: Region, today: bytes) -> None:
    administrator = client_of(person(Role.NODE_ADMINISTRATOR))
    for path in ("/post/relay", "/post/outbox", "/post/inbox"):
        assert call(administrator, "GET", path).status_code == 200
        assert call(client_of(person(Role.OFFICER)), "GET", path).status_code == 403
        assert call(Client(), "GET", path).status_code == 401
    assert not Outbox.objects.exists()
    assert reverse("post:state")
