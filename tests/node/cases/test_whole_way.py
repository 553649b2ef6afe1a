"""The whole way over the interface for programs, on both sides, against another member built from ``wire`` alone."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.node.cast import MACHINE, mail_after_tick, probe_of
from tests.node.people import client_of, person
from tests.node.prints import png
from tests.node.region import ANCHOR, BORDUNA, CESTRIA, Region

from rso.accounts.rules import Role
from rso.audit.models import Entry
from rso.base.clock import SystemClock, unix_seconds
from rso.node.gallery.models import Subject
from rso.node.searches.actions import destroying, expiring, searching
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Question, ReceivedProbe, Search
from rso.wire import evidence
from rso.wire.limits import DAY
from rso.wire.messages import (
    Answer,
    DestructionReceipt,
    Disclosure,
    DisclosureRequest,
    Message,
    Outcome,
    Probe,
)
from rso.wire.terms import ApprovalRule

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOT_PROTECTED = {
    **dict.fromkeys(("asylum_seeker", "refugee", "stateless", "trafficking_victim", "child"), "no"),
    "nationality_countries": "XAV",
    "nationality_standing": "known",
    "residence_countries": "XAV",
    "residence_standing": "known",
    "feared_standing": "known",
}


@pytest.fixture(autouse=True)
def one_clock(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and interface read the region's clock."""
    monkeypatch.setattr(SystemClock, "now", lambda self: region.clock.now())
    monkeypatch.setattr(timezone, "now", region.clock.now)


class Program:
    """Somebody who uses the interface."""

    def __init__(self, *roles: Role) -> None:
        self.user = person(*roles)
        self.client: Client = client_of(self.user, enforce_csrf_checks=True)
        self.client.cookies["rso_csrf"] = "a" * 32
        self.headers = {"X-CSRFToken": "a" * 32}

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self._told(self.client.get(f"/api{path}", query), status)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        sent = self.client.post(f"/api{path}", body or {}, content_type="application/json", headers=self.headers)
        return self._told(sent, status)

    def upload(self, path: str, fields: dict[str, Any], status: int = 201) -> Any:
        return self._told(self.client.post(f"/api{path}", fields, headers=self.headers), status)

    @staticmethod
    def _told(answer: Any, status: int) -> Any:
        assert answer.status_code == status, answer.content.decode()[:600]
        return answer.json() if answer.content and "json" in answer["Content-Type"] else answer.content


def image(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("print.png", data, "image/png")


def search_fields(**changes: Any) -> dict[str, Any]:
    plain = {
        "image": image(png(1, 1)),
        "finger": "2",
        "resolution_ppi": "500",
        "purpose": "identity-verification",
        "legal_basis": "domestic-law",
        "own_reference": "Case 7",
        "synthetic": "true",
        **NOT_PROTECTED,
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def one(messages: list[Message], kind: type[Message]) -> Any:
    (found,) = [message for message in messages if isinstance(message, kind)]
    return found


def sent_question(region: Region, officer: Program, **changes: Any) -> tuple[dict[str, Any], Probe, bytes]:
    """A question of Avaria's that has reached Borduna."""
    digest = region.agree()
    search = officer.upload("/searches", search_fields(**changes))
    officer.post(f"/searches/{search['id']}/send", {"to": [str(BORDUNA)]})
    region.exchange()
    return search, one(region.borduna.mail(), Probe), digest


def test_ask_hit_request_disclosure_expiry_and_receipts(region: Region) -> None:
    officer = Program(Role.OFFICER)
    search, probe, digest = sent_question(region, officer)
    assert probe.image.startswith(b"\x89PNG")
    assert b"Case 7" not in probe.encode()
    assert b"XAV" not in probe.encode().replace(b"XAV/GOV/BORDER", b"")  # protection answers never travel

    hit = secrets.token_bytes(16)
    region.borduna.send(Answer(probe.meta.reply(), Outcome.HIT, hit_reference=hit), digest)
    region.exchange()
    (question,) = officer.get(f"/searches/{search['id']}")["questions"]
    assert (question["outcome"], question["state"]) == ("hit", "answered")

    offered = officer.get(f"/questions/{question['id']}/fields")
    assert "family-name" in offered
    officer.post(f"/questions/{question['id']}/disclosure", {"fields_wanted": ["shoe-size"], "justification": "x"}, 422)
    said = "To return a lost passport.\r\nIts owner waits."  # as a browser sends two lines
    body = {"fields_wanted": ["family-name", "birth-date"], "justification": said}
    ask = officer.post(f"/questions/{question['id']}/disclosure", body, 201)
    officer.post(f"/questions/{question['id']}/disclosure", body, 409)
    region.exchange()
    request = one(region.borduna.mail(), DisclosureRequest)
    assert (request.hit_reference, request.fields) == (hit, ("birth-date", "family-name"))
    assert request.justification == "To return a lost passport.\nIts owner waits."

    expires = unix_seconds(region.now()) + 90 * DAY
    given = Disclosure(
        request.meta.reply(),
        fields={"family-name": "Canary"},
        withheld={"birth-date": "declined"},
        handling=("lead-only",),
        expires=expires,
    )
    region.borduna.send(given, digest)
    region.exchange()
    told = officer.get(f"/disclosures/{ask['id']}")
    assert told["fields"] == {"family-name": "Canary"}
    assert (told["withheld"], told["handling"]) == ({"birth-date": "declined"}, ["lead-only"])
    Program(Role.OFFICER).get(f"/disclosures/{ask['id']}", 404)
    Program(Role.AUDITOR).get(f"/disclosures/{ask['id']}", 403)

    region.clock.step(days=91)
    assert expiring.destroy_expired(MACHINE, clock=region.clock) >= 1
    officer = _again(officer)
    assert officer.get(f"/disclosures/{ask['id']}")["fields"] == {}
    assert DisclosureAsk.objects.get().destroyed_at is not None
    region.exchange()
    assert one(region.borduna.mail(), DestructionReceipt).what == "disclosure"


def _again(program: Program) -> Program:
    """The same person, signed in anew after a long time."""
    made = Program.__new__(Program)
    made.user, made.headers = program.user, program.headers
    made.client = client_of(program.user, enforce_csrf_checks=True)
    made.client.cookies["rso_csrf"] = "a" * 32
    return made


def test_enrol_take_examine_disclose_audit_and_prove(region: Region) -> None:
    digest = region.agree()
    officer, examiner, approver = Program(Role.OFFICER), Program(Role.EXAMINER), Program(Role.APPROVER)
    auditor = Program(Role.AUDITOR)
    fields = {
        "reference": "A-1", "family_name": "Canary-Nguye\u0302\u0303n\u202c", "given_names": "Ana",
        "resolution_ppi": "500", "finger_2": image(png(1)), "synthetic": "true", **NOT_PROTECTED,
    }  # fmt: skip
    officer.upload("/subjects", fields)
    assert officer.upload("/subjects", fields | {"finger_2": image(png(1))}, 409)["code"] == "duplicate-subject"

    probe = probe_of(region.borduna, 1)
    region.borduna.send(probe, digest)
    region.exchange()
    searching.search_probes(MACHINE, pks=[ReceivedProbe.objects.get().pk], clock=region.clock)
    (waiting,) = examiner.get("/probes")
    assert examiner.get("/waiting")["examine"] == 1
    (candidate,) = waiting["candidates"]
    assert examiner.get(f"/candidates/{candidate['id']}")["pairs"] > 10
    assert "Canary" not in str(examiner.get("/probes"))
    page = examiner.client.get(f"/searches/candidates/{candidate['id']}/")
    assert page.status_code == 200
    assert "Canary" not in page.content.decode()
    assert examiner.client.get(f"/searches/candidates/{candidate['id']}/image.png").content.startswith(b"\x89PNG")
    assert examiner.client.get(f"/searches/probes/{waiting['id']}/image.png").content.startswith(b"\x89PNG")
    done = examiner.post(f"/candidates/{candidate['id']}/finding", {"verdict": "same", "reason": "sixteen points"})
    assert (done["state"], done["outcome"]) == ("answered", "hit")
    destroying.destroy_answered(MACHINE, clock=region.clock)
    assert examiner.client.get(f"/searches/probes/{waiting['id']}/image.png").status_code == 410
    answer = one(mail_after_tick(region, region.borduna), Answer)

    request = DisclosureRequest(
        probe.meta, hit_reference=answer.hit_reference, fields=("birth-date", "family-name", "given-names"),
        justification="To return a lost passport.",
    )  # fmt: skip
    region.borduna.send(request, digest)
    region.exchange()
    (row,) = approver.get("/disclosure-requests")
    opened = approver.get(f"/disclosure-requests/{row['id']}")
    assert opened["justification"] == "To return a lost passport."
    assert opened["protection"]["refugee"] == "no"
    officer.get(f"/disclosure-requests/{row['id']}", 403)
    approver.post(f"/disclosure-requests/{row['id']}/ruling", {"family-name": "release", "reason": "x"}, 422)
    rulings = {"family-name": "release", "given-names": "not-necessary", "birth-date": "release", "reason": "Enough."}
    done = approver.post(f"/disclosure-requests/{row['id']}/ruling", rulings)
    assert done["given"] == ["family-name"]
    given = one(mail_after_tick(region, region.borduna), Disclosure)
    assert given.fields == {"family-name": "Canary-Nguy\u1ec5n"}  # composed, and without what nobody sees
    assert given.withheld == {"birth-date": "not-held", "given-names": "not-necessary"}
    assert "lead-only" in given.handling

    rows = auditor.get("/conversations")["items"]
    case = auditor.get(f"/conversations/{rows[0]['id']}")
    events = [step["event"] for step in case["steps"]]
    assert events.index("node:candidate:viewed") < events.index("node:candidate:examined")
    assert [step["sequence"] for step in case["steps"]] == sorted(step["sequence"] for step in case["steps"])
    for event in ("node:probe:taken", "node:candidate:examined", "node:probe:answered", "node:disclosure:given"):
        assert event in events
    told = str(case) + auditor.client.get(f"/cases/{rows[0]['id']}/").content.decode()
    for secret in ("Canary", "sixteen points", "Enough.", str(Subject.objects.get().pk), officer.user.name):
        assert secret not in told
    assert (case["chain"]["rows"], case["chain"]["broken"]) == (Entry.objects.count(), "")

    notarised = [message["id"] for message in case["messages"] if message["notarised"]]
    file = auditor.post(f"/messages/{notarised[0]}/evidence")
    assert evidence.verify(file, ANCHOR).message is None
    spoilt = bytearray(file)
    spoilt[len(spoilt) // 2] ^= 1
    with pytest.raises(evidence.EvidenceError):
        evidence.verify(bytes(spoilt), ANCHOR)
    examiner.post(f"/messages/{notarised[0]}/evidence", status=403)
    approver.get("/conversations", 403)


def test_a_person_of_unknown_origin_needs_the_protection_officer_and_the_clause(region: Region) -> None:
    terms = region.terms()
    officer, protection = Program(Role.OFFICER), Program(Role.PROTECTION_OFFICER)
    unknown = {"refugee": "unknown", "residence_countries": "", "residence_standing": "unknown"}
    region.agree(parties=tuple(replace(party, unknown_origin=True) for party in terms.parties))
    search = officer.upload("/searches", search_fields(**unknown))
    by_agency = {row["agency"]: row for row in officer.get(f"/searches/{search['id']}/members")}
    assert by_agency[str(BORDUNA)]["verdict"] == "needs-protection-officer"
    assert by_agency[str(CESTRIA)]["clause"] in {"arrangement.absent", "protection.unknown-origin"}
    officer.post(f"/searches/{search['id']}/send", {"to": [str(BORDUNA)]}, 422)
    officer.post(f"/searches/{search['id']}/ask-agreement")
    officer.post(f"/searches/{search['id']}/agree", {"agreed": "yes", "reason": "x"}, 403)
    page = protection.client.get(f"/searches/{search['id']}/agree/")
    assert page.status_code == 200
    protection.post(f"/searches/{search['id']}/agree", {"agreed": "yes"}, 422)
    protection.post(f"/searches/{search['id']}/agree", {"agreed": "yes", "reason": "No ties there."})
    officer.post(f"/searches/{search['id']}/send", {"to": [str(BORDUNA)]})
    region.exchange()
    assert one(region.borduna.mail(), Probe)


def test_home_leads_a_protection_officer_to_what_waits_and_the_officer_nowhere(region: Region) -> None:
    region.agree(parties=tuple(replace(party, unknown_origin=True) for party in region.terms().parties))
    officer, protection = Program(Role.OFFICER), Program(Role.PROTECTION_OFFICER)
    search = officer.upload("/searches", search_fields(refugee="unknown", residence_standing="unknown"))
    officer.post(f"/searches/{search['id']}/ask-agreement")
    way = f'href="/searches/{search["id"]}/agree/"'
    assert way in protection.client.get("/").content.decode()
    assert way not in officer.client.get("/").content.decode()


def test_nobody_agrees_to_a_question_of_their_own(region: Region) -> None:
    terms = region.terms()
    region.agree(parties=tuple(replace(party, unknown_origin=True) for party in terms.parties))
    both = Program(Role.OFFICER, Role.PROTECTION_OFFICER)
    search = both.upload("/searches", search_fields(refugee="unknown", residence_standing="unknown"))
    both.post(f"/searches/{search['id']}/ask-agreement")
    both.post(f"/searches/{search['id']}/agree", {"agreed": "yes", "reason": "x"}, 404)
    assert Search.objects.get().state == "waiting"


def test_a_barred_state_is_not_asked_by_any_way(region: Region) -> None:
    region.agree()
    officer = Program(Role.OFFICER)
    search = officer.upload(
        "/searches", search_fields(refugee="yes", feared_countries="XBD", feared_standing="claimed")
    )
    (row,) = [r for r in officer.get(f"/searches/{search['id']}/members") if r["agency"] == str(BORDUNA)]
    assert (row["verdict"], row["clause"]) == ("barred", "protection.barred-state")
    officer.post(f"/searches/{search['id']}/send", {"to": [str(BORDUNA)]}, 422)
    page = officer.client.get(f"/searches/{search['id']}/")
    assert "Barred" in page.content.decode()
    assert not Question.objects.exists()
    assert region.exchange().sent == 0


def test_a_member_without_an_arrangement_is_named_with_the_reason_and_nothing_leaves(region: Region) -> None:
    region.agree()
    officer = Program(Role.OFFICER)
    search = officer.upload("/searches", search_fields())
    (row,) = [r for r in officer.get(f"/searches/{search['id']}/members") if r["agency"] == str(CESTRIA)]
    assert (row["may_be_asked"], row["clause"]) == (False, "arrangement.absent")
    told = officer.post(f"/searches/{search['id']}/send", {"to": [str(BORDUNA), str(CESTRIA)]}, 422)
    assert "to" in told["errors"]
    assert not Question.objects.exists()


def test_two_persons_release_and_one_who_withholds_wins(region: Region) -> None:
    digest = region.agree(disclosure_approval=ApprovalRule.TWO_PERSONS)
    officer, examiner = Program(Role.OFFICER), Program(Role.EXAMINER)
    first, second = Program(Role.APPROVER), Program(Role.APPROVER)
    officer.upload(
        "/subjects",
        {"reference": "A", "family_name": "Canary", "sex": "F", "resolution_ppi": "500", "finger_2": image(png(1)),
         **NOT_PROTECTED},
    )  # fmt: skip
    probe = probe_of(region.borduna, 1)
    region.borduna.send(probe, digest)
    region.exchange()
    searching.search_probes(MACHINE, pks=[ReceivedProbe.objects.get().pk], clock=region.clock)
    (waiting,) = examiner.get("/probes")
    examiner.post(f"/candidates/{waiting['candidates'][0]['id']}/finding", {"verdict": "same", "reason": "seen"})
    hit = one(mail_after_tick(region, region.borduna), Answer).hit_reference
    request = DisclosureRequest(probe.meta, hit_reference=hit, fields=("family-name", "sex"), justification="Why")
    region.borduna.send(request, digest)
    region.exchange()
    path = f"/disclosure-requests/{DisclosureCase.objects.get().pk}/ruling"
    both = {"family-name": "release", "sex": "release", "reason": "yes"}
    assert first.post(path, both)["answered_at"] is None
    assert first.post(path, both, 409)["code"] == "ruled-already"
    assert second.post(path, both | {"sex": "law-forbids"})["given"] == ["family-name"]
    given = one(mail_after_tick(region, region.borduna), Disclosure)
    assert (dict(given.fields), dict(given.withheld)) == ({"family-name": "Canary"}, {"sex": "law-forbids"})


def test_a_changed_draft_loses_the_agreement_and_keeps_its_image_under_another_finger(region: Region) -> None:
    region.agree(parties=tuple(replace(party, unknown_origin=True) for party in region.terms().parties))
    officer, protection = Program(Role.OFFICER), Program(Role.PROTECTION_OFFICER)
    unknown = {"refugee": "unknown", "residence_countries": "", "residence_standing": "unknown"}
    search = officer.upload("/searches", search_fields(**unknown))
    way = f"/searches/{search['id']}"
    officer.post(f"{way}/ask-agreement")
    officer.client.post(f"{way}/change/", search_fields(**unknown, image=None), headers=officer.headers)
    word = {"agreed": "yes", "reason": "Of what?"}  # it became a draft under their hands
    protection.post(f"{way}/agree", word, 404)
    told = protection.client.post(f"{way}/agree/", word, headers=protection.headers, follow=True)
    assert "does not wait for you any more" in told.content.decode()
    officer.post(f"{way}/ask-agreement")
    protection.post(f"{way}/agree", {"agreed": "yes", "reason": "A parent is there."})
    (borduna,) = [m for m in officer.get(f"{way}/members") if m["agency"] == str(BORDUNA)]
    assert borduna["may_be_asked"]
    before = officer.client.get(f"{way}/image.png").content

    changed = search_fields(**unknown, image=None, finger="3", own_reference="Case 8")
    page = officer.client.post(f"{way}/change/", changed, headers=officer.headers)
    assert page.status_code == 302
    kept = Search.objects.get()
    assert (kept.finger, kept.own_reference) == (3, "Case 8")
    assert officer.client.get(f"{way}/image.png").content == before
    assert officer.get(way)["agreement"] is None
    (borduna,) = [m for m in officer.get(f"{way}/members") if m["agency"] == str(BORDUNA)]
    assert (borduna["may_be_asked"], borduna["verdict"]) == (False, "needs-protection-officer")


def test_what_was_sent_cannot_be_changed_and_the_page_says_so(region: Region) -> None:
    officer = Program(Role.OFFICER)
    search, _probe, _digest = sent_question(region, officer)
    way = f"/searches/{search['id']}/"
    for answer in (
        officer.client.get(f"{way}change/", follow=True),
        officer.client.post(f"{way}change/", search_fields(), headers=officer.headers, follow=True),
    ):
        assert answer.redirect_chain[0][0] == way
        assert "Only a draft can be changed" in answer.content.decode()


def test_a_cancelled_draft_loses_its_image(region: Region) -> None:
    region.agree()
    officer = Program(Role.OFFICER)
    search = officer.upload("/searches", search_fields())
    assert officer.client.get(f"/searches/{search['id']}/change/").status_code == 200
    assert officer.client.get(f"/searches/{search['id']}/image.png").content.startswith(b"\x89PNG")
    officer.post(f"/searches/{search['id']}/cancel", status=204)
    kept = Search.objects.get()
    assert (kept.state, bytes(kept.image), bytes(kept.protection)) == ("cancelled", b"", b"")
    assert officer.post(f"/searches/{search['id']}/send", {"to": [str(BORDUNA)]}, 410)["code"] == "key-destroyed"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no image at all", "not an image"),
        (png(1)[:4000], "damaged"),
    ],
)
def test_a_bad_image_is_told_at_its_field_and_no_draft_is_kept(region: Region, data: bytes, words: str) -> None:
    region.agree()
    told = Program(Role.OFFICER).upload("/searches", search_fields(image=image(data)), 422)
    assert words in told["errors"]["image"][0]
    assert not Search.objects.exists()


def test_the_interface_wants_the_token_and_a_second_factor(region: Region) -> None:
    officer = Program(Role.OFFICER)
    forged = officer.client.post("/api/searches", search_fields())
    assert forged.status_code == 403
    bare = Client()
    bare.force_login(officer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert bare.get("/api/searches").json()["code"] == "second-factor-missing"
    assert Client().get("/api/searches").status_code == 401
