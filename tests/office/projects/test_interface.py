"""The JSON interface: a proposal's whole way, with the token against forgery asked for."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rso.office.projects.models import Project, Proposal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]
START = date(2027, 2, 1)
BODY: dict[str, Any] = {
    "title": "A shared course (synthetic)",
    "problem": "Each academy writes its own course.",
    "approach": "Three academies write one.",
    "results": "One course, taught twice.",
    "risks": "None of the examples shows a real person.",
    "objectives": ["capacity-building"],
    "principles": ["life-and-dignity"],
    "partners": ["XCS"],
    "starts_on": START.isoformat(),
    "ends_on": (START + timedelta(days=200)).isoformat(),
    "budget": [{"year": 2027, "currency": "aud", "amount": "1200.50", "purpose": "Two workshops"}],
}


class Program:
    """Calls the interface with the session and the token of a browser, and expects a status."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = "t" * 32
        client.cookies[settings.CSRF_COOKIE_NAME] = self.token

    def __call__(self, method: str, path: str, status: int, body: Any = None, *, token: bool = True) -> Any:
        headers = {"X-CSRFToken": self.token} if token else {}
        answer = self.client.generic(
            method,
            f"/api{path}",
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def programs(browser: Any) -> Any:
    made: dict[str, Program] = {}

    def program(name: str) -> Program:
        return made.setdefault(name, Program(browser(name, checks=True)))

    return program


def test_the_whole_way(programs: Any) -> None:
    official, one, two, group = (programs(n) for n in ("official", "manager-a", "manager-b", "steering"))
    made = official("POST", "/proposals", 201, BODY)
    place = f"/proposals/{made['id']}"
    assert made["may"] == ["edit", "submit", "withdraw"]
    assert made["content"]["budget"] == [
        {"year": 2027, "currency": "AUD", "amount": "1200.50", "purpose": "Two workshops"}
    ]
    assert made["content"]["partners"] == ["XCS"]
    changed = official("PATCH", place, 200, {"revision": made["revision"], "title": "Another title (synthetic)"})
    assert changed["content"] == made["content"] | {"title": "Another title (synthetic)"}
    assert changed["revision"] == made["revision"] + 1
    assert official("POST", f"{place}/submit", 200)["state"] == "assessment"

    said = {"leaning": "approve", "text": "Clear."}
    assert one("POST", f"{place}/consult", 409, {"days": 14})["code"] == "both-assess-first"
    assert one("POST", f"{place}/assess", 200, said)["may"] == ["assess"]
    assert two("POST", f"{place}/assess", 200, said)["may"] == ["assess", "consult"]
    assert two("POST", f"{place}/consult", 200, {"days": 14})["state"] == "consultation"
    assert group("POST", f"{place}/comment", 200, {"text": "We would host it."})["comments"][0]["organisation"] == "XCS"
    assert one("POST", f"{place}/close", 200, {"reason": "All have spoken."})["state"] == "decision"
    key = {"outcome": "approve", "reason": "Wanted by three members."}
    first = one("POST", f"{place}/sign", 200, key)
    assert first["keys"][0]["partial"] is True
    assert one("POST", f"{place}/sign", 409, key)["code"] == "signed-already"
    decided = two("POST", f"{place}/sign", 200, key)
    assert (decided["state"], decided["may"]) == ("approved", [])
    assert [row["partial"] for row in decided["keys"]] == [True, False]
    project = official("GET", f"/projects/{decided['project']}", 200)
    assert (project["title"], project["member"]) == ("Another title (synthetic)", "XAV")


def test_disagreement_and_the_way_on(programs: Any) -> None:
    official, one, two = (programs(n) for n in ("official", "manager-a", "manager-b"))
    place = f"/proposals/{official('POST', '/proposals', 201, BODY)['id']}"
    official("POST", f"{place}/submit", 200)
    for manager in (one, two):
        manager("POST", f"{place}/assess", 200, {"leaning": "approve", "text": "Clear."})
    one("POST", f"{place}/consult", 200, {"days": 3})
    one("POST", f"{place}/close", 200, {"reason": "All have spoken."})
    one("POST", f"{place}/sign", 200, {"outcome": "approve", "reason": "Yes."})
    apart = two("POST", f"{place}/sign", 200, {"outcome": "return", "reason": "Not yet."})
    assert apart["state"] == "disagreement"
    assert [key["outcome"] for key in apart["keys"]] == ["approve", "return"]
    assert apart["may"] == ["consult", "reconsider"]
    assert one("POST", f"{place}/reconsider", 200, {"reason": "We have talked."})["keys"] == []
    key = {"outcome": "return", "reason": "Name the academies."}
    one("POST", f"{place}/sign", 200, key)
    assert two("POST", f"{place}/sign", 200, key)["state"] == "returned"
    assert "submit" in official("GET", place, 200)["may"]


def test_withdrawal(programs: Any) -> None:
    official = programs("official")
    place = f"/proposals/{official('POST', '/proposals', 201, BODY)['id']}"
    assert official("POST", f"{place}/withdraw", 200, {"reason": "Another member does it."})["state"] == "withdrawn"


def test_two_people_edit_at_once(programs: Any) -> None:
    official, colleague = programs("official"), programs("colleague")
    made = official("POST", "/proposals", 201, BODY)
    place, revision = f"/proposals/{made['id']}", made["revision"]
    colleague("PATCH", place, 200, {"revision": revision, "problem": "Mine."})
    assert official("PATCH", place, 409, {"revision": revision, "problem": "Yours."})["code"] == "edited-by-another"
    assert official("GET", place, 200)["content"]["problem"] == "Mine."
    assert "revision" in official("PATCH", place, 422, {"problem": "Yours."})["errors"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"titel": "x"}, "titel"),
        ({"objectives": ["world-peace"]}, "objectives"),
        ({"partners": ["NGO"]}, "partners"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"problem": "x" * 6001}, "problem"),
        ({"budget": "much"}, "budget"),
        ({"budget": [{"year": 2027, "currency": "dollars", "amount": "1", "purpose": "x"}]}, "budget.0.currency"),
        ({"budget": [{"year": 1999, "currency": "AUD", "amount": "-1"}]}, "budget.0.purpose"),
    ],
)
def test_what_the_form_refuses(programs: Any, change: dict[str, Any], field: str) -> None:
    answer = programs("official")("POST", "/proposals", 422, {**BODY, **change})
    assert field in answer["errors"]
    assert not Proposal.objects.exists()


def test_an_incomplete_draft_is_not_submitted(programs: Any) -> None:
    official = programs("official")
    made = official("POST", "/proposals", 201, {"title": "Only a title (synthetic)"})
    assert "problem to be met" in made["missing"]
    assert official("POST", f"/proposals/{made['id']}/submit", 422)["code"] == "proposal-incomplete"


def test_without_the_token_nothing_is_written(programs: Any) -> None:
    assert programs("official")("POST", "/proposals", 403, BODY, token=False)["code"] == "forgery-token-missing"
    assert not Proposal.objects.exists()


def test_a_draft_is_absent_for_other_members(programs: Any) -> None:
    place = f"/proposals/{programs('official')('POST', '/proposals', 201, BODY)['id']}"
    absent = "/proposals/00000000-0000-0000-0000-000000000000"
    for name in ("stranger", "manager-b", "steering", "staff"):
        assert programs(name)("GET", place, 404) == programs(name)("GET", absent, 404)
    assert programs("stranger")("PATCH", place, 404, {"revision": 1, "title": "x"})["code"] == "not-found"
    assert programs("manager-b")("GET", "/proposals", 200)["total"] == 0
    assert programs("official")("GET", "/proposals?state=draft", 200)["total"] == 1


@pytest.mark.parametrize("name", ["party", "administrator"])
def test_others_have_no_proposals(programs: Any, name: str) -> None:
    assert programs(name)("GET", "/proposals", 403)["code"] == "not-allowed"


def test_attachments(programs: Any) -> None:
    official, stranger = programs("official"), programs("stranger")
    place = f"/proposals/{official('POST', '/proposals', 201, BODY)['id']}"

    def send(program: Any, content: bytes, name: str = "plan.txt") -> Any:
        return program.client.post(
            f"/api{place}/attachments",
            {"file": SimpleUploadedFile(name, content)},
            headers={"X-CSRFToken": program.token},
        )

    made = send(official, b"First the plan.")
    assert made.status_code == 201
    row = made.json()["attachments"][0]
    assert (row["name"], row["size"], row["scan"]) == ("plan.txt", 15, "not-scanned")
    assert b"".join(official.client.get(row["href"]).streaming_content) == b"First the plan."
    assert stranger.client.get(row["href"]).status_code == 404
    refused = send(official, b"MZ\x90", "program.exe")
    assert refused.status_code == 422
    assert "file" in refused.json()["errors"]
    assert send(stranger, b"Not mine.").status_code == 404
    assert stranger("DELETE", f"{place}/attachments/{row['id']}", 404)["code"] == "not-found"
    assert official("DELETE", f"{place}/attachments/{row['id']}", 200)["attachments"] == []
    send(official, b"The plan.")
    official("POST", f"{place}/submit", 200)
    kept = stranger("GET", place, 200)["attachments"][0]
    assert b"".join(stranger.client.get(kept["href"]).streaming_content) == b"The plan."
    assert send(official, b"Too late.").json()["code"] == "not-editable"


def test_a_draft_sent_twice(programs: Any) -> None:
    key = "6f1c1de2-3f0b-4f6e-9d7c-2a7d3a0b7a10"
    first, second = (programs("official")("POST", "/proposals", 201, {**BODY, "key": key}) for _ in range(2))
    assert first["id"] == second["id"] == key
    assert Proposal.objects.count() == 1


def test_signed_out(client: Client) -> None:
    assert client.get("/api/proposals").status_code == 401
    Project.objects.create(code="x", title="Public (synthetic)")
    assert client.get("/api/projects?q=public").json()["total"] == 1
