"""Whose turn it is, and what a page that was left open, or sent twice, may still do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from tests.office.conftest import NOW, Browser
from tests.office.projects.test_actions import TEXTS, Actors, at_decision, consulted, draft, sign, told
from tests.office.proposals import FORM

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Role
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Notice
from rso.office.projects import queries
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.errors import StaleEdit
from rso.office.projects.models import Comment, Proposal
from rso.office.projects.rules import Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]
APPROVE, RETURN = Outcome.APPROVE, Outcome.RETURN


def waits(actors: Actors, *names: str) -> set[str]:
    return {name for name in names if queries.waiting_for(actors[name]).exists()}


BOTH = ("manager-a", "manager-b")


def test_it_waits_for_whoever_has_the_next_step_and_for_nobody_else(actors: Actors) -> None:
    proposal = draft(actors["official"])
    assert waits(actors, *BOTH, "steering", "official") == set()
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    for round in (1, 2):
        assert waits(actors, *BOTH) == set(BOTH), f"round {round}"
        deciding.assess(actors["manager-a"], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
        assert waits(actors, *BOTH) == {"manager-b"}
        deciding.assess(actors["manager-b"], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
        assert waits(actors, *BOTH) == set(BOTH), "one of them opens the consultation"
        deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
        assert waits(actors, *BOTH, "steering") == {"steering"}
        deciding.comment(actors["steering"], proposal=proposal, text=f"Round {round}.", now=NOW)
        assert waits(actors, "steering") == set(), "whoever has spoken is not asked again"
        deciding.close_consultation(actors["manager-b"], proposal=proposal, reason="Done.", now=NOW)
        sign(actors, proposal, ("manager-a", APPROVE, "Yes."))
        assert waits(actors, *BOTH) == {"manager-b"}
        sign(actors, proposal, ("manager-b", RETURN, "No."))
        assert waits(actors, *BOTH) == set(BOTH), "a disagreement waits for both"
        deciding.reconsider(actors["manager-b"], proposal=proposal, reason="We talked.", now=NOW)
        assert waits(actors, *BOTH) == set(BOTH), "earlier signatures are spent"
        sign(actors, proposal, ("manager-b", RETURN, "Name them."))
        assert waits(actors, *BOTH) == {"manager-a"}
        sign(actors, proposal, ("manager-a", RETURN, "Name them."))
        assert waits(actors, *BOTH, "official", "stranger") == {"official"}
        drafting.submit(actors["official"], proposal=proposal, now=NOW)


def test_a_second_consultation_asks_the_steering_group_anew(actors: Actors) -> None:
    proposal = draft(actors["official"])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    for name in BOTH:
        deciding.assess(actors[name], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
    deciding.comment(actors["steering"], proposal=proposal, text="No objection.", now=NOW)
    deciding.close_consultation(actors["manager-a"], proposal=proposal, reason="Done.", now=NOW)
    sign(actors, proposal, ("manager-a", APPROVE, "Yes."), ("manager-b", RETURN, "No."))
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW + timedelta(days=1))
    assert waits(actors, "steering") == {"steering"}


def test_whose_turn_comes_next_is_told(actors: Actors) -> None:
    proposal = draft(actors["official"])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    deciding.assess(actors["manager-a"], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
    Notice.objects.all().delete()
    deciding.assess(actors["manager-b"], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
    assert told() == {"manager-a"}
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
    deciding.close_consultation(actors["manager-a"], proposal=proposal, reason="Done.", now=NOW)
    Notice.objects.all().delete()
    sign(actors, proposal, ("manager-a", APPROVE, "Yes."))
    assert told() == {"manager-b"}
    Notice.objects.all().delete()
    sign(actors, proposal, ("manager-b", APPROVE, "Yes."))
    assert "steering" in told(), "whoever was consulted learns the outcome"


def test_line_ends_and_margins_are_no_disagreement(actors: Actors) -> None:
    proposal = sign(actors, at_decision(actors), ("manager-a", APPROVE, "Wanted.\nBy three members.\n"))
    assert sign(actors, proposal, ("manager-b", APPROVE, "Wanted. \r\nBy three members.")).state == "approved"


def test_a_page_left_open_signs_no_later_text(actors: Actors, browser: Browser) -> None:
    proposal = at_decision(actors)
    proposal = sign(actors, proposal, *[(name, RETURN, "Name them.") for name in BOTH])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    old = {"outcome": "approve", "reason": "Yes.", "leaning": "approve", "text": "Clear.", "round": "1"}
    client = browser("manager-a")
    assert client.post(reverse("projects:assess", args=[proposal.pk]), old).status_code == 409
    consulted(actors, proposal)
    answer = client.post(reverse("projects:sign", args=[proposal.pk]), old)
    assert answer.status_code == 409
    assert "moved on since" in answer.content.decode()
    assert queries.keys_of(Proposal.objects.get()) == []
    assert 'name="round" value="2"' in client.get(reverse("projects:proposal", args=[proposal.pk])).content.decode()


def test_nobody_writes_over_a_colleagues_assessment(actors: Actors, people: dict[str, User]) -> None:
    member = Organisation.objects.get(code="XAV")
    Seat.objects.create(user=people["party"], role=Role.CO_MANAGER, organisation=member, starts_on=NOW.date())
    proposal = draft(actors["official"])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    deciding.assess(actors["manager-a"], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
    with pytest.raises(RsoError) as refused:
        deciding.assess(actor_of(people["party"], NOW.date()), proposal=proposal, leaning=RETURN, text="Not.", now=NOW)
    assert refused.value.code == "assessed-by-colleague"
    assert proposal.assessments.get().text == "Clear."


def test_a_comment_sent_twice_stands_once(actors: Actors) -> None:
    proposal = draft(actors["official"])
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    for name in BOTH:
        deciding.assess(actors[name], proposal=proposal, leaning=APPROVE, text="Clear.", now=NOW)
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
    for _ in range(2):
        deciding.comment(actors["steering"], proposal=proposal, text="No objection.", now=NOW)
    assert Comment.objects.count() == 1


def sent(actors: Actors, key: UUID, name: str = "official", **changes: Any) -> Proposal:
    member = Organisation.objects.get(code="XAV" if name != "stranger" else "XBD")
    return drafting.draft(actors[name], member=member, texts=TEXTS | changes, partners=[], budget=[], now=NOW, key=key)


def test_a_draft_sent_twice_is_one_draft(actors: Actors) -> None:
    key = uuid4()
    assert sent(actors, key).pk == sent(actors, key).pk == key
    assert Proposal.objects.count() == Entry.objects.filter(event="projects:proposal:drafted").count() == 1
    again = sent(actors, key, problem="Written after going back in the browser.")
    assert (again.revision, Proposal.objects.get().problem) == (2, "Written after going back in the browser.")


def test_a_draft_sent_again_overwrites_nobody(actors: Actors) -> None:
    key = uuid4()
    proposal = sent(actors, key)
    theirs = TEXTS | {"problem": "A colleague's words."}
    drafting.edit(actors["colleague"], proposal=proposal, revision=1, texts=theirs, partners=[], budget=[], now=NOW)
    with pytest.raises(StaleEdit):
        sent(actors, key, problem="Mine.")
    with pytest.raises(RsoError):
        sent(actors, key, "stranger")
    assert Proposal.objects.get().problem == "A colleague's words."


def test_the_new_page_sent_twice(browser: Browser) -> None:
    client = browser("official")
    key = client.get(reverse("projects:draft")).context["form"]["key"].value()
    first, second = (client.post(reverse("projects:draft"), FORM | {"key": str(key)}) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    proposal = Proposal.objects.get()
    other = FORM | {"revision": "1", "problem": "A colleague's words."}
    assert browser("colleague").post(reverse("projects:edit", args=[proposal.pk]), other).status_code == 302
    late = client.post(reverse("projects:draft"), FORM | {"key": str(key), "problem": "Mine, sent late."})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Mine, sent late.</textarea>" in page
    assert f'action="{reverse("projects:edit", args=[proposal.pk])}"' in page
