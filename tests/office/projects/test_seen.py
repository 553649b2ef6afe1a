"""Who reads what of a proposal: its own member the text as it stands, others what was submitted, word for word."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from tests.office.conftest import NOW, Browser
from tests.office.projects.test_actions import TEXTS, Actors, at_decision, draft, sign

from rso.accounts.rules import NotAllowed
from rso.files.queries import readable
from rso.office.projects import presenters, queries
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.models import Attachment, Proposal
from rso.office.projects.rules import Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]
READERS = ("stranger", "manager-a", "manager-b", "steering", "staff")
SECRET = "Zephyrine clause"


def attached(actors: Actors, proposal: Proposal, text: bytes, name: str = "plan.txt") -> Attachment:
    return drafting.attach(actors["official"], proposal=proposal, file=io.BytesIO(text), name=name)


def returned(actors: Actors, proposal: Proposal | None = None) -> Proposal:
    keys = [(name, Outcome.RETURN, "Name them.") for name in ("manager-a", "manager-b")]
    return sign(actors, proposal or at_decision(actors), *keys)


def mended(actors: Actors, proposal: Proposal) -> Proposal:
    texts = TEXTS | {"title": f"Another title, {SECRET}", "problem": f"{SECRET}."}
    return drafting.edit(
        actors["colleague"], proposal=proposal, revision=1, texts=texts, partners=[], budget=[], now=NOW
    )


@pytest.mark.parametrize("name", READERS)
def test_a_returned_proposal_is_read_as_it_was_submitted(actors: Actors, browser: Browser, name: str) -> None:
    proposal = mended(actors, returned(actors))
    client = browser(name)
    page = client.get(reverse("projects:proposal", args=[proposal.pk])).content.decode()
    assert TEXTS["title"] in page
    assert "Returned for changes by two signatures" in page  # its state and its history
    assert "as it was submitted" in page
    pages = [page] + [
        client.get(reverse(f"projects:{place}", args=[proposal.pk])).content.decode() for place in ("print", "export")
    ]
    pages.append(client.get(reverse("projects:proposals")).content.decode())
    pages.append(client.get(f"/api/proposals/{proposal.pk}").content.decode())
    pages.append(client.get("/api/proposals").content.decode())
    for each in pages:
        assert TEXTS["title"] in each
        assert "Zephyrine" not in each


@pytest.mark.parametrize("name", READERS)
def test_a_search_tells_nothing_of_words_that_are_being_changed(actors: Actors, name: str) -> None:
    proposal = mended(actors, returned(actors))
    assert not queries.proposals(actors[name], search="Zephyrine").exists()
    assert queries.proposals(actors[name], search="academy").get() == proposal
    found = queries.alike_to(actors[name], key="", title=f"Another title, {SECRET}", body=f"{SECRET}.")
    assert all(SECRET not in title for _kind, _key, title, _score in found)
    assert queries.proposals(actors["official"], search="zephyrine").get() == proposal


def test_what_was_changed_and_withdrawn_stays_with_its_member(actors: Actors) -> None:
    proposal = mended(actors, returned(actors))
    proposal = drafting.withdraw(actors["official"], proposal=proposal, reason="Another way.", now=NOW)
    assert queries.content_seen(actors["steering"], proposal)["title"] == TEXTS["title"]
    assert SECRET in queries.content_seen(actors["official"], proposal)["title"]


def test_its_member_sees_what_it_has_changed_since(actors: Actors, browser: Browser) -> None:
    proposal = mended(actors, returned(actors))
    page = browser("official").get(reverse("projects:proposal", args=[proposal.pk])).content.decode()
    assert "What you have changed since it was returned" in page
    assert page.count("Zephyrine") > 2


def test_what_was_said_in_earlier_rounds_stays_to_be_read(actors: Actors, browser: Browser) -> None:
    proposal = returned(actors)
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    page = browser("manager-a").get(reverse("projects:proposal", args=[proposal.pk])).content.decode()
    assert "What was said and signed before" in page
    assert page.count("Clear.") == 2
    assert "(round 1)" in page


def test_a_difference_names_objectives_and_partners_in_words(actors: Actors) -> None:
    proposal = draft(actors["official"])
    old = queries.content(proposal)
    new = old | {"objectives": ["information-sharing"], "partners": ["XCS"]}
    told = {str(change.label): change.new for change in presenters.compare(old, new, proposal)}
    assert told["Objectives of the RSO"] == "Facilitating information sharing amongst members."
    assert told["Partners"] == "XCS (synthetic)"


def test_files_follow_the_text_that_they_were_submitted_with(actors: Actors) -> None:
    proposal = draft(actors["official"])
    first = attached(actors, proposal, b"The first plan.")
    for name in READERS:
        assert readable(actors[name], first.file_id) is None
    drafting.submit(actors["official"], proposal=proposal, now=NOW)
    proposal = returned(actors, _decided_over(actors, proposal))
    drafting.detach(actors["official"], attachment=first, now=NOW)
    second = attached(actors, proposal, b"The second plan.")
    for name in READERS:
        assert readable(actors[name], first.file_id) is not None, "what was decided on is not destroyed"
        assert readable(actors[name], second.file_id) is None
        assert [row.pk for row in queries.attachments_seen(actors[name], proposal)] == [first.pk]
    assert [row.pk for row in queries.attachments_seen(actors["official"], proposal)] == [second.pk]
    assert readable(actors["party"], first.file_id) is None


def _decided_over(actors: Actors, proposal: Proposal) -> Proposal:
    for name in ("manager-a", "manager-b"):
        deciding.assess(actors[name], proposal=proposal, leaning=Outcome.RETURN, text="Unclear.", now=NOW)
    deciding.consult(actors["manager-a"], proposal=proposal, now=NOW)
    return deciding.close_consultation(actors["manager-b"], proposal=proposal, reason="Done.", now=NOW)


def test_a_file_that_was_never_submitted_goes_for_good(actors: Actors) -> None:
    proposal = draft(actors["official"])
    drafting.detach(actors["official"], attachment=attached(actors, proposal, b"x y"), now=NOW)
    assert not Attachment.objects.exists()


def test_the_same_file_sent_twice_is_attached_once(actors: Actors) -> None:
    proposal = draft(actors["official"])
    first, second = (attached(actors, proposal, b"One plan.") for _ in range(2))
    assert first.pk == second.pk
    assert attached(actors, proposal, b"One plan.", "other.txt").pk != first.pk


@pytest.mark.parametrize("name", ["stranger", "manager-a", "steering", "party"])
def test_only_its_member_attaches(actors: Actors, name: str) -> None:
    proposal = draft(actors["official"])
    with pytest.raises(NotAllowed):
        drafting.attach(actors[name], proposal=proposal, file=io.BytesIO(b"x y"), name="x.txt")


def test_the_number_of_queries_does_not_grow_with_the_list(
    actors: Actors, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    client = browser("manager-a")
    for _ in range(12):
        drafting.submit(actors["official"], proposal=draft(actors["official"]), now=NOW)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("projects:proposals")).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get("/api/proposals").json()["total"] == 12
