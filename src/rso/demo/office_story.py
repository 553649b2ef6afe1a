"""A member proposes a project, and two keys decide: through the office's own interface."""

from __future__ import annotations

from typing import Any

from rso.base.errors import RsoError
from rso.demo.telling import Teller
from rso.region.places import Place
from rso.region.visitor import Visitor

TITLE = "Shared training on travel documents (synthetic)"
PROPOSAL: dict[str, Any] = {
    "title": TITLE,
    "problem": "Officers of three invented states meet forged travel documents and learn of new kinds months late.",
    "approach": "One training a half-year, held in turn, with a shared set of specimens and a short guide.",
    "results": "Officers of all three states name the five commonest forgeries; each state trains its own trainers.",
    "risks": "A traveller in need of protection may hold a forged document: the guide begins with referral.",
    "objectives": ["capacity-building", "pooling-resources"],
    "principles": ["life-and-dignity", "information-exchange"],
    "starts_on": "2027-03-01",
    "ends_on": "2028-02-29",
    "budget": [
        {"year": 2027, "currency": "AUD", "amount": "40000.00", "purpose": "Two trainings"},
        {"year": 2028, "currency": "AUD", "amount": "15000.00", "purpose": "Specimens and guide"},
    ],
}
REASON = "It meets two objectives, costs little, and puts referral before detection."


def tell(office: Place, links: dict[str, str], teller: Teller) -> bool:
    """Plays the whole way and gives whether the project is decided and public."""
    teller.chapter("The office: a member proposes, the two Co-Managers decide")
    before = _public_count(office)
    with (
        Visitor(office.url, "proposer") as proposer,
        Visitor(office.url, "first Co-Manager") as first,
        Visitor(office.url, "second Co-Manager") as second,
        Visitor(office.url, "Steering Group") as steering,
    ):
        proposer.sign_in(links["member-official XAV"])
        first.sign_in(links["co-manager XAV"])
        second.sign_in(links["co-manager XBD"])
        steering.sign_in(links["steering-group XCS"])
        row = proposer.post("/api/proposals", PROPOSAL)
        path = f"/api/proposals/{row['id']}"
        teller.step("An official of Avaria", f"drafts “{TITLE}”")
        proposer.post(f"{path}/submit")
        teller.step("An official of Avaria", "submits it to both Co-Managers")
        for visitor, who in ((first, "The Co-Manager (Avaria)"), (second, "The Co-Manager (Borduna)")):
            visitor.post(f"{path}/assess", {"leaning": "approve", "text": "Sound, cheap, and others can join."})
            teller.step(who, "assesses it")
        second.post(f"{path}/consult", {"days": 14})
        teller.step("The Co-Manager (Borduna)", "consults the Steering Group for 14 days (this software's default)")
        steering.post(f"{path}/comment", {"text": "No objection; please invite observers."})
        teller.step("The Steering Group (Cestria)", "comments")
        second.post(f"{path}/close", {"reason": "All members of the group have spoken."})
        teller.step("The Co-Manager (Borduna)", "closes the consultation with a reason")
        first.post(f"{path}/sign", {"outcome": "approve", "reason": REASON})
        teller.step("The Co-Manager (Avaria)", "turns the first key; that Avaria proposed it is shown beside the name")
        done = second.post(f"{path}/sign", {"outcome": "approve", "reason": REASON})
        teller.step("The Co-Manager (Borduna)", "turns the second key on the same outcome and reason")
        if done["state"] != "approved":
            raise RsoError("not-decided", f"The proposal is {done['state']} after two keys.")
    teller.step("The public", "finds it among the projects")
    return _public_count(office) == before + 1


def _public_count(office: Place) -> int:
    """How many projects of the title anybody sees: one more than before, each time the story is played."""
    with Visitor(office.url, "the public") as public:
        rows = public.get("/api/projects", q=TITLE)["items"]
    return sum(row["title"] == TITLE for row in rows)
