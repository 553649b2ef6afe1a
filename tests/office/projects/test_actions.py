"""What the actions of a proposal allow, record and tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.office.conftest import NOW

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Mail, Notice
from rso.office.projects import presenters, queries
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.actions.loading import load
from rso.office.projects.models import Project, Proposal
from rso.office.projects.rules import MOVES, Move, Outcome, State, WrongMove

pytestmark = pytest.mark.django_db
TEXTS: dict[str, Any] = {
    "title": "A shared course (synthetic)",
    "problem": "Each academy writes its own course.",
    "approach": "Three academies write one.",
    "results": "One course, taught twice.",
    "risks": "No example shows a real person.",
    "objectives": ["capacity-building"],
    "principles": [],
    "starts_on": NOW.date(),
    "ends_on": NOW.date() + timedelta(days=300),
}
Actors = dict[str, Actor]


def draft(actor: Actor, **changes: Any) -> Proposal:
    member = Organisation.objects.get(code="XAV")
    return drafting.draft(actor, member=member, texts=TEXTS | changes, partners=[], budget=[], now=NOW)


def at_decision(actors: Actors) -> Proposal:
    proposal = draft(actors["official"])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    return consulted(actors, proposal)


def consulted(actors: Actors, proposal: Proposal) -> Proposal:
    for name in ("manager-a", "manager-b"):
        deciding.assess(actors[name], proposal=proposal, leaning=Outcome.APPROVE, text="Clear.", now=NOW)
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
    return deciding.close_consultation(actors["manager-b"], proposal=proposal, reason="All have spoken.", now=NOW)


def sign(actors: Actors, proposal: Proposal, *keys: tuple[str, Outcome, str]) -> Proposal:
    for name, outcome, reason in keys:
        proposal = deciding.sign(actors[name], proposal=proposal, outcome=outcome, reason=reason, now=NOW)
    return proposal


def events(proposal: Proposal) -> list[str]:
    rows = Entry.objects.filter(subject=str(proposal.pk)).order_by("sequence")
    return [row.event.rpartition(":")[2] for row in rows]


def told() -> set[str]:
    return {notice.user.email.partition("@")[0] for notice in Notice.objects.select_related("user")}


def test_a_project_appears_with_its_audit_and_its_notices(actors: Actors) -> None:
    proposal = at_decision(actors)
    Notice.objects.all().delete()
    sign(actors, proposal, ("manager-a", Outcome.APPROVE, "Wanted."), ("manager-b", Outcome.APPROVE, " Wanted. "))
    project = Project.objects.get()
    assert (project.title, project.proposal_id) == (TEXTS["title"], proposal.pk)
    assert events(proposal) == [
        "drafted", "moved", "assessed", "assessed", "moved", "moved", "signed", "signed", "moved",
    ]  # fmt: skip
    partial = Entry.objects.filter(event="projects:proposal:signed").order_by("sequence")
    assert [row.facts["partial"] for row in partial] == [True, False]
    assert told() == {"official", "colleague", "manager-a", "manager-b", "steering"}
    assert Mail.objects.filter(to_address="official@synthetic.invalid", subject__contains="approved").exists()


def test_whoever_is_asked_is_told(actors: Actors) -> None:
    proposal = draft(actors["official"])
    assert told() == set()
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    assert told() == {"manager-a", "manager-b"}
    consulted(actors, proposal)
    assert "steering" in told()


def test_disagreement_shows_both_keys_and_has_two_ways_on(actors: Actors) -> None:
    proposal = at_decision(actors)
    apart = (("manager-a", Outcome.APPROVE, "Yes."), ("manager-b", Outcome.APPROVE, "Yes, but."))
    proposal = sign(actors, proposal, *apart)
    assert proposal.state == "disagreement"
    assert [key.reason for key in queries.keys_of(proposal)] == ["Yes.", "Yes, but."]
    proposal = deciding.consult(actors["manager-b"], proposal=proposal, now=NOW)
    proposal = deciding.close_consultation(actors["manager-b"], proposal=proposal, reason="Asked again.", now=NOW)
    assert queries.keys_of(proposal) == []
    proposal = sign(actors, proposal, *apart)
    proposal = deciding.reconsider(actors["manager-a"], proposal=proposal, reason="We have talked.", now=NOW)
    proposal = sign(actors, proposal, *[(name, Outcome.DECLINE, "Not now.") for name in ("manager-a", "manager-b")])
    assert proposal.state == "declined"
    assert len(presenters.earlier_keys(proposal)) == 4
    assert not Project.objects.exists()


def test_returned_with_a_diff_in_round_two(actors: Actors) -> None:
    proposal = at_decision(actors)
    again = [(name, Outcome.RETURN, "Name them.") for name in ("manager-a", "manager-b")]
    proposal = sign(actors, proposal, *again)
    changed = TEXTS | {"approach": "Three named academies write one."}
    drafting.edit(
        actors["colleague"], proposal=proposal, revision=1, texts=changed, partners=[], budget=[], now=NOW
    )  # fmt: skip
    proposal = drafting.submit(actors["colleague"], proposal=proposal, now=NOW)
    assert (proposal.state, proposal.round) == ("assessment", 2)
    change = presenters.changes(proposal, queries.content(proposal))
    assert [(c.old, c.new) for c in change] == [(TEXTS["approach"], changed["approach"])]
    assert queries.keys_of(proposal) == []
    with pytest.raises(RsoError) as refused:
        deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
    assert refused.value.code == "both-assess-first"
    assert sign(actors, consulted(actors, proposal), ("manager-a", Outcome.APPROVE, "Now.")).state == "decision"


@pytest.mark.parametrize("state", State)
def test_withdrawal_from_every_state_that_is_not_final(actors: Actors, state: State) -> None:
    proposal = draft(actors["official"])
    Proposal.objects.filter(pk=proposal.pk).update(state=state.value)
    if (state, Move.WITHDRAW) in MOVES:
        assert drafting.withdraw(actors["colleague"], proposal=proposal, reason="x", now=NOW).state == "withdrawn"
    else:
        with pytest.raises(WrongMove):
            drafting.withdraw(actors["colleague"], proposal=proposal, reason="x", now=NOW)


def test_windows_close_after_their_last_day(actors: Actors) -> None:
    proposal = draft(actors["official"])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    for name in ("manager-a", "manager-b"):
        deciding.assess(actors[name], proposal=proposal, leaning=Outcome.APPROVE, text="Clear.", now=NOW)
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW, days=3)
    assert deciding.close_due(NOW + timedelta(days=3)) == 0
    assert deciding.close_due(NOW + timedelta(days=4)) == 1
    assert deciding.close_due(NOW + timedelta(days=4)) == 0
    proposal.refresh_from_db()
    assert proposal.state == "decision"
    with pytest.raises(RsoError) as refused:
        deciding.comment(actors["steering"], proposal=proposal, text="Late.", now=NOW)
    assert refused.value.code == "moved-on"


def test_a_second_co_manager_of_the_same_member_has_no_key(actors: Actors, people: dict[str, User]) -> None:
    user = people["party"]
    Seat.objects.create(
        user=user, role=Role.CO_MANAGER, organisation=Organisation.objects.get(code="XAV"), starts_on=NOW.date()
    )
    proposal = sign(actors, at_decision(actors), ("manager-a", Outcome.APPROVE, "Yes."))
    with pytest.raises(RsoError) as refused:
        sign({"second": actor_of(user, NOW.date())}, proposal, ("second", Outcome.APPROVE, "Yes."))
    assert refused.value.code == "same-organisation"


@pytest.mark.parametrize("name", ["stranger", "steering", "staff", "administrator", "party", "nobody"])
def test_only_its_member_works_on_a_draft(actors: Actors, name: str) -> None:
    actor = {**actors, "nobody": ANONYMOUS}[name]
    proposal = draft(actors["official"])
    acts: list[Callable[[], object]] = [
        lambda: draft(actor),
        lambda: drafting.edit(
            actor, proposal=proposal, revision=1, texts=TEXTS, partners=[], budget=[], now=NOW
        ),
        lambda: drafting.submit(actor, proposal=proposal, now=NOW),
        lambda: drafting.withdraw(actor, proposal=proposal, reason="x", now=NOW),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("name", ["official", "steering", "staff", "administrator", "party"])
def test_only_co_managers_decide(actors: Actors, name: str) -> None:
    actor, proposal = actors[name], at_decision(actors)
    acts: list[Callable[[], object]] = [
        lambda: deciding.assess(actor, proposal=proposal, leaning=Outcome.APPROVE, text="x", now=NOW),
        lambda: deciding.consult(actor, proposal=proposal, now=NOW),
        lambda: deciding.close_consultation(actor, proposal=proposal, reason="x", now=NOW),
        lambda: deciding.sign(actor, proposal=proposal, outcome=Outcome.APPROVE, reason="x", now=NOW),
        lambda: deciding.reconsider(actor, proposal=proposal, reason="x", now=NOW),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_drafts_are_seen_by_their_member_alone(actors: Actors) -> None:
    proposal = draft(actors["official"])
    assert queries.proposals(actors["colleague"]).get() == proposal
    for name in ("stranger", "manager-a", "steering", "staff"):
        assert not queries.proposals(actors[name]).exists()
        with pytest.raises(Proposal.DoesNotExist):
            queries.proposal(actors[name], proposal.pk)
        assert queries.alike_to(actors[name], key="", title=TEXTS["title"], body=TEXTS["problem"]) == []
    drafting.withdraw(actors["official"], proposal=proposal, reason="x", now=NOW)
    assert not queries.proposals(actors["stranger"]).exists()


def test_projects_are_loaded_twice_alike(db: None, tmp_path: Path) -> None:
    system = system_actor("command-line")
    assert load(system) == load(system) == Project.objects.count() == 9
    broken = tmp_path / "projects.toml"
    broken.write_text("[[project]]\ncode = 'x'")
    with pytest.raises(RsoError) as refused:
        load(system, path=broken)
    assert refused.value.code == "unreadable-projects"
    with pytest.raises(NotAllowed):
        load(ANONYMOUS)
