"""What came to nothing is not kept: questions never sent, requests refused or never answered."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from tests.node.cast import MACHINE, Cast, asked_by, cast, drafted, enrolled, mail_after_tick, probe_of
from tests.node.people import client_of
from tests.node.region import BORDUNA, Region

from rso.accounts.models import User
from rso.audit.models import Entry
from rso.node.post.models import Inbox, Outbox
from rso.node.searches.actions import asking, disclosing, examining, expiring
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Question, Search
from rso.node.searches.queries import answering as held
from rso.node.searches.queries import asking as asked
from rso.node.searches.rules import RELEASE, SearchError, SearchesEvent, Verdict
from rso.node.vault.queries import is_destroyed
from rso.wire.messages import Answer, DisclosureRequest, Outcome, Probe, Refusal

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
JUSTIFICATION = "A lost passport, found by Canary."


def destroyed(region: Region) -> int:
    both = (expiring.destroy_expired, expiring.destroy_unused)
    return sum(destroy(MACHINE, clock=region.clock) for destroy in both)


def until(region: Region, moment: datetime) -> None:
    region.clock.step(seconds=(moment - region.now()).total_seconds())


# ---------------------------------------------------------------- a question that was never sent


@pytest.mark.parametrize("state", ["draft", "waiting"])
def test_a_question_that_is_not_sent_is_destroyed_after_its_days(region: Region, state: str) -> None:
    region.agree()
    actors = cast()
    search = drafted(region, actors.officer)
    if state == "waiting":
        asking.ask_agreement(actors.officer, search=search, now=region.now())
    region.clock.step(days=29)
    assert destroyed(region) == 0
    region.clock.step(days=1)
    assert (destroyed(region), destroyed(region)) == (1, 0)
    search.refresh_from_db()
    assert (search.state, search.destroyed_at) == ("cancelled", region.now())
    assert (bytes(search.image), bytes(search.protection)) == (b"", b"")
    assert is_destroyed(search.vault_subject)
    assert Entry.objects.get(event=SearchesEvent.DESTROYED).facts == {"reason": "unused"}
    assert not asked.waiting(actors.protection)
    page = client_of(User.objects.get(pk=actors.officer.person)).get(reverse("searches:search", args=[search.pk]))
    assert (page.status_code, "It was never sent." in page.content.decode()) == (200, True)


def test_a_question_that_was_sent_is_kept_for_as_long_as_it_may_be_answered(region: Region) -> None:
    region.agree(probe_days=35)
    officer = cast().officer
    search = drafted(region, officer)
    asking.send(officer, search=search, to=[str(BORDUNA)], stepped_up=True, clock=region.clock)
    region.clock.step(days=31)
    assert destroyed(region) == 0
    region.clock.step(days=5)
    assert destroyed(region) == 1
    search.refresh_from_db()
    assert search.state == "sent"


# ---------------------------------------------------------------- a request of ours


def requested(region: Region) -> tuple[DisclosureAsk, DisclosureRequest, bytes]:
    """A request of Avaria's that has reached Borduna."""
    digest, officer = region.agree(), cast().officer
    search = drafted(region, officer)
    (question,) = asking.send(officer, search=search, to=[str(BORDUNA)], stepped_up=True, clock=region.clock)
    region.exchange()
    (probe,) = region.borduna.mail()
    assert isinstance(probe, Probe)
    region.borduna.send(Answer(probe.meta.reply(), Outcome.HIT, hit_reference=secrets.token_bytes(16)), digest)
    region.exchange()
    ask = disclosing.request(
        officer, question=Question.objects.get(pk=question.pk), fields=["family-name"], justification=JUSTIFICATION,
        stepped_up=True, clock=region.clock,
    )  # fmt: skip
    region.exchange()
    (request,) = region.borduna.mail()
    assert isinstance(request, DisclosureRequest)
    return ask, request, digest


def test_a_refused_request_of_ours_is_destroyed_after_its_days(region: Region) -> None:
    ask, request, digest = requested(region)
    region.clock.step(hours=1)
    region.borduna.send(Refusal(request.meta.reply(), reason="declined"), digest)
    region.exchange()
    ask.refresh_from_db()
    assert ask.came_at is not None
    region.clock.step(days=29)
    destroyed(region)
    ask.refresh_from_db()
    assert ask.destroyed_at is None
    region.clock.step(days=2)
    destroyed(region)
    ask.refresh_from_db()
    assert ask.destroyed_at == region.now()
    assert is_destroyed(ask.conversation.vault_subject)
    assert {bytes(row.content) for row in Outbox.objects.filter(conversation=ask.conversation)} == {b""}


def test_a_request_of_ours_that_nobody_answers_is_destroyed_when_nobody_can(region: Region) -> None:
    ask, _request, _digest = requested(region)
    until(region, ask.conversation.expires_at - timedelta(seconds=1))
    destroyed(region)
    ask.refresh_from_db()
    assert ask.destroyed_at is None
    region.clock.step(seconds=1)
    destroyed(region)
    ask.refresh_from_db()
    assert ask.destroyed_at == region.now()
    owner = User.objects.get(pk=ask.asked_by_id)
    page = client_of(owner).get(reverse("searches:disclosed", args=[ask.pk])).content.decode()
    assert "Nobody can answer this request any more" in page


# ---------------------------------------------------------------- a request of another's


def asked_for(region: Region, **terms: object) -> tuple[DisclosureCase, Cast]:
    """A request of Borduna's that waits for Avaria's approvers."""
    digest, actors = region.agree(**terms), cast()
    enrolled(region, 1)
    question = probe_of(region.borduna, 1)
    received = asked_by(region, region.borduna, question, digest)
    examining.find(
        actors.examiner, candidate=received.candidates.get(), verdict=Verdict.SAME, reason="ridge by ridge",
        stepped_up=True, clock=region.clock,
    )  # fmt: skip
    (hit,) = [m.hit_reference for m in mail_after_tick(region, region.borduna) if isinstance(m, Answer)]
    assert hit is not None
    request = DisclosureRequest(question.meta, hit_reference=hit, fields=("family-name",), justification=JUSTIFICATION)
    region.borduna.send(request, digest)
    region.exchange()
    return DisclosureCase.objects.get(), actors


def test_a_request_on_which_nobody_ruled_is_destroyed_and_can_be_ruled_on_no_more(region: Region) -> None:
    case, actors = asked_for(region)
    assert list(held.waiting_cases(actors.approver)) == [case]
    until(region, case.conversation.expires_at - timedelta(seconds=1))
    destroyed(region)
    case.refresh_from_db()
    assert case.destroyed_at is None
    region.clock.step(seconds=1)
    destroyed(region)
    case.refresh_from_db()
    assert case.destroyed_at == region.now()
    assert is_destroyed(case.conversation.vault_subject)
    assert {bytes(row.content) for row in Inbox.objects.filter(conversation=case.conversation)} == {b""}
    assert not held.waiting_cases(actors.approver)
    with pytest.raises(SearchError) as error:
        disclosing.rule(
            actors.approver, case=case, rulings={"family-name": RELEASE}, reason="late", stepped_up=True,
            clock=region.clock,
        )  # fmt: skip
    assert error.value.code == "lapsed"
    page = client_of(User.objects.get(pk=actors.approver.person)).get(reverse("searches:request", args=[case.pk]))
    words = page.content.decode()
    assert (page.status_code, "not answered in time" in words, "Canary" in words) == (200, True, False)


def test_a_request_that_our_rules_refused_is_destroyed_after_its_days(region: Region) -> None:
    case, _actors = asked_for(region)
    disclosing._refuse(case, "declined", None, region.clock)
    region.clock.step(days=29)
    destroyed(region)
    case.refresh_from_db()
    assert case.destroyed_at is None
    region.clock.step(days=1)
    destroyed(region)
    case.refresh_from_db()
    assert case.destroyed_at == region.now()
    assert Search.objects.count() == 0
