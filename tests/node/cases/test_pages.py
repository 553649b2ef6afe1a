"""Every page answers for those whose it is, in words that are translated, and refuses the others."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.node.cases.test_whole_way import Program, one, sent_question
from tests.node.cast import MACHINE, enrolled, mail_after_tick, probe_of
from tests.node.people import acting, client_of, person
from tests.node.region import Region

from rso.accounts.rules import Role
from rso.base.clock import SystemClock, unix_seconds
from rso.node.cases.presenters import EVENT_WORDS
from rso.node.cases.rules import CasesEvent
from rso.node.post import actions as post
from rso.node.post.models import Arrangement, Conversation
from rso.node.post.rules import PostEvent
from rso.node.requests.rules import RequestsEvent
from rso.node.searches.actions import searching
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Question, ReceivedProbe, Search
from rso.node.searches.rules import SearchesEvent
from rso.ui.pseudo import untranslated
from rso.wire.limits import DAY
from rso.wire.messages import Answer, ArrangementProposal, Disclosure, DisclosureRequest, Outcome, WrittenRequest

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
OFF, PRO, EXA, APP, AUD, ADM = (
    Role.OFFICER, Role.PROTECTION_OFFICER, Role.EXAMINER, Role.APPROVER, Role.AUDITOR, Role.NODE_ADMINISTRATOR,
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_clock(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda self: region.clock.now())
    monkeypatch.setattr(timezone, "now", region.clock.now)


def page(client: Client, name: str, *args: Any, status: int = 200) -> str:
    client.cookies["rso_language"] = "en-xa"
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status
    return answer.content.decode()


def translated(client: Client, name: str, *args: Any) -> str:
    """The page, every word of which goes through translation (asked where the pseudo-locales are on, as in ./test)."""
    text = page(client, name, *args)
    assert not settings.RSO_PSEUDO_LOCALES or untranslated(text) == []
    return text


@pytest.mark.parametrize("role", [OFF, PRO, EXA, APP, AUD, ADM])
def test_home_shows_what_waits_and_the_menu_only_what_a_seat_opens(region: Region, role: Role) -> None:
    client = client_of(person(role))
    text = translated(client, "home")
    assert ('href="/gallery/"' in text) == (role in (OFF, PRO))
    assert ('href="/searches/probes/"' in text) == (role is EXA)
    assert ('href="/cases/"' in text) == (role is AUD)


def numbers(role: Role) -> dict[str, str]:
    """What the home page says waits, by the page that it leads to."""
    stats = client_of(person(role)).get(reverse("home")).context["stats"]
    return {str(stat.label): stat.value for stat in stats}


def test_home_counts_the_arrangements_that_wait_for_a_signature(region: Region) -> None:
    terms = region.terms()
    region.borduna.send(ArrangementProposal(region.borduna.arrangement_meta(terms), terms.encode()), None)
    region.exchange()
    assert numbers(ADM)["Arrangements to sign"] == numbers(APP)["Arrangements to sign"] == "1"
    assert "Arrangements to sign" not in numbers(OFF)
    row = Arrangement.objects.get()
    signers = [acting(ADM), acting(APP)]
    for signer in signers:
        post.sign(signer, arrangement=row, stepped_up=True, clock=region.clock)
    # Two have signed for this side: no third is asked for, on no page.
    assert numbers(ADM)["Arrangements to sign"] == "0"
    text = client_of(person(ADM)).get(reverse("post:arrangement", args=[row.digest])).content.decode()
    assert "It waits for your signature" not in text


def test_home_counts_the_letters_that_wait(region: Region) -> None:
    digest = region.agree()
    letter = WrittenRequest(
        region.borduna.meta("written-request"), subject="A series", text="Do you know it?",
        reply_by=unix_seconds(region.now()) + DAY, handling=(),
    )  # fmt: skip
    region.borduna.send(letter, digest)
    region.exchange()
    assert numbers(OFF)["Letters to reply to"] == numbers(APP)["Letters to reply to"] == "1"
    conversation = Conversation.objects.get()
    for name, args in (("requests:letters", ()), ("requests:letter", (conversation.pk,))):
        page_of_it = client_of(person(OFF)).get(reverse(name, args=args)).content.decode()
        assert "Waits for our reply" in page_of_it
        assert "Fetched by the recipient" not in page_of_it.partition("What happened")[0]
    auditor = client_of(person(AUD))
    translated(auditor, "cases:conversation", conversation.pk)  # a letter's steps have words too


def test_every_step_of_a_case_has_words() -> None:
    steps = [*SearchesEvent, *RequestsEvent, *CasesEvent]
    steps += [event for event in PostEvent if event.startswith(("node:message", "node:conversation"))]
    assert [event.value for event in steps if event not in EVENT_WORDS] == []


def test_somebody_without_a_seat_is_told_so(region: Region) -> None:
    assert 'href="/gallery/"' not in translated(client_of(person()), "home")


OPEN = {
    "searches:searches": {OFF, PRO},
    "searches:new": {OFF},
    "searches:probes": {EXA},
    "searches:requests": {APP},
    "gallery:subjects": {OFF, PRO},
    "gallery:enrol": {OFF},
    "cases:conversations": {AUD},
}


@pytest.mark.parametrize("name", OPEN)
def test_a_page_opens_for_its_roles_and_no_other(region: Region, name: str) -> None:
    region.agree()
    for role in (OFF, PRO, EXA, APP, AUD, ADM):
        client = client_of(person(role))
        if role in OPEN[name]:
            translated(client, name)
        else:
            page(client, name, status=403)


def test_the_askers_pages_from_the_draft_to_what_was_disclosed(region: Region) -> None:
    officer = Program(OFF)
    search, probe, digest = sent_question(region, officer)
    pk = search["id"]
    translated(officer.client, "searches:search", pk)
    region.borduna.send(Answer(probe.meta.reply(), Outcome.HIT, hit_reference=secrets.token_bytes(16)), digest)
    region.exchange()
    question = Question.objects.get()
    translated(officer.client, "searches:search", pk)
    translated(officer.client, "searches:request-disclosure", question.pk)
    sent = officer.client.post(
        reverse("searches:request-disclosure", args=[question.pk]),
        {"fields_wanted": ["sex"], "justification": "Why", "csrfmiddlewaretoken": "a" * 32},
        headers=officer.headers,
    )
    assert sent.status_code == 302
    ask = DisclosureAsk.objects.get()
    translated(officer.client, "searches:disclosed", ask.pk)
    region.exchange()
    request = one(region.borduna.mail(), DisclosureRequest)
    expires = unix_seconds(region.now()) + DAY
    region.borduna.send(
        Disclosure(request.meta.reply(), fields={"sex": "F"}, withheld={}, handling=("lead-only",), expires=expires),
        digest,
    )
    region.exchange()
    translated(officer.client, "searches:disclosed", ask.pk)
    translated(officer.client, "searches:searches")
    assert Search.objects.count() == 1
    page(client_of(person(OFF)), "searches:search", pk, status=404)


def test_a_question_by_page_from_the_form_to_the_post(region: Region) -> None:
    from tests.node.cases.test_whole_way import search_fields
    from tests.node.region import BORDUNA

    region.agree()
    client = client_of(person(OFF))
    made = client.post(reverse("searches:new"), search_fields())
    pk = Search.objects.get().pk
    assert made.headers["Location"] == reverse("searches:search", args=[pk])
    refused = client.post(reverse("searches:send", args=[pk]), {})
    assert refused.status_code == 409
    assert "Tick at least one member" in refused.content.decode()
    assert "What you said about the person" in refused.content.decode()
    sent = client.post(reverse("searches:send", args=[pk]), {"to": str(BORDUNA)})
    assert sent.status_code == 302
    assert Question.objects.get().conversation.state == "queued"


def test_the_holders_pages_from_the_candidate_to_the_auditor(region: Region) -> None:
    digest = region.agree()
    enrolled(region, 1)
    probe = probe_of(region.borduna, 1)
    region.borduna.send(probe, digest)
    region.exchange()
    received = ReceivedProbe.objects.get()
    searching.search_probes(MACHINE, pks=[received.pk], clock=region.clock)
    examiner, approver, auditor = (client_of(person(role)) for role in (EXA, APP, AUD))
    translated(examiner, "searches:probes")
    candidate = received.candidates.get()
    assert examiner.get(reverse("searches:probe", args=[received.pk])).status_code == 302
    translated(examiner, "searches:candidate", candidate.pk)
    bare = examiner.post(reverse("searches:candidate", args=[candidate.pk]), {"verdict": "same"})
    assert "error-summary" in bare.content.decode()
    examiner.cookies["rso_language"] = "en"
    done = examiner.post(
        reverse("searches:candidate", args=[candidate.pk]), {"verdict": "same", "reason": "ridge by ridge"}
    )
    assert done.headers["Location"] == reverse("searches:probes")
    (said,) = examiner.get(done.headers["Location"]).context["messages"]
    assert str(said) == "Your finding is written down. The answer leaves on the next tick."
    assert examiner.get(reverse("searches:candidate", args=[candidate.pk])).status_code == 302
    hit = one(mail_after_tick(region, region.borduna), Answer).hit_reference
    request = DisclosureRequest(probe.meta, hit_reference=hit, fields=("nationality", "sex"), justification="Why")
    region.borduna.send(request, digest)
    region.exchange()
    case = DisclosureCase.objects.get()
    translated(approver, "searches:requests")
    asked = approver.get(reverse("searches:request", args=[case.pk])).context["form"].fields
    assert [bool(asked[code].help_text) for code in ("nationality", "sex")] == [True, False]  # what is not held is said
    translated(approver, "searches:request", case.pk)
    rulings = {"nationality": "not-held", "sex": "release", "reason": "Enough"}
    ruled = approver.post(reverse("searches:request", args=[case.pk]), rulings)
    assert ruled.status_code == 302
    translated(approver, "searches:request", case.pk)
    translated(auditor, "cases:conversations")
    for conversation in Conversation.objects.all():
        translated(auditor, "cases:conversation", conversation.pk)


def test_let_go_by_page(region: Region) -> None:
    digest = region.agree(automatic_no_hit=False)
    region.borduna.send(probe_of(region.borduna, 9), digest)
    region.exchange()
    received = ReceivedProbe.objects.get()
    searching.search_probes(MACHINE, pks=[received.pk], clock=region.clock)
    examiner = client_of(person(EXA))
    translated(examiner, "searches:probe", received.pk)
    assert examiner.post(reverse("searches:probe", args=[received.pk]), {"reason": "looked"}).status_code == 302
    received.refresh_from_db()
    assert received.outcome == "no-hit"
