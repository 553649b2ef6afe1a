"""People and seats for programs: the pages' own rules and forms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.accounts.places import client, holder, place, stale

from rso.accounts.models import Seat, User
from rso.accounts.rules import Role

pytestmark = pytest.mark.django_db


def send(browser: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.post(path, json.dumps(body or {}), content_type="application/json")


def test_who_one_is() -> None:
    said = client("Noor", Role.MEMBER_OFFICIAL).get("/api/me").json()
    assert (said["name"], said["seats"][0]["role"], said["stands_in_for"]) == ("Noor", "member-official", [])
    assert "accounts:seat:see" in said["may"]
    assert "accounts:person:invite" not in said["may"]
    assert Client().get("/api/me").status_code == 401


def test_from_an_invitation_to_an_ended_seat() -> None:
    avaria = client("Ada", Role.MEMBER_ADMINISTRATOR)
    (row,) = avaria.get("/api/organisations").json()["items"]
    assert (row["code"], row["key"]) == ("XAV", place("XAV").pk)
    made = send(avaria, "/api/people", {"name": "Noor", "email": "noor@x.example", "organisation": row["key"]})
    assert made.status_code == 201
    agency = send(avaria, f"/api/organisations/{row['key']}/agencies", {"name": "Border", "code": "XAV/B"})
    assert agency.status_code == 201
    given = {
        "user": made.json()["key"], "role": "member-official", "organisation": row["key"],
        "agency": agency.json()["key"], "starts_on": "2026-01-01",
    }  # fmt: skip
    seat = send(avaria, "/api/seats", given)
    assert seat.status_code == 201, seat.content
    assert (seat.json()["agency"], seat.json()["person"]) == ("XAV/B", "Noor")
    assert send(avaria, "/api/seats", given).status_code == 409
    assert send(avaria, "/api/seats", given | {"role": "co-manager"}).json()["errors"].keys() == {"role"}
    assert send(avaria, f"/api/seats/{seat.json()['id']}/end").json()["until"]
    assert {row["name"] for row in avaria.get("/api/people?q=noor").json()["items"]} == {"Noor"}


def test_another_organisation_is_out_of_reach() -> None:
    avaria, kelu = client("Ada", Role.MEMBER_ADMINISTRATOR), holder("Kelu", Role.MEMBER_OFFICIAL, "XBD")
    borduna = place("XBD").pk
    assert avaria.get("/api/people?q=kelu").json()["total"] == 0
    assert send(avaria, f"/api/seats/{Seat.objects.get(user=kelu).pk}/end").status_code == 404
    assert send(avaria, f"/api/organisations/{borduna}/agencies", {"name": "A", "code": "A"}).status_code == 404
    body = {"name": "X", "email": "x@x.example", "organisation": borduna}
    assert send(avaria, "/api/people", body).status_code == 422
    names = {row["organisation"]: row["person"] for row in avaria.get("/api/seats").json()["items"]}
    assert names == {"XAV": "Ada", "XBD": ""}


def test_a_sensitive_act_wants_a_fresh_factor() -> None:
    avaria = stale(client("Ada", Role.MEMBER_ADMINISTRATOR))
    body = {"name": "Noor", "email": "noor@x.example", "organisation": place("XAV").pk}
    for path, sent in (("/api/people", body), ("/api/seats", {}), ("/api/seats/1/end", {})):
        answer = send(avaria, path, sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "factor-not-fresh")
    assert not User.objects.filter(name="Noor").exists()
    assert avaria.get("/api/people").status_code == 200


def test_officials_see_no_people() -> None:
    noor = client("Noor", Role.MEMBER_OFFICIAL)
    assert noor.get("/api/people").status_code == 403
    assert send(noor, "/api/people", {}).status_code == 403
    assert noor.get("/api/seats?on=2018-03-01").json()["total"] == 0
