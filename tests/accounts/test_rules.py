from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.accounts import rules
from rso.accounts.rules import (
    ANONYMOUS,
    Actor,
    NotAllowed,
    Role,
    SeatFacts,
    decide,
    enter,
    require,
    system_actor,
    table,
)

PROBE = "tests:thing:do"


@pytest.fixture(autouse=True)
def _own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_TABLE", dict(rules.table()))


def person(*roles: Role, organisation: str = "XAV") -> Actor:
    return Actor(UUID(int=7), user_id=7, seats=frozenset(SeatFacts(role, organisation) for role in roles))


@given(held=st.sets(st.sampled_from(Role)), opening=st.sets(st.sampled_from(Role), min_size=1))
def test_a_permission_opens_to_its_roles_and_to_no_other(held: set[Role], opening: set[Role]) -> None:
    rules._TABLE.pop(PROBE, None)
    enter(PROBE, opening)
    assert decide(person(*held), PROBE).allowed == bool(held & opening)
    assert not decide(ANONYMOUS, PROBE).allowed
    assert not decide(system_actor("sweep"), PROBE).allowed


def test_the_finer_rule_is_asked_about_the_subject_and_its_reason_is_told() -> None:
    enter(PROBE, {Role.OFFICER}, lambda actor, subject: None if subject == "mine" else "not-yours")
    assert decide(person(Role.OFFICER), PROBE, "mine").allowed
    refused = decide(person(Role.OFFICER), PROBE, "theirs")
    assert (refused.allowed, refused.reason) == (False, "not-yours")
    with pytest.raises(NotAllowed, match="not-yours"):
        require(person(Role.OFFICER), PROBE, "theirs")


def test_the_finer_rule_never_widens_the_roles() -> None:
    enter(PROBE, {Role.OFFICER}, lambda actor, subject: None)
    assert not decide(person(Role.EXAMINER), PROBE, "anything").allowed


def test_a_permission_is_entered_once_and_in_shape() -> None:
    enter(PROBE, {Role.OFFICER})
    with pytest.raises(ValueError, match="twice"):
        enter(PROBE, {Role.OFFICER})
    with pytest.raises(ValueError, match="scope:resource:action"):
        enter("do-it", {Role.OFFICER})


def test_an_unknown_permission_is_a_defect_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        decide(person(*Role), "no:such:thing")


def test_every_permission_opens_to_some_role_or_to_the_system() -> None:
    unreachable = [name for name, entry in table().items() if not entry.roles and not entry.system]
    assert not unreachable
