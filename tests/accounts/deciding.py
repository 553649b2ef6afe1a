"""Actors with seats of every kind, for property tests."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hypothesis import strategies as st

from rso.accounts.rules import Actor, Role, SeatFacts

ORGANISATIONS = ("XAV", "XBD", "HARBOUR", "RSO")


def seat_facts(
    organisations: Iterable[str] = ORGANISATIONS, without: Iterable[Role] = ()
) -> st.SearchStrategy[SeatFacts]:
    """A seat of any role but those in ``without``."""
    return st.builds(
        SeatFacts,
        role=st.sampled_from(sorted(set(Role) - set(without))),
        organisation=st.sampled_from(tuple(organisations)),
        agency=st.sampled_from(["", "BORDER"]),
        language=st.sampled_from(["", "km", "th"]),
        subject=st.sampled_from(["", "trafficking-in-persons"]),
    )


def actors(organisations: Iterable[str] = ORGANISATIONS, without: Iterable[Role] = ()) -> st.SearchStrategy[Actor]:
    """A person who has signed in, with up to five seats."""
    seats = st.frozensets(seat_facts(organisations, without), max_size=5)
    return st.builds(Actor, opaque=st.just(UUID(int=7)), user_id=st.just(7), seats=seats)
