"""The same properties for the tables of all three deployments at once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.accounts.deciding import actors, seat_facts

from rso.accounts.permission_words import WORDS
from rso.accounts.rules import ANONYMOUS, Actor, SeatFacts, decide, system_actor, table

permissions = st.sampled_from(sorted(table()))


def test_all_deployments_are_here() -> None:
    assert {"accounts", "intake", "node", "projects", "relay"} <= {name.partition(":")[0] for name in table()}


@given(actors(), permissions, seat_facts())
def test_of_every_permission(actor: Actor, permission: str, seat: SeatFacts) -> None:
    entry = table()[permission]
    assert not decide(ANONYMOUS, permission).allowed
    assert decide(system_actor("sweep"), permission).allowed == entry.system
    allowed = decide(actor, permission).allowed
    assert allowed == bool(actor.roles & entry.roles)
    assert decide(replace(actor, seats=actor.seats | {seat}), permission).allowed >= allowed
    assert not decide(replace(actor, seats=frozenset()), permission).allowed


def test_words_are_about_permissions_that_exist() -> None:
    assert set(WORDS) <= set(table())
