"""What people at the nodes do in the story, each through their node's own interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from rso.base.errors import RsoError
from rso.demo.prints import Print
from rso.region.places import Place
from rso.region.visitor import Visitor

T = TypeVar("T")
PATIENCE_S = 90.0


def until(what: str, look: Callable[[], T | None], *, every: float = 0.3) -> T:
    """Looks again and again until there is something; raises ``RsoError`` that names what never came."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(every)
    raise RsoError("never-came", f"Waited {PATIENCE_S:.0f} s in vain for {what}.")


class Staff:
    """The people of one node, each signed in when first needed."""

    def __init__(self, place: Place, code: str, links: dict[str, str], stack: ExitStack) -> None:
        self.place = place
        self._code, self._links, self._stack = code, links, stack
        self._here: dict[str, Visitor] = {}

    def __call__(self, role: str, number: int = 1) -> Visitor:
        """The first, second... holder of a role."""
        key = f"{role} {self._code}" + (f" {number}" if number > 1 else "")
        if key not in self._here:
            visitor = self._stack.enter_context(Visitor(self.place.url, key))
            visitor.sign_in(self._links[key])
            self._here[key] = visitor
        return self._here[key]


#: Terms of the demonstration's arrangements that differ from the product's labelled defaults.
TERMS: dict[str, Any] = {
    "answer_tick_s": 5,
    "asks_per_day": 200,
    "basis": "memorandum",
    "basis_text": "Invented memorandum of the demonstration.",
    "peer_basis": "memorandum",
    "peer_basis_text": "Invented memorandum of the demonstration.",
}


def terms() -> dict[str, Any]:
    """The product's labelled defaults with :data:`TERMS`, in the names of the node's interface."""
    from rso.wire.terms import LABELLED_DEFAULTS

    told = {
        name: list(row.value) if isinstance(row.value, tuple) else row.value for name, row in LABELLED_DEFAULTS.items()
    }
    told["fields_disclosed"] = told.pop("fields")
    told["peer_unknown_origin"] = told["unknown_origin"]
    for name in ("modalities", "services"):
        told.pop(name)
    return told | TERMS


def in_force(staff: Staff, peer: str) -> str | None:
    """The hash of an arrangement with ``peer`` that is in force, if there is one."""
    for row in staff("node-administrator").get("/api/arrangements")["items"]:
        if row["state"] == "in-force" and row["not_in_force"] is None and peer in row["parties"]:
            return str(row["digest"])
    return None


def arrange(asker: Staff, holder: Staff, title: str, terms: dict[str, Any]) -> str:
    """Drafts on one node, sends, has two persons on each side sign, and waits until both have it in force."""
    known = in_force(asker, holder.place.agency)
    if known is not None:
        return known
    administrator = asker("node-administrator")
    body = terms | {"title": title, "peer": holder.place.agency, "starts": datetime.now(UTC).date().isoformat()}
    digest = str(administrator.post("/api/arrangements", body)["digest"])
    path = f"/api/arrangements/{digest}"
    _once_keys_are_known(asker, administrator, f"{path}/propose")
    until("the proposal to arrive", lambda: _knows(holder, digest))
    for staff in (asker, holder):
        for role in ("node-administrator", "approver"):
            _once_keys_are_known(staff, staff(role), f"{path}/sign")
    until("the arrangement to be in force with the asker", lambda: in_force(asker, holder.place.agency))
    until("the arrangement to be in force with the holder", lambda: in_force(holder, asker.place.agency))
    return digest


def _once_keys_are_known(staff: Staff, visitor: Visitor, path: str) -> None:
    """Posts. Where the other node's keys have not come through the relay yet, the administrator has them looked for.

    A node looks by itself once a minute: one that started before the other has just missed them.
    """

    def post() -> bool:
        try:
            visitor.post(path)
        except RsoError as error:
            if error.code != "no-recipient-key":
                raise
            staff("node-administrator").press("/post/exchange/")
            return False
        return True

    until("the other node's keys of this week", post, every=1.0)


def _knows(staff: Staff, digest: str) -> bool:
    return any(row["digest"] == digest for row in staff("node-administrator").get("/api/arrangements")["items"])


UNPROTECTED = {
    **dict.fromkeys(("asylum_seeker", "refugee", "stateless", "trafficking_victim", "child"), "no"),
    "residence_standing": "known",
    "nationality_standing": "known",
    "feared_countries": "",
    "feared_standing": "known",
}


def enrol(staff: Staff, reference: str, found: Print, identity: dict[str, str], protection: dict[str, str]) -> None:
    """Enrols a person with one finger, unless that reference is there already."""
    officer = staff("officer")
    if officer.get("/api/subjects", reference=reference)["items"]:
        return
    body: dict[str, Any] = (
        identity
        | protection
        | {
            "reference": reference,
            "resolution_ppi": str(found.resolution_ppi),
            "synthetic": "on" if found.synthetic else "",
        }
    )
    officer.post("/api/subjects", body, **{f"finger_{found.finger}": (found.name, found.data, "image/png")})


def ask(staff: Staff, found: Print, reference: str, agencies: list[str], protection: dict[str, str]) -> dict[str, Any]:
    """An officer drafts a question about a print and sends it to the members named."""
    officer = staff("officer")
    body = protection | {
        "finger": str(found.finger),
        "resolution_ppi": str(found.resolution_ppi),
        "purpose": "identity-verification",
        "legal_basis": "memorandum",
        "own_reference": reference,
        "synthetic": "on" if found.synthetic else "",
    }
    made = officer.post("/api/searches", body, image=(found.name, found.data, "image/png"))
    sent: dict[str, Any] = officer.post(f"/api/searches/{made['id']}/send", {"to": agencies})
    return sent


def answer_of(staff: Staff, search: str, agency: str) -> dict[str, Any]:
    """Waits for a member's final answer to a question."""

    def look() -> dict[str, Any] | None:
        rows = staff("officer").get(f"/api/searches/{search}")["questions"]
        return next((row for row in rows if row["agency"] == agency and row["outcome"]), None)

    return until(f"the answer of {agency}", look)


@dataclass(frozen=True)
class Desk:
    """What waits for somebody at one place of their node, and what of it lay there before this story began.

    A run that was cut short leaves questions and requests behind; they are their officer's, not this story's.
    """

    visitor: Visitor
    path: str
    before: frozenset[str]

    @classmethod
    def of(cls, visitor: Visitor, path: str) -> Desk:
        return cls(visitor, path, frozenset(row["id"] for row in visitor.get(path)))

    def next(self, what: str) -> dict[str, Any]:
        """Waits for the first that has come since."""

        def look() -> dict[str, Any] | None:
            return next((row for row in self.visitor.get(self.path) if row["id"] not in self.before), None)

        return until(what, look)


def examiners_desk(staff: Staff) -> Desk:
    return Desk.of(staff("examiner"), "/api/probes")


def approvers_desk(staff: Staff) -> Desk:
    return Desk.of(staff("approver"), "/api/disclosure-requests")
