"""Written requests: asked, answered by one person or two, refused, kept from barred states, destroyed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.node.people import acting, client_of, person
from tests.node.region import BORDUNA, PURPOSE, Region

from rso.accounts.rules import NotAllowed, Role
from rso.audit.models import Entry
from rso.base.clock import unix_seconds
from rso.base.errors import RsoError
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.requests import actions, queries
from rso.node.requests.models import Letter
from rso.node.vault.rules import VaultError
from rso.notices.models import Notice
from rso.policy.protection import Origin, ProtectionState, Reply
from rso.ui import pseudo
from rso.wire.limits import DAY
from rso.wire.messages import DestructionReceipt, Refusal, WrittenReply, WrittenRequest
from rso.wire.terms import ApprovalRule

pytestmark = pytest.mark.django_db(databases=["default", "vault"])

NO = dict.fromkeys(("asylum_seeker", "refugee", "stateless", "trafficking_victim", "child"), Reply.NO)
PLAIN = ProtectionState(**NO, nationality=Origin.known("XCS"), residence=Origin.known("XCS"), feared=Origin.known())


def fleeing(state: str) -> ProtectionState:
    """A refugee whose countries are established."""
    answers = NO | {"refugee": Reply.YES}
    return ProtectionState(
        **answers, nationality=Origin.known(state), residence=Origin.known(state), feared=Origin.known(state)
    )


def ask(region: Region, digest: bytes, **changes: object) -> Letter:
    values: dict[str, object] = {
        "to": BORDUNA,
        "arrangement": digest,
        "purpose": PURPOSE,
        "subject": "A synthetic vessel",
        "text": "Do you know it?",
        "reply_by": region.now() + timedelta(days=3),
        "concerns_person": False,
        "protection": None,
        "stepped_up": True,
        "clock": region.clock,
    }
    return actions.ask(acting(Role.OFFICER), **(values | changes))  # type: ignore[arg-type]


def asked_of_us(region: Region, digest: bytes, text: str = "Synthetic question") -> Letter:
    meta = region.borduna.meta("written-request")
    question = WrittenRequest(
        meta, subject="Synthetic", text=text, reply_by=unix_seconds(region.now()) + DAY, handling=()
    )
    region.borduna.send(question, digest)
    region.exchange()
    return Letter.objects.get()


def reply(region: Region, row: Letter, *, by: Role = Role.APPROVER, **changes: object) -> Letter:
    values: dict[str, object] = {
        "letter": row,
        "text": "We do not know it.",
        "concerns_person": False,
        "protection": None,
        "stepped_up": True,
        "clock": region.clock,
    }
    return actions.reply(acting(by), **(values | changes))  # type: ignore[arg-type]


class TestAsking:
    def test_a_request_goes_and_its_reply_comes(self, region: Region) -> None:
        digest = region.agree()
        row = ask(region, digest)
        region.exchange()
        (came,) = region.borduna.mail()
        assert isinstance(came, WrittenRequest)
        assert came.text == "Do you know it?"
        region.borduna.send(WrittenReply(came.meta.reply(), text="No.", handling=()), digest)
        region.exchange()
        said = queries.words(Letter.objects.get(pk=row.pk))
        assert isinstance(said.reply, WrittenReply)
        assert said.reply.text == "No."
        assert Notice.objects.filter(user=row.written_by, kind="requests:letter").count() == 1

    def test_the_protection_answers_never_travel_and_are_sealed_here(self, region: Region) -> None:
        row = ask(region, region.agree(), concerns_person=True, protection=PLAIN)
        region.exchange()
        (came,) = region.borduna.mail()
        assert b"XCS" not in came.encode()
        assert b"XCS" not in bytes(row.private)

    def test_a_protected_person_is_never_asked_about_at_a_barred_state(self, region: Region) -> None:
        digest = region.agree()
        with pytest.raises(RsoError, match="barred"):
            ask(region, digest, concerns_person=True, protection=fleeing("XBD"))
        assert not Outbox.objects.exists()
        assert ask(region, digest, concerns_person=True, protection=fleeing("XCS")).pk

    def test_what_was_not_answered_counts_as_yes(self, region: Region) -> None:
        with pytest.raises(RsoError, match="origin-unknown"):
            ask(region, region.agree(), concerns_person=True, protection=None)
        assert not Outbox.objects.exists()

    def test_purpose_quota_and_role(self, region: Region) -> None:
        digest = region.agree()
        with pytest.raises(RsoError, match="may-not-be-sent"):
            ask(region, digest, purpose="something-else")
        for _ in range(9):
            ask(region, digest)
        with pytest.raises(RsoError, match="quota"):
            ask(region, digest)
        with pytest.raises(NotAllowed):
            actions.ask(
                acting(Role.AUDITOR),
                to=BORDUNA,
                arrangement=digest,
                purpose=PURPOSE,
                subject="s",
                text="t",
                reply_by=region.now(),
                concerns_person=False,
                protection=None,
                stepped_up=True,
                clock=region.clock,
            )

    def test_without_a_fresh_factor_nothing_is_left(self, region: Region) -> None:
        with pytest.raises(VaultError, match="step-up-needed"):
            ask(region, region.agree(), stepped_up=False)
        assert not Letter.objects.exists()


class TestAnswering:
    def test_one_person_replies_on_the_tick(self, region: Region) -> None:
        row = asked_of_us(region, region.agree())
        region.clock.step(seconds=5)
        reply(region, row)
        region.exchange()
        assert not region.borduna.mail()
        region.clock.step(seconds=60)
        region.exchange()
        (came,) = region.borduna.mail()
        assert isinstance(came, WrittenReply)
        assert came.text == "We do not know it."

    def test_two_different_persons_where_the_arrangement_says_so(self, region: Region) -> None:
        row = asked_of_us(region, region.agree(disclosure_approval=ApprovalRule.TWO_PERSONS))
        first = acting(Role.APPROVER)
        row = actions.reply(
            first,
            letter=row,
            text="Kept back",
            concerns_person=False,
            protection=None,
            stepped_up=True,
            clock=region.clock,
        )
        assert b"Kept back" not in bytes(row.draft)
        assert not Outbox.objects.exists()
        with pytest.raises(RsoError, match="own-words"):
            actions.agree(first, letter=row, stepped_up=True, clock=region.clock)
        actions.agree(acting(Role.APPROVER), letter=row, stepped_up=True, clock=region.clock)
        assert Outbox.objects.get().kind == "written-reply"
        with pytest.raises(RsoError, match="answered-already"):
            reply(region, row)

    def test_a_reply_about_a_protected_person_does_not_reach_the_barred_state(self, region: Region) -> None:
        row = asked_of_us(region, region.agree())
        with pytest.raises(RsoError, match="barred"):
            reply(region, row, concerns_person=True, protection=fleeing("XBD"))
        assert not Outbox.objects.exists()
        actions.refuse(
            acting(Role.OFFICER), letter=row, reason="declined", text="", stepped_up=True, clock=region.clock
        )
        region.clock.step(minutes=1)
        region.exchange()
        (came,) = region.borduna.mail()
        assert isinstance(came, Refusal)
        assert came.reason == "declined"

    def test_over_the_quota_a_machine_refuses_with_the_rule(self, region: Region) -> None:
        digest = region.agree()
        for _ in range(10):
            region.borduna.send(
                WrittenRequest(region.borduna.meta("written-request"), "S", "T", unix_seconds(region.now()) + DAY, ()),
                digest,
            )
        region.exchange()
        assert Outbox.objects.filter(kind="refusal").count() == 1
        assert Conversation.objects.filter(state="refused").count() == 1


class TestDestruction:
    def test_words_go_when_their_time_is_over_and_the_other_side_is_told(self, region: Region) -> None:
        digest = region.agree()
        row = asked_of_us(region, digest, "Synthetic words")
        reply(region, row)
        region.clock.step(minutes=1)
        region.exchange()
        region.borduna.mail()
        region.clock.step(days=20)
        assert actions.destroy_due(actions.POST, clock=region.clock) == 0
        for _ in range(3):  # the other side's weekly key of then is published in time
            region.clock.step(days=24)
            region.exchange()
        assert actions.destroy_due(actions.POST, clock=region.clock) == 1
        assert queries.words(Letter.objects.select_related("conversation").get()).is_destroyed
        assert not any(bytes(inbox.content) for inbox in Inbox.objects.all())
        assert Outbox.objects.filter(kind=DestructionReceipt.kind).count() == 1

    @pytest.mark.parametrize("names", ["ours", "another", "other content"])
    def test_their_receipt_of_destruction_is_noted_if_it_is_of_what_we_sent(self, region: Region, names: str) -> None:
        digest = region.agree()
        row = ask(region, digest)
        region.exchange()
        (came,) = region.borduna.mail()
        sent = Outbox.objects.get(kind="written-request")
        region.borduna.send(WrittenReply(came.meta.reply(), text="No.", handling=()), digest)
        region.borduna.send(
            DestructionReceipt(
                came.meta.reply(),
                b"." * 16 if names == "another" else sent.pk.bytes,
                b"." * 32 if names == "other content" else bytes(sent.body_digest),
                unix_seconds(region.now()),
                "written-request",
            ),
            digest,
        )
        region.exchange()
        noted = region.now() if names == "ours" else None
        assert Letter.objects.get(pk=row.pk).their_destruction_at == noted


class TestPages:
    def _new(self, digest: bytes, **changes: str) -> dict[str, str]:
        day = (timezone.now() + timedelta(days=3)).date().isoformat()
        return {
            "arrangement": f"{BORDUNA}#{digest.hex()}",
            "purpose": PURPOSE,
            "subject": "Synthetic",
            "text": "Synthetic\r\nquestion",
            "reply_by": day,
            "concerns_person": "no",
        } | changes

    @pytest.fixture
    def today(self, region: Region) -> bytes:
        """The pages read the machine's own clock: keys and arrangement are made for that day."""
        region.clock.step(seconds=(timezone.now() - region.now()).total_seconds())
        region.relay.records[str(BORDUNA)] = region.borduna.records()
        region.exchange()
        return region.agree()

    def test_asked_and_read_by_the_page(self, region: Region, today: bytes) -> None:
        browser = client_of(person(Role.OFFICER))
        answer = browser.post(reverse("requests:new"), self._new(today))
        row = Letter.objects.get()
        assert answer.headers["Location"] == reverse("requests:letter", args=[row.pk])
        page = browser.get(answer.headers["Location"]).content.decode()
        assert "Synthetic" in page
        assert Entry.objects.filter(event="node:request:viewed", subject=str(row.pk)).count() == 1
        assert browser.get(reverse("requests:letters")).status_code == 200

    def test_what_is_missing_is_said_and_kept(self, region: Region, today: bytes) -> None:
        browser = client_of(person(Role.OFFICER))
        page = browser.post(reverse("requests:new"), self._new(today, subject="")).content.decode()
        assert "Synthetic\nquestion" in page.replace("\r\n", "\n")
        page = browser.post(reverse("requests:new"), self._new(today, concerns_person="yes")).content.decode()
        assert "may be protected" in page
        assert not Letter.objects.exists()

    def test_replied_by_the_page(self, region: Region, today: bytes) -> None:
        row = asked_of_us(region, today)
        address = reverse("requests:reply", args=[row.pk])
        browser = client_of(person(Role.APPROVER))
        assert browser.post(address, {"text": ""}).status_code == 422
        browser.post(address, {"text": "No.", "concerns_person": "no"})
        assert Conversation.objects.get().state == "answered"
        assert "No." in browser.get(reverse("requests:letter", args=[row.pk])).content.decode()

    def test_for_its_roles_only(self, region: Region, today: bytes) -> None:
        row = asked_of_us(region, today)
        for role in (Role.AUDITOR, Role.NODE_ADMINISTRATOR, Role.EXAMINER):
            browser = client_of(person(role))
            assert browser.get(reverse("requests:letter", args=[row.pk])).status_code == 403

    @pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
    def test_every_word_is_translated(self, region: Region, today: bytes, settings, language: str) -> None:  # type: ignore[no-untyped-def]
        row = asked_of_us(region, today)
        browser = client_of(person(Role.OFFICER))
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for address in (
            reverse("requests:letters"),
            reverse("requests:new"),
            reverse("requests:letter", args=[row.pk]),
        ):
            assert pseudo.untranslated(browser.get(address).content.decode()) == []
