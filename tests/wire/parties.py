"""A small region for tests: two invented agencies with keys, a directory, and an arrangement between them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from rso.wire.arrangement import Arrangement, draft, draft_party
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, Member, Validity
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import PartySignature, SignedArrangement
from rso.wire.keys import SigningKey
from rso.wire.responsibility import Responsibility

AVARIA = AgencyId.parse("XAV/GOV/BORDER")
BORDUNA = AgencyId.parse("XBD/GOV/IMMIGRATION")
CESTRIA = AgencyId.parse("XCS/GOV/POLICE")
FIRST, SECOND, THIRD = (bytes([number]) * 16 for number in (1, 2, 3))
NOW = 1_795_424_400
DAY = 86_400


@cache
def key(name: str) -> SigningKey:
    """A synthetic signing key, always the same for one name."""
    return SigningKey.from_bytes(name.encode().ljust(64, b"."))


def directory(**changes: object) -> Directory:
    """Avaria, Borduna and Cestria, each with one agency key and one node key."""
    agencies = (AVARIA, BORDUNA, CESTRIA)
    plain = Directory(
        version=3,
        issued=NOW - DAY,
        expires=NOW + 30 * DAY,
        members=(Member("XAV", "Avaria"), Member("XBD", "Borduna"), Member("XCS", "Cestria")),
        agencies=tuple(Agency(agency, agency.agency.title()) for agency in agencies),
        services=(BORDUNA.service("fingerprint-search"),),
        keys=tuple(
            KeyEntry(agency, use, key(f"{agency} {use}").public, Validity(NOW - 100 * DAY))
            for agency in agencies
            for use in KeyUse
        ),
        states=(Responsibility("HKG", "CHN", 0), Responsibility("MAC", "CHN", 0), Responsibility("NCL", "FRA", 0)),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def arrangement() -> Arrangement:
    """A draft between Avaria and Borduna, with the labelled defaults, in its tenth day."""
    parties = [draft_party(agency, "domestic-law", "An invented act") for agency in (AVARIA, BORDUNA)]
    return draft(reference=bytes(range(16)), title="Avaria and Borduna", parties=parties, starts=NOW - 10 * DAY)


def signature(of: Arrangement, agency: AgencyId, seat: bytes, *, by: str | None = None) -> PartySignature:
    """One person's signature, with the agency's own key unless ``by`` names another."""
    name = f"{agency} {KeyUse.AGENCY}" if by is None else by
    return PartySignature.make(of, agency, seat, NOW - 11 * DAY, key(name))


@cache
def signed() -> SignedArrangement:
    """The arrangement with two signatures of each side."""
    document = arrangement()
    whole = SignedArrangement(document)
    for agency in (AVARIA, BORDUNA):
        for seat in (FIRST, SECOND):
            whole = whole.with_signature(signature(document, agency, seat))
    return whole
