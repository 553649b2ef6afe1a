"""One member asks two others about a fingerprint: a hit, an examiner, a disclosure, evidence; and two times no hit."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from rso.base.errors import RsoError
from rso.demo import acts, prints
from rso.demo.acts import UNPROTECTED, Staff
from rso.demo.telling import Teller
from rso.region.places import STATES, Place

_CITIZEN_OF_BORDUNA = UNPROTECTED | {"nationality_countries": "XBD", "residence_countries": "XBD"}
#: Nationality and residence as the asker knows them: somebody from Borduna, met at Avaria's border.
_ASKED_ABOUT = _CITIZEN_OF_BORDUNA
#: The same person stands in Cestria's gallery as one who fled from Avaria: Cestria must never tell Avaria.
_FLED_FROM_AVARIA = UNPROTECTED | {
    "asylum_seeker": "yes",
    "nationality_countries": "XBD",
    "residence_countries": "XAV",
    "feared_countries": "XAV",
}
_PERSON = {
    "family_name": "Synthetica",
    "given_names": "Ilse",
    "birth_date": "1991-04-17",
    "sex": "F",
    "nationality": "XBD",
    "document_number": "SYN0000017",
}
_WANTED = ["family-name", "given-names", "birth-date", "document-number"]
_WITHHELD = "document-number"


def tell(
    places: dict[str, Place],
    links: dict[str, dict[str, str]],
    teller: Teller,
    *,
    real: prints.Cast | None,
    folder: Path,
) -> dict[str, Any]:
    """Plays the whole way through relay and nodes, and gives what came of it."""
    teller.chapter("The exchange: Avaria asks Borduna and Cestria about a fingerprint")
    with ExitStack() as stack:
        avaria, borduna, cestria = (Staff(places[s.name.lower()], s.code, links[s.name.lower()], stack) for s in STATES)
        cast = _cast(real, teller)
        _arrange(avaria, borduna, cestria, teller)
        _fill(borduna, cestria, cast, teller)
        told, question = _ask(avaria, borduna, cestria, cast, teller)
        told["disclosed"] = _disclose(avaria, borduna, question, teller)
        told["stranger_hit"] = _stranger(avaria, cast, teller)
        told["evidence_file"] = _prove(avaria, question, places, folder, teller)
    return told


def _cast(real: prints.Cast | None, teller: Teller) -> prints.Cast:
    if real is None:
        teller.step("The region", "makes synthetic prints: no finger ever left them")
        return prints.synthetic()
    teller.step("The region", f"takes real prints of {real.label}")
    return real


def _arrange(avaria: Staff, borduna: Staff, cestria: Staff, teller: Teller) -> None:
    for holder, name in ((borduna, "Borduna"), (cestria, "Cestria")):
        acts.arrange(avaria, holder, f"Avaria and {name}: fingerprints (synthetic)", acts.terms())
        teller.step(f"Avaria and {name}", "have an arrangement in force: two persons signed on each side")


def _fill(borduna: Staff, cestria: Staff, cast: prints.Cast, teller: Teller) -> None:
    acts.enrol(borduna, f"BOR-1 {cast.label}", cast.enrolled, _PERSON, _CITIZEN_OF_BORDUNA)
    acts.enrol(borduna, f"BOR-2 {cast.label}", cast.others[0], {"family_name": "Otherman"}, _CITIZEN_OF_BORDUNA)
    teller.step("An officer of Borduna", "has two people in the gallery, one of them sought")
    acts.enrol(cestria, f"CES-1 {cast.label}", cast.enrolled, _PERSON, _FLED_FROM_AVARIA)
    acts.enrol(cestria, f"CES-2 {cast.label}", cast.others[1], {"family_name": "Elsewhere"}, _CITIZEN_OF_BORDUNA)
    teller.step("An officer of Cestria", "has the same person, as one who seeks asylum and fears Avaria")


def _ask(
    avaria: Staff, borduna: Staff, cestria: Staff, cast: prints.Cast, teller: Teller
) -> tuple[dict[str, Any], dict[str, Any]]:
    both = [borduna.place.agency, cestria.place.agency]
    desk = acts.examiners_desk(borduna)
    search = acts.ask(avaria, cast.probe, "AVA-FILE-1", both, _ASKED_ABOUT)
    teller.step("An officer of Avaria", "asks both: an image, a finger, a random reference; no name, no file")
    barred = acts.answer_of(avaria, search["id"], cestria.place.agency)
    teller.step(
        "The node of Cestria", f"answers “{_words(barred)}” by itself: what is barred to Avaria never enters the search"
    )
    probe = desk.next("a candidate for the examiner")
    candidate = probe["candidates"][0]["id"]
    sheet = borduna("examiner").get(f"/api/candidates/{candidate}")
    teller.step("An examiner of Borduna", f"sees both prints side by side, {sheet['pairs']} pairs of minutiae drawn")
    borduna("examiner").post(
        f"/api/candidates/{candidate}/finding",
        {"verdict": "same", "reason": "The pairs agree in place and direction over the whole common area."},
    )
    teller.step("An examiner of Borduna", "decides: the same finger")
    question = acts.answer_of(avaria, search["id"], borduna.place.agency)
    teller.step(
        "The node of Avaria", f"receives “{_words(question)}” on the clock's tick, with a reference that works once"
    )
    return {"hit": question["outcome"] == "hit", "barred_answer": _words(barred)}, question


def _disclose(avaria: Staff, borduna: Staff, question: dict[str, Any], teller: Teller) -> bool:
    desk = acts.approvers_desk(borduna)
    asked = avaria("officer").post(
        f"/api/questions/{question['id']}/disclosure",
        {"fields_wanted": _WANTED, "justification": "To verify the identity of the holder of a lost document."},
    )
    teller.step("An officer of Avaria", "requests four fields, with the reason")
    case = desk.next("the request for fields")
    rulings = {code: "not-necessary" if code == _WITHHELD else "release" for code in case["fields"]}
    desk.visitor.post(
        f"/api/disclosure-requests/{case['id']}/ruling", rulings | {"reason": "The name and birth date are enough."}
    )
    teller.step("An approver of Borduna", "releases three fields and withholds one, each with a reason")
    path = f"/api/disclosures/{asked['id']}"

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = avaria("officer").get(path)
        return found if found["fields"] else None

    came = acts.until("the disclosure", look)
    teller.step(
        "An officer of Avaria", f"reads {len(came['fields'])} fields; they are destroyed on {came['expires_at'][:10]}"
    )
    expected = {code for code in _WANTED if code != _WITHHELD}
    return set(came["fields"]) == expected and set(came["withheld"]) == {_WITHHELD}


def _stranger(avaria: Staff, cast: prints.Cast, teller: Teller) -> bool:
    holder = next(s.agency for s in STATES if s.code == "XBD")
    search = acts.ask(avaria, cast.stranger, "AVA-FILE-2", [holder], _ASKED_ABOUT)
    answer = acts.answer_of(avaria, search["id"], holder)
    teller.step("An officer of Avaria", f"asks about a stranger's print; Borduna's node answers “{_words(answer)}”")
    return bool(answer["outcome"] == "hit")


def _prove(avaria: Staff, question: dict[str, Any], places: dict[str, Place], folder: Path, teller: Teller) -> str:
    """Exports the evidence of the answer that said "hit", and verifies it offline from the root keys alone.

    The demonstration's own root keys go into the file, so that `rso evidence verify FILE` works by itself.
    """
    from rso.wire import evidence
    from rso.wire.trust import SignedDirectory, TrustAnchor

    auditor = avaria("auditor")

    def notarised() -> dict[str, Any] | None:
        rows = auditor.get("/api/messages", conversation=question["conversation"])
        return next((row for row in rows if row["kind"] == "answer" and row["notarised"]), None)

    message = acts.until("the relay's receipt for the answer", notarised)
    data = auditor.post_for_file(f"/api/messages/{message['id']}/evidence")
    path = folder / "evidence" / f"{message['id']}.cbor"
    path.parent.mkdir(parents=True, exist_ok=True)
    anchor = TrustAnchor.decode((folder / "trust" / "anchor.cbor").read_bytes())
    file = evidence.Evidence.decode(data)
    path.write_bytes(replace(file, anchor=anchor.of_signers(SignedDirectory.decode(file.directory)).encode()).encode())
    finding = evidence.verify(path.read_bytes(), anchor)
    teller.step(
        "An auditor of Avaria",
        f"exports the answer's evidence; {len(finding.steps)} steps hold, entry {finding.index} of the log",
    )
    return str(path)


def _words(answer: dict[str, Any]) -> str:
    words = {"hit": "hit", "no-hit": "no hit", "insufficient-quality": "insufficient quality", "refused": "refused"}
    try:
        return words[answer["outcome"]]
    except KeyError:
        raise RsoError("unknown-outcome", f"An answer that nobody knows: {answer['outcome']}") from None
