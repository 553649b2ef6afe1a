"""Who is of which audience, and that nothing tells anybody of what is not theirs to see."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Actor, Role, SeatFacts, decide, system_actor, table
from rso.search import actions
from rso.search import audiences as these
from rso.search.audiences import audiences, audiences_of
from rso.search.entries import PUBLIC, Entry
from rso.search.presenters import results
from rso.search.queries import Found, look

NOW = datetime(2026, 11, 28, tzinfo=UTC)
CODES = ("XAV", "XBD", "RSO", "NGO")
SUBJECTS = ("", "wg-tip", "tfpp")
SEATS = st.frozensets(
    st.builds(
        SeatFacts, st.sampled_from(Role), st.sampled_from(CODES), st.just(""), st.just(""), st.sampled_from(SUBJECTS)
    ),
    max_size=4,
)


def actor(seats: frozenset[SeatFacts], signed_in: bool = True) -> Actor:
    return Actor(UUID(int=7), user_id=7 if signed_in else None, seats=seats)


@given(SEATS, st.booleans())
def test_each_key_says_no_more_than_a_seat_does(seats: frozenset[SeatFacts], at_members: bool) -> None:
    found = audiences(actor(seats), at_members=at_members, allowed=())
    assert {PUBLIC, these.SIGNED_IN} <= found
    assert (these.MEMBERS in found) is at_members
    assert (these.STAFF in found) is any(seat.role in these.STAFF_ROLES for seat in seats)
    for code in CODES:
        assert (these.of_organisation(code) in found) is any(seat.organisation == code for seat in seats)
        for role in Role:
            held = any((seat.role, seat.organisation) == (role, code) for seat in seats)
            assert (these.of_seat(role, code) in found) is held
    for subject in SUBJECTS[1:]:
        assert (these.of_group(subject) in found) is any(seat.subject == subject for seat in seats)


@given(SEATS)
def test_who_is_not_signed_in_is_of_the_public_only(seats: frozenset[SeatFacts]) -> None:
    everything = audiences(actor(seats, signed_in=False), at_members=True, allowed=tuple(table()))
    assert everything == {PUBLIC}
    assert audiences_of(ANONYMOUS) == audiences_of(system_actor("sweep")) == {PUBLIC}


@given(SEATS, SEATS)
def test_another_seat_never_takes_an_audience_away(some: frozenset[SeatFacts], more: frozenset[SeatFacts]) -> None:
    fewer = audiences(actor(some), at_members=False, allowed=())
    assert fewer <= audiences(actor(some | more), at_members=False, allowed=())


@pytest.mark.django_db
class TestPeople:
    def person(self, role: Role, kind: str, ends_on: date | None = None) -> User:
        user = User.objects.create_user(email=f"{role}@synthetic.invalid", name="P.", is_synthetic=True)
        organisation = Organisation.objects.create(code=f"X-{kind}"[:20], name=kind, kind=kind)
        Seat.objects.create(
            user=user, role=role, organisation=organisation, starts_on=date(2020, 1, 1), ends_on=ends_on
        )
        return user

    @pytest.mark.parametrize("kind", Organisation.Kind.values)
    def test_members_are_states_and_organisations_of_the_process_and_the_office(self, kind: str) -> None:
        found = audiences_of(actor_of(self.person(Role.FOCAL_POINT, kind), NOW.date()))
        assert (these.MEMBERS in found) is (kind in {"state", "member-organisation", "office"})

    def test_the_table_decides_about_permissions(self) -> None:
        somebody = actor_of(self.person(Role.RSO_STAFF, "office"), NOW.date())
        found = audiences_of(somebody)
        for permission in table():
            assert (these.of_permission(permission) in found) is decide(somebody, permission).allowed

    def test_a_seat_that_ended_opens_nothing_from_the_next_day_on(self) -> None:
        user = self.person(Role.CO_MANAGER, "state", ends_on=NOW.date())
        closed = Entry("t", "a", "en", "Visa", "", "/a", audience=these.STAFF)
        actions.put([closed], now=NOW)
        assert look("visa", audiences=audiences_of(actor_of(user, NOW.date()))).count == 1
        after = audiences_of(actor_of(user, date(2026, 11, 29)))
        assert after == {PUBLIC, these.SIGNED_IN}
        assert look("visa", audiences=after).count == 0


# ---------------------------------------------------------------- two worlds that an outsider must not tell apart

OPEN = [
    Entry("t", f"{n}", ("en", "th")[n % 2], f"Passport number {n}", "Forged visas and stamps. " * 3, f"/{n}")
    for n in range(40)
]
ASKED = ("passport", "forged visas", "zeppelin", "zepelin", "passprot", "forged zeppelin", "ผู้เสียหาย", "stamps")


def hidden(words: str) -> list[Entry]:
    """Forty texts of others: of the same sizes in both worlds, with words that are asked for in one of them."""
    return [
        Entry("secret", f"{n}", "km", f"{words} {words}", f"{words} " * 5, f"/s{n}", audience="org:XAV")
        for n in range(40)
    ]


def told(query: str) -> tuple[Any, ...]:
    """All that an outsider is told."""
    found: Found = look(query)
    shown = [(one.title, one.snippet, one.path) for one in results(found.documents, query)]
    return found.count, found.instead, dict(found.facets.amounts), shown


def _world(words: str) -> dict[str, tuple[Any, ...]]:
    with transaction.atomic():
        actions.put(hidden(words), now=NOW)
        found = {query: (told(query), _work(query)) for query in ASKED}
        transaction.set_rollback(True)
    return found


def _work(query: str) -> Any:
    return (_steps if connection.vendor == "sqlite" else _rows)(lambda: told(query))


def _steps(ask: Callable[[], object]) -> int:
    """How many steps SQLite's machine takes, those of the full text's own tables among them."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    database: sqlite3.Connection = connection.connection
    database.set_progress_handler(step, 1)
    try:
        ask()
    finally:
        database.set_progress_handler(None, 1)
    return count


def _rows(ask: Callable[[], object]) -> list[Any]:
    """The rows that each node of each plan of PostgreSQL reads, in the way it takes over many texts."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as asked:
            ask()
        found = []
        for statement in (one["sql"] for one in asked if one["sql"].startswith("SELECT")):
            cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + statement)
            plan = cursor.fetchone()[0]
            found.append(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    return found


def _nodes(plan: dict[str, Any]) -> list[Any]:
    return [(plan["Node Type"], plan["Actual Rows"]), [_nodes(one) for one in plan.get("Plans", [])]]


@pytest.mark.django_db
def test_neither_what_is_told_nor_the_work_depends_on_what_is_hidden() -> None:
    actions.put(OPEN, now=NOW)
    with_words = _world("passport zeppelin forged visas ผู้เสียหาย")
    without = _world("boathook aircraft sixty acorn คนอื่นๆอีก")
    for query in ASKED:
        assert with_words[query] == without[query], query
    assert with_words["zeppelin"][0][0] == 0
    assert with_words["passport"][0][0] == 40


@pytest.mark.django_db
def test_what_is_told_is_the_same_as_if_nothing_were_hidden() -> None:
    actions.put(OPEN, now=NOW)
    alone = {query: told(query)[:3] for query in ASKED}
    actions.put(hidden("passport zeppelin forged visas"), now=NOW)
    assert {query: told(query)[:3] for query in ASKED} == alone
    assert look("zeppelin", audiences={PUBLIC, "org:XAV"}).count == 40  # they are there, for their own


@pytest.mark.django_db
class TestFacets:
    @pytest.fixture(autouse=True)
    def texts(self) -> None:
        rows = [("a", "en", "t"), ("b", "en", "u"), ("c", "th", "u"), ("d", "th", "u")]
        actions.put([Entry(kind, ref, language, "Visa", "", "/") for ref, language, kind in rows], now=NOW)

    def test_each_is_counted_under_the_choice_of_the_other(self) -> None:
        facets = look("visa").facets
        assert (facets.kinds(), facets.languages()) == ({"t": 1, "u": 3}, {"en": 2, "th": 2})
        assert (facets.kinds("th"), facets.languages("u")) == ({"u": 2}, {"en": 1, "th": 2})
        assert (facets.count(), facets.count("u"), facets.count("u", "en"), facets.count("t", "th")) == (4, 3, 1, 0)

    def test_both_narrow_and_what_is_counted_stays(self) -> None:
        found = look("visa", kind="u", language="th")
        assert ({one.ref for one in found.documents}, found.count) == ({"c", "d"}, 2)
        assert found.facets.count() == 4

    def test_a_choice_changes_no_words(self) -> None:
        assert look("visas", language="km").instead == ()
        assert look("vusa", language="th").instead == look("vusa").instead == ("visa",)

    def test_of_equals_those_in_the_readers_language_come_first(self) -> None:
        assert {one.language for one in look("visa", reader="th").documents[:2]} == {"th"}
        assert {one.language for one in look("visa", reader="en").documents[:2]} == {"en"}

    def test_a_page_beyond_the_last_is_the_last(self) -> None:
        assert len(look("visa", page=99).documents) == 4
