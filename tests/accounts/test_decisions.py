"""Properties of the one decision function, for every permission of the office."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.accounts.deciding import actors, seat_facts

from rso.accounts import queries
from rso.accounts.holding import DELEGABLE, GIVEN_BY, KINDS_OF_ROLE, MEMBERS, PARTIES
from rso.accounts.models import Delegation, Leave, Organisation, Seat, User
from rso.accounts.rules import (
    ADMINISTRATORS,
    ANONYMOUS,
    LOCAL_ADMINISTRATORS,
    AccountsPermission,
    Actor,
    Role,
    SeatFacts,
    decide,
    system_actor,
    table,
)

permissions = st.sampled_from(sorted(table()))


def test_there_is_a_table_to_ask() -> None:
    assert len(table()) > 20


@given(permissions)
def test_nobody_and_whoever_holds_no_seat_may_do_nothing(permission: str) -> None:
    assert not decide(ANONYMOUS, permission).allowed
    assert not decide(Actor(uuid4(), user_id=5), permission).allowed


@given(actors(), permissions, seat_facts())
def test_one_seat_more_never_takes_a_permission_away(actor: Actor, permission: str, seat: SeatFacts) -> None:
    richer = replace(actor, seats=actor.seats | {seat})
    assert decide(richer, permission).allowed or not decide(actor, permission).allowed


SUBJECTS = (
    (AccountsPermission.SEE_PEOPLE, lambda at: at),
    (AccountsPermission.INVITE, lambda at: at),
    (AccountsPermission.SEE_ORGANISATIONS, lambda at: at),
    (AccountsPermission.CHANGE_AGENCIES, lambda at: at),
    (AccountsPermission.CHANGE_SEATS, lambda at: SeatFacts(Role.MEMBER_OFFICIAL, at)),
)


@given(actors(), st.sampled_from(SUBJECTS), seat_facts())
def test_one_seat_more_never_takes_a_record_away(actor: Actor, asked: tuple, seat: SeatFacts) -> None:  # type: ignore[type-arg]
    permission, subject = asked
    richer = replace(actor, seats=actor.seats | {seat})
    assert decide(richer, permission, subject("XAV")).allowed or not decide(actor, permission, subject("XAV")).allowed


@given(actors(organisations=("XAV",), without=ADMINISTRATORS), st.sampled_from(SUBJECTS))
def test_seats_at_one_organisation_open_nothing_of_another(actor: Actor, asked: tuple) -> None:  # type: ignore[type-arg]
    permission, subject = asked
    assert not decide(actor, permission, subject("XBD")).allowed


@given(st.lists(seat_facts(), max_size=6), permissions, st.randoms())
def test_the_order_of_seats_does_not_matter(seats: list[SeatFacts], permission: str, random: object) -> None:
    shuffled = list(seats)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (Actor(UUID(int=7), user_id=7, seats=frozenset(order)) for order in (seats, shuffled))
    assert decide(one, permission) == decide(other, permission)


@given(permissions)
def test_the_system_acts_where_the_table_says_so_alone(permission: str) -> None:
    assert decide(system_actor("sweep"), permission).allowed == table()[permission].system


@given(actors(), permissions)
def test_decisions_hang_on_nothing_but_the_seats(actor: Actor, permission: str) -> None:
    other = replace(actor, opaque=uuid4(), user_id=(actor.user_id or 0) + 1)
    assert decide(actor, permission) == decide(other, permission)


@given(actors(without=ADMINISTRATORS), st.sampled_from(Role), st.sampled_from(["XAV", "XBD", "HARBOUR"]))
def test_an_organisations_administrator_gives_a_small_set_there_and_no_administrators_seat(
    actor: Actor, role: Role, at: str
) -> None:
    may = decide(actor, AccountsPermission.CHANGE_SEATS, SeatFacts(role, at)).allowed
    own = {seat.role for seat in actor.seats if seat.organisation == at} & LOCAL_ADMINISTRATORS
    assert may == any(role in GIVEN_BY[held] for held in own)
    if may:
        assert role not in ADMINISTRATORS | LOCAL_ADMINISTRATORS
        assert KINDS_OF_ROLE[role] & (MEMBERS | PARTIES), "never the office's own"


@given(st.sampled_from(["km", "th", "fa-AF"]), st.sampled_from(["km", "th", "fa-AF"]))
def test_a_translator_of_one_language_is_none_of_another(held: str, asked: str) -> None:
    actor = Actor(uuid4(), user_id=1, seats=frozenset({SeatFacts(Role.TRANSLATOR, "RSO", language=held)}))
    assert (asked in actor.languages(Role.TRANSLATOR)) == (held == asked)
    assert asked not in actor.languages(Role.NATIONAL_REVIEWER)


def test_the_tables_are_whole() -> None:
    assert set(KINDS_OF_ROLE) == set(Role)
    assert set().union(*KINDS_OF_ROLE.values()) <= set(Organisation.Kind.values)
    assert not DELEGABLE & (ADMINISTRATORS | LOCAL_ADMINISTRATORS | {Role.AUDITOR})


@pytest.mark.django_db
class TestTerms:
    """What stands in the database, by days. Few examples: each writes rows."""

    def _person(self, name: str, at: Organisation, starts: date, ends: date | None) -> tuple[User, Seat]:
        user = User.objects.create_user(email=f"{name}@x.example", name=name)
        seat = Seat.objects.create(
            user=user, role=Role.MEMBER_OFFICIAL, organisation=at, starts_on=starts, ends_on=ends
        )
        return user, seat

    @pytest.mark.parametrize("offset", [-400, -31, -30, -1, 0, 29, 30, 31, 400])
    def test_a_seat_gives_its_role_within_its_term_and_not_without(self, offset: int) -> None:
        avaria = Organisation.objects.create(code="XAV", name="Avaria", kind="state")
        middle = date(2026, 6, 1)
        user, _seat = self._person("mira", avaria, middle - timedelta(days=30), middle + timedelta(days=30))
        actor = queries.actor_of(user, middle + timedelta(days=offset))
        assert bool(actor.seats) == (abs(offset) <= 30)
        user.is_active = False
        assert queries.actor_of(user, middle) is ANONYMOUS

    @pytest.mark.parametrize("offset", [-2, -1, 0, 5, 10, 11])
    @pytest.mark.parametrize("agreed", [True, False])
    @pytest.mark.parametrize("deputy_stays", [True, False])
    def test_a_deputy_acts_in_the_leave_alone_and_while_of_the_same_house(
        self, offset: int, agreed: bool, deputy_stays: bool
    ) -> None:
        avaria = Organisation.objects.create(code="XAV", name="Avaria", kind="state")
        first = date(2026, 6, 1)
        mira, seat = self._person("mira", avaria, date(2020, 1, 1), None)
        seat.role = Role.STEERING_GROUP
        seat.save()
        noor, _own = self._person("noor", avaria, date(2020, 1, 1), None if deputy_stays else first + timedelta(days=4))
        leave = Leave.objects.create(user=mira, starts_on=first, ends_on=first + timedelta(days=10))
        Delegation.objects.create(leave=leave, seat=seat, deputy=noor, agreed_on=first if agreed else None)
        actor = queries.actor_of(noor, first + timedelta(days=offset))
        acts = agreed and 0 <= offset <= 10 and (deputy_stays or offset <= 4)
        assert actor.holds(Role.STEERING_GROUP) == acts
        assert actor.stands_in_for == (frozenset({mira.opaque}) if acts else frozenset())
