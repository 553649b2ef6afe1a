"""Arrangements: drafted here, signed by two persons on each side, registered, ended; or come from another."""

from __future__ import annotations

import dataclasses

import pytest
from django.conf import settings
from django.urls import reverse
from tests.node.people import acting, client_of, person
from tests.node.region import AVARIA, BASIS, BORDUNA, CESTRIA, Region, key, question

from rso.accounts.models import User
from rso.accounts.rules import NotAllowed, Role
from rso.base.clock import unix_seconds
from rso.node.post import actions, queries
from rso.node.post.models import Arrangement, ArrangementSignature, Inbox, Outbox
from rso.node.post.rules import PostError, messages_per_day
from rso.node.vault.rules import VaultError
from rso.notices.models import Notice
from rso.ui import pseudo
from rso.wire.arrangement import Arrangement as Document
from rso.wire.directory import KeyUse
from rso.wire.in_force import PartySignature
from rso.wire.messages import ArrangementEnd, ArrangementProposal, DestructionReceipt
from rso.wire.messages import ArrangementSignature as SignatureMessage

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def proposed(region: Region) -> Arrangement:
    """Drafted here and sent."""
    drafter = acting(Role.NODE_ADMINISTRATOR)
    row = actions.draft(drafter, terms=region.terms(), now=region.now())
    return actions.propose(drafter, arrangement=row, stepped_up=True, clock=region.clock)


def sign_here(region: Region, row: Arrangement, people: int = 2) -> None:
    for _ in range(people):
        region.clock.step(seconds=1)
        actions.sign(acting(Role.APPROVER), arrangement=row, stepped_up=True, clock=region.clock)


def sign_there(region: Region, terms: Document, *seats: bytes, by: str = f"{BORDUNA} {KeyUse.AGENCY}") -> None:
    for seat in seats:
        made = PartySignature.make(terms, BORDUNA, seat.ljust(16, b"."), unix_seconds(region.now()), key(by))
        meta = region.borduna.arrangement_meta(terms)
        region.borduna.send(SignatureMessage(meta, arrangement=terms.digest(), signature=made.encode()), None)


def refreshed(row: Arrangement) -> Arrangement:
    return Arrangement.objects.get(pk=row.pk)


class TestOurs:
    def test_from_draft_to_force_to_end(self, region: Region) -> None:
        row = proposed(region)
        terms = queries.document_of(row)
        sign_here(region, row)
        region.exchange()
        proposal, *signatures = region.borduna.mail()
        assert isinstance(proposal, ArrangementProposal)
        assert Document.decode(proposal.document) == terms
        assert [type(one) for one in signatures] == [SignatureMessage] * 2
        assert not queries.in_force(region.now())
        sign_there(region, terms, b"one", b"two")
        region.exchange()
        row = refreshed(row)
        assert row.state == Arrangement.State.IN_FORCE
        assert region.relay.registered[0].per_day == {str(AVARIA): 112, str(BORDUNA): 112}
        assert [found.digest for found in queries.in_force(region.now(), peer=BORDUNA)] == [terms.digest()]
        actions.end(
            acting(Role.APPROVER), arrangement=row, reason="law-changed", stepped_up=True, note="n", clock=region.clock
        )
        assert not queries.in_force(region.now())
        region.exchange()
        (ended,) = region.borduna.mail()
        assert isinstance(ended, ArrangementEnd)
        assert ended.reason == "law-changed"
        assert region.relay.ended == [terms.digest()]

    def test_nobody_signs_twice_and_no_more_than_needed(self, region: Region) -> None:
        row, approver = proposed(region), acting(Role.APPROVER)
        actions.sign(approver, arrangement=row, stepped_up=True, clock=region.clock)
        with pytest.raises(PostError, match="signed-already"):
            actions.sign(approver, arrangement=row, stepped_up=True, clock=region.clock)
        sign_here(region, row, 1)
        with pytest.raises(PostError, match="enough-signatures"):
            sign_here(region, row, 1)

    def test_signing_needs_the_role_and_a_fresh_factor(self, region: Region) -> None:
        row = proposed(region)
        with pytest.raises(NotAllowed):
            actions.sign(acting(Role.OFFICER), arrangement=row, stepped_up=True, clock=region.clock)
        with pytest.raises(VaultError, match="step-up-needed"):
            actions.sign(acting(Role.APPROVER), arrangement=row, stepped_up=False, clock=region.clock)
        assert not ArrangementSignature.objects.exists()

    def test_one_person_of_the_other_side_is_not_enough(self, region: Region) -> None:
        row = proposed(region)
        sign_here(region, row)
        sign_there(region, queries.document_of(row), b"one", b"one")
        region.exchange()
        assert refreshed(row).state == Arrangement.State.SENT

    def test_a_signature_by_another_key_does_not_count(self, region: Region) -> None:
        row = proposed(region)
        sign_there(region, queries.document_of(row), b"one", by=f"{CESTRIA} {KeyUse.AGENCY}")
        assert region.exchange().refused == 1
        assert Inbox.objects.get().code == "signature-invalid"

    def test_a_sent_arrangement_is_not_changed_any_more(self, region: Region) -> None:
        row = proposed(region)
        with pytest.raises(PostError, match="wrong-state"):
            actions.draft(acting(Role.NODE_ADMINISTRATOR), terms=region.terms(), now=region.now(), replaces=row)

    def test_it_is_for_a_party_only(self, region: Region) -> None:
        terms = region.terms()
        parties = tuple(dataclasses.replace(p, agency=CESTRIA) if p.agency == AVARIA else p for p in terms.parties)
        others = dataclasses.replace(terms, parties=tuple(sorted(parties, key=lambda party: party.agency)))
        with pytest.raises(PostError, match="not-a-party"):
            actions.draft(acting(Role.NODE_ADMINISTRATOR), terms=others, now=region.now())


class TestTheirs:
    def test_a_proposal_is_signed_here_and_then_in_force(self, region: Region) -> None:
        approver = person(Role.APPROVER)
        terms = region.terms()
        sign_there(region, terms, b"one", b"two")  # before the document: nothing is lost
        region.borduna.send(ArrangementProposal(region.borduna.arrangement_meta(terms), terms.encode()), None)
        assert region.exchange().taken == 3
        assert Notice.objects.filter(user=approver, kind="post:proposal").exists()
        row = Arrangement.objects.get()
        assert (row.ours, row.state) == (False, "sent")
        sign_here(region, row)
        region.exchange()
        assert refreshed(row).state == Arrangement.State.IN_FORCE

    def test_it_is_in_force_without_the_relay_and_says_that_it_waits(self, region: Region) -> None:
        terms = region.terms()
        sign_there(region, terms, b"one", b"two")
        region.borduna.send(ArrangementProposal(region.borduna.arrangement_meta(terms), terms.encode()), None)
        region.exchange()
        sign_here(region, Arrangement.objects.get())
        region.relay.others_registered = False
        region.exchange()
        row = Arrangement.objects.get()
        assert (row.state, row.relay_said) == ("signed", "waiting")
        assert len(queries.in_force(region.now())) == 1

    def test_the_other_side_ends_it_at_once(self, region: Region) -> None:
        digest = region.agree()
        terms = queries.document_of(Arrangement.objects.get())
        end = ArrangementEnd(region.borduna.arrangement_meta(terms), arrangement=digest, reason="terms-not-kept")
        region.borduna.send(end, None)
        region.exchange()
        row = Arrangement.objects.get()
        assert (row.state, row.ended_by, row.end_reason) == ("ended", str(BORDUNA), "terms-not-kept")
        with pytest.raises(PostError, match="not-in-force"):
            actions.send(
                acting(Role.OFFICER),
                message=question(BORDUNA),
                to=BORDUNA,
                arrangement=digest,
                stepped_up=True,
                clock=region.clock,
            )
        assert not Outbox.objects.exists()

    def test_a_stranger_ends_nothing(self, region: Region) -> None:
        digest = region.agree()
        terms = queries.document_of(Arrangement.objects.get())
        region.cestria.send(ArrangementEnd(region.cestria.arrangement_meta(terms), digest, "law-changed"), None)
        assert region.exchange().refused == 1
        assert Arrangement.objects.get().state == Arrangement.State.IN_FORCE

    def test_a_malformed_document_is_refused(self, region: Region) -> None:
        terms = region.terms()
        region.borduna.send(ArrangementProposal(region.borduna.arrangement_meta(terms), b"\xa0"), None)
        assert region.exchange().refused == 1
        assert not Arrangement.objects.exists()


def _fields(**changes: object) -> dict[str, object]:
    """What the browser sends when the defaults are left as they are."""
    from rso.node.post.forms import ArrangementForm

    plain = {name: field.initial for name, field in ArrangementForm.base_fields.items() if field.initial is not None}
    plain |= {"title": "Avaria and Borduna (synthetic)", "peer": str(BORDUNA), "starts": "2026-11-01"}
    plain |= {
        "basis": BASIS,
        "basis_text": "An act",
        "peer_basis": "treaty",
        "peer_basis_text": "A treaty\r\nof theirs",
    }
    return {name: value for name, value in (plain | changes).items() if value is not False}


class TestPages:
    @pytest.fixture
    def administrator(self, region: Region) -> User:
        return person(Role.NODE_ADMINISTRATOR)

    def test_a_draft_is_made_read_changed_and_proposed(self, region: Region, administrator: User) -> None:
        browser = client_of(administrator)
        answer = browser.post(reverse("post:new-arrangement"), _fields())
        row = Arrangement.objects.get()
        assert answer.headers["Location"] == reverse("post:arrangement", args=[row.digest])
        page = browser.get(answer.headers["Location"]).content.decode()
        assert "Five Country" not in page
        assert "A treaty" in page
        change = reverse("post:change-arrangement", args=[row.digest])
        assert "A treaty" in browser.get(change).content.decode()
        browser.post(change, _fields(probe_days=10))
        row = Arrangement.objects.get()
        assert queries.document_of(row).probe_days == 10
        browser.post(reverse("post:propose-arrangement", args=[row.digest]))
        assert Arrangement.objects.get().state == Arrangement.State.SENT
        assert Outbox.objects.get().kind == "arrangement-proposal"

    def test_every_default_says_where_it_comes_from(self, region: Region, administrator: User) -> None:
        page = client_of(administrator).get(reverse("post:new-arrangement")).content.decode()
        assert page.count("Product default") > 10
        assert "Five Country Conference" in page

    @pytest.mark.parametrize(
        "changes", [{"probe_days": 0}, {"peer": "XXX/GOV/NOBODY"}, {"purposes": []}, {"review_days": 900}]
    )
    def test_terms_that_do_not_go_together_are_said(
        self, region: Region, administrator: User, changes: dict[str, object]
    ) -> None:
        answer = client_of(administrator).post(reverse("post:new-arrangement"), _fields(**changes))
        assert answer.status_code == 200
        assert "error" in answer.content.decode().lower()
        assert not Arrangement.objects.exists()

    def test_two_people_sign_by_the_page_and_a_stale_factor_is_told(self, region: Region) -> None:
        row = proposed(region)
        address = reverse("post:sign-arrangement", args=[row.digest])
        stale = client_of(person(Role.APPROVER))
        session = stale.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0}]
        session.save()
        assert "second factor" in stale.post(address, follow=True).content.decode()
        assert not ArrangementSignature.objects.exists()
        for _ in range(2):
            client_of(person(Role.APPROVER)).post(address)
        assert ArrangementSignature.objects.count() == 2

    def test_ending_asks_for_a_reason(self, region: Region, administrator: User) -> None:
        digest = region.agree().hex()
        address = reverse("post:end-arrangement", args=[digest])
        browser = client_of(administrator)
        assert browser.post(address, {}).status_code == 422
        browser.post(address, {"reason": "law-changed", "note": "synthetic"})
        assert Arrangement.objects.get().state == Arrangement.State.ENDED

    @pytest.mark.parametrize("name", ["state", "outbox", "inbox", "arrangements"])
    def test_pages_are_for_their_roles(self, region: Region, name: str) -> None:
        digest = region.agree()
        region.borduna.send(
            DestructionReceipt(region.borduna.meta("post"), b"." * 16, b"." * 32, 1, "probe"), b"." * 32
        )
        region.exchange()
        assert digest
        address = reverse(f"post:{name}")
        assert client_of(person(Role.NODE_ADMINISTRATOR)).get(address).status_code == 200
        expected = 200 if name == "arrangements" else 403
        assert client_of(person(Role.AUDITOR)).get(address).status_code == expected

    @pytest.mark.parametrize("name", ["state", "inbox", "arrangements", "new-arrangement"])
    def test_every_word_is_translated(self, region: Region, administrator: User, name: str) -> None:
        region.borduna.send(
            DestructionReceipt(region.borduna.meta("post"), b"." * 16, b"." * 32, 1, "probe"), b"." * 32
        )
        region.agree()
        region.exchange()
        browser = client_of(administrator)
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en-xa"
        answer = browser.get(reverse(f"post:{name}"))
        assert pseudo.untranslated(answer.content.decode()) == []

    def test_every_word_of_an_arrangement_is_translated(self, region: Region, administrator: User) -> None:
        row = proposed(region)
        sign_here(region, row, 1)
        browser = client_of(administrator)
        address = reverse("post:arrangement", args=[row.digest])
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar-xb"
        answer = browser.get(address)
        assert pseudo.untranslated(answer.content.decode()) == []


def test_every_party_computes_the_same_quota(region: Region) -> None:
    terms = region.terms(BORDUNA, CESTRIA)
    assert messages_per_day(terms) == messages_per_day(Document.decode(terms.encode()))
    assert set(messages_per_day(terms)) == {str(agency) for agency in terms.agencies()}
