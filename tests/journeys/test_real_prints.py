"""Real fingers through the real relay: other impressions of an enrolled finger, and fingers that nobody enrolled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.running import OF_BORDUNA, PERSON, Region

from rso.demo import acts
from rso.demo.prints import Print
from rso.wire import evidence
from rso.wire.trust import TrustAnchor

pytestmark = pytest.mark.prints

HOLDER = "XCS/GOV/POLICE"
ENROLLED = ("101", "102", "103", "104", "105", "106")
#: Other impressions of four enrolled fingers, and two fingers that nobody enrolled.
MATES = ("101_2", "103_2", "104_2", "106_2")
STRANGERS = ("108_1", "110_1")
WANTED = ["family-name", "birth-date"]


@pytest.fixture(scope="module")
def gallery(prints: Path, region: Region) -> Path:
    """Six real fingers stand in Cestria's gallery, each a person of its own with an invented name."""
    folder = prints / "DB1_B"
    for number in ENROLLED:
        person = PERSON | {"family_name": f"Finger{number}"}
        acts.enrol(region.staff["cestria"], f"REAL-{number}", real(folder, f"{number}_1"), person, OF_BORDUNA)
    return folder


def real(folder: Path, name: str) -> Print:
    resolution = int(json.loads((folder.parent / "resolutions.json").read_text())[folder.name])
    return Print(f"{name}.tif", (folder / f"{name}.tif").read_bytes(), resolution, 0, False)


def asked(region: Region, folder: Path, name: str) -> str:
    """Sends a question about a print to Cestria; gives its id."""
    search = acts.ask(region.staff["avaria"], real(folder, name), f"ASK-{name}", [HOLDER], OF_BORDUNA)
    return str(search["id"])


def question(region: Region, search: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = region.staff["avaria"]("officer").get(f"/api/searches/{search}")["questions"]
    return rows[0]


def test_strangers_are_never_a_hit_by_themselves(region: Region, gallery: Path) -> None:
    """Either no candidate comes up and the node says "no hit", or an examiner says it: a machine never says more."""
    searches = [asked(region, gallery, name) for name in STRANGERS]
    for search in searches:
        answer = acts.answer_of(region.staff["avaria"], search, HOLDER)
        assert answer["outcome"] == "no-hit"


def test_a_mate_is_a_hit_after_an_examiner_and_opens_a_disclosure(region: Region, gallery: Path) -> None:
    avaria, cestria = region.staff["avaria"], region.staff["cestria"]
    desk = acts.examiners_desk(cestria)
    searches = [asked(region, gallery, name) for name in MATES]
    assert not any(question(region, search)["outcome"] for search in searches)
    for _mate in MATES:
        candidate = desk.next("a candidate")["candidates"][0]["id"]
        desk.visitor.post(
            f"/api/candidates/{candidate}/finding",
            {"verdict": "same", "reason": "The pairs agree in place and direction."},
        )
    found = [acts.answer_of(avaria, search, HOLDER) for search in searches]
    assert [row["outcome"] for row in found] == ["hit"] * len(MATES)

    ask = avaria("officer").post(
        f"/api/questions/{found[0]['id']}/disclosure",
        {"fields_wanted": WANTED, "justification": "To verify the holder of a lost document."},
    )
    approver = cestria("approver")
    case = acts.until("the request", lambda: next(iter(approver.get("/api/disclosure-requests")), None))
    approver.post(
        f"/api/disclosure-requests/{case['id']}/ruling",
        {"family-name": "release", "birth-date": "not-necessary", "reason": "The name is enough."},
    )

    def came() -> dict[str, Any] | None:
        told: dict[str, Any] = avaria("officer").get(f"/api/disclosures/{ask['id']}")
        return told if told["fields"] else None

    told = acts.until("the disclosure", came)
    assert told["fields"] == {"family-name": "Finger101"}
    assert set(told["withheld"]) == {"birth-date"}


def test_the_probe_is_destroyed_and_that_is_told_and_proved(region: Region, gallery: Path) -> None:
    """Nothing is kept of a print that matched nobody: the holder says so, and its answer is evidence."""
    search = asked(region, gallery, "109_1")
    answer = acts.answer_of(region.staff["avaria"], search, HOLDER)
    acts.until("word that the print was destroyed", lambda: question(region, search)["print_destroyed"])
    auditor = region.staff["avaria"]("auditor")

    def notarised() -> dict[str, Any] | None:
        rows = auditor.get("/api/messages", conversation=answer["conversation"])
        return next((row for row in rows if row["kind"] == "destruction-receipt" and row["notarised"]), None)

    message = acts.until("the relay's receipt", notarised)
    data = auditor.post_for_file(f"/api/messages/{message['id']}/evidence")
    finding = evidence.verify(data, TrustAnchor.decode(region.anchor.read_bytes()))
    assert str(finding.header.sender) == HOLDER
