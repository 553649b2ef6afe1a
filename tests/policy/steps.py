"""Steps of an exchange as facts, an arrangement in force, and the table of responsible states, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from tests.wire.parties import AVARIA, BORDUNA, NOW, arrangement, directory

from rso.base.clock import from_unix_seconds
from rso.policy.codes import Kind, Role, Side
from rso.policy.facts import Agreement, Facts
from rso.policy.protection import Origin, ProtectionState, Reply
from rso.wire.arrangement import Arrangement
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.questions import Outcome
from rso.wire.responsibility import ResponsibilityTable

AT = from_unix_seconds(NOW)
LATER = AT + timedelta(days=1)
STATES: ResponsibilityTable = directory().table
OFFICER, OTHER, THIRD, FOURTH = "seat-1", "seat-2", "seat-3", "seat-4"
EVERYBODY = tuple(
    Agreement(role, person, reasoned=True) for role in Role for person in (OTHER, THIRD, FOURTH, "seat-5")
)
NO = Reply.NO
PLAIN = ProtectionState(
    asylum_seeker=NO,
    refugee=NO,
    stateless=NO,
    trafficking_victim=NO,
    child=NO,
    nationality=Origin.known("XBD"),
    residence=Origin.known("XBD"),
    feared=Origin.known(),
)
"""Nobody whom the rules protect: every question answered, every answer no."""
REFUGEE = replace(PLAIN, refugee=Reply.YES, nationality=Origin.known("XCS"), residence=Origin.known("XCS"))
"""A refugee from Cestria."""


@cache
def agreed(
    asker: AgencyId = AVARIA, holder: AgencyId = BORDUNA, *, open_to_unknown: bool = False
) -> CheckedArrangement:
    """An arrangement in force between these two, with or without the clause of both sides."""
    plain = arrangement()
    parties = (replace(plain.parties[0], agency=agency, unknown_origin=open_to_unknown) for agency in (asker, holder))
    return checked(replace(plain, parties=tuple(sorted(parties, key=lambda party: party.agency))))


def checked(document: Arrangement) -> CheckedArrangement:
    """The document as if it had been signed by all."""
    return CheckedArrangement(document, document.digest(), frozenset(), frozenset(), None)


def step(side: Side, kind: Kind = Kind.PROBE, **changes: object) -> Facts:
    """One step of the exchange in which Avaria asks Borduna, as it would be right."""
    if side in {Side.DISCLOSING, Side.ONWARD, Side.CONSENTING} and kind is Kind.PROBE:
        kind = Kind.DISCLOSURE_REQUEST
    third = AgencyId.parse("XCS/GOV/POLICE") if side in {Side.ONWARD, Side.CONSENTING} else None
    facts = Facts(
        side=side,
        kind=kind,
        asker=AVARIA,
        holder=BORDUNA,
        at=AT,
        purpose="identity-fraud",
        service="written-request" if kind is Kind.WRITTEN_REQUEST else "fingerprint-search",
        modality="fingerprint" if kind is Kind.PROBE else None,
        fields=("family-name", "sex") if kind is Kind.DISCLOSURE_REQUEST else (),
        hit_confirmed=kind is Kind.DISCLOSURE_REQUEST,
        third_party=third,
        originator_consents=side is Side.ONWARD,
        requester=OFFICER,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


LEAVING = (
    step(Side.ASKING),
    step(Side.ASKING, Kind.DISCLOSURE_REQUEST),
    step(Side.ASKING, Kind.WRITTEN_REQUEST),
    step(Side.ANSWERING, outcome=Outcome.HIT),
    step(Side.DISCLOSING),
    step(Side.DISCLOSING, Kind.WRITTEN_REQUEST),
    step(Side.ONWARD),
    step(Side.CONSENTING),
)
"""Every step by which somebody could learn something about a person."""


def towards(facts: Facts, member: str) -> Facts:
    """The same step, with an agency of ``member`` as the one that would learn."""
    agency = AgencyId(member, "GOV", "SOMEBODY")
    if facts.third_party is not None:
        return replace(facts, third_party=agency)
    return replace(facts, holder=agency) if facts.side is Side.ASKING else replace(facts, asker=agency)
