"""Sending and receiving against a relay in memory: order, repetition, failure, and what must never be believed."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.node.people import acting
from tests.node.region import ANCHOR, AVARIA, BORDUNA, Region, letter, question

from rso.accounts.rules import Role
from rso.base.clock import next_tick
from rso.node.post import actions, handlers, queries
from rso.node.post.handlers import Incoming
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.post.ports import Delivery
from rso.node.post.rules import LONGEST_WAIT, PostError, wait_after
from rso.node.vault.rules import VaultError
from rso.notices.models import Notice
from rso.wire import evidence
from rso.wire.conversation import State
from rso.wire.limits import DAY
from rso.wire.messages import Answer, Message, Outcome, Probe
from rso.wire.questions import PNG

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Incoming]:
    """What the handler of probes and answers was given; registered for one test."""
    seen: list[Incoming] = []
    monkeypatch.setattr(handlers, "_HANDLERS", {**handlers._HANDLERS, "probe": seen.append, "answer": seen.append})
    return seen


def ask(region: Region, digest: bytes, message: Message | None = None) -> Outbox:
    message = message or question(BORDUNA)
    officer = acting(Role.OFFICER)
    return actions.send(officer, message=message, to=BORDUNA, arrangement=digest, stepped_up=True, clock=region.clock)


def answer(to: Message, outcome: Outcome = Outcome.NO_HIT) -> Answer:
    return Answer(to.meta.reply(), outcome, hit_reference=secrets.token_bytes(16) if outcome is Outcome.HIT else None)


def probe_from(region: Region) -> Probe:
    return Probe(
        region.borduna.meta("fingerprint-search"),
        modality="fingerprint",
        finger_position=1,
        resolution_ppi=500,
        image=PNG + b"synthetic",
    )


class TestAsking:
    def test_a_question_leaves_once_is_notarised_and_answered(self, region: Region, taken: list[Incoming]) -> None:
        row = ask(region, region.agree())
        assert region.exchange().sent == 1
        row.refresh_from_db()
        assert (row.state, bool(row.notarised_at), bytes(row.envelope)) == ("at-relay", True, b"")
        (probe,) = region.borduna.mail()
        region.borduna.send(answer(probe), bytes.fromhex(row.arrangement))
        assert region.exchange().taken == 1
        conversation = Conversation.objects.get()
        assert conversation.state == State.ANSWERED
        assert taken[0].conversation == conversation
        assert region.exchange().taken == 0

    def test_the_relay_is_away_for_an_hour_and_nothing_is_lost_or_sealed_anew(self, region: Region) -> None:
        row = ask(region, region.agree())
        sealed = bytes(row.envelope)
        region.relay.away = True
        tries = 0
        for _ in range(60):
            before = queries.contact().failures
            region.exchange(force=False)
            tries += queries.contact().failures - before
            region.clock.step(minutes=1)
        assert 8 < tries < 20
        region.relay.away = False
        region.clock.step(minutes=15)
        assert region.exchange(force=False).sent == 1
        assert region.relay.puts == [(row.pk, sealed)]
        assert (queries.contact().failures, queries.contact().code) == (0, "")

    def test_thirty_days_offline_and_then_it_catches_up_alone(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        region.exchange()
        region.relay.away = True
        probe = probe_from(region)
        region.borduna.send(probe, digest)
        region.clock.step(days=30)
        region.exchange()
        region.relay.away = False
        region.clock.step(minutes=16)
        assert region.exchange(force=False).taken == 1
        assert taken[0].message == probe

    def test_a_second_final_answer_is_refused_and_the_first_stands(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        ask(region, digest)
        region.exchange()
        (probe,) = region.borduna.mail()
        region.borduna.send(answer(probe), digest)
        region.exchange()
        region.borduna.send(answer(probe, Outcome.HIT), digest)
        assert region.exchange().refused == 1
        refused = Inbox.objects.get(state=Inbox.State.REFUSED)
        assert (refused.step, refused.code) == (15, "second-answer")
        assert Conversation.objects.get().hit_reference == ""
        assert len(taken) == 1

    def test_an_answer_under_another_arrangement_is_refused(self, region: Region, taken: list[Incoming]) -> None:
        digest, other = region.agree(), region.agree()
        ask(region, digest)
        region.exchange()
        (probe,) = region.borduna.mail()
        region.borduna.send(answer(probe), other)
        assert region.exchange().refused == 1
        assert Inbox.objects.get(state=Inbox.State.REFUSED).code == "wrong-conversation"
        region.borduna.send(answer(probe), digest)
        assert region.exchange().taken == 1

    def test_an_answer_never_asked_for_is_refused(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        probe = question(BORDUNA)
        region.borduna.send(answer(probe), digest)
        assert region.exchange().refused == 1
        assert Inbox.objects.get().code == "never-asked"

    def test_nobody_answers_and_the_question_ends(self, region: Region) -> None:
        ask(region, region.agree())
        region.exchange()
        region.borduna.mail()
        region.clock.step(minutes=20)
        region.exchange()
        region.clock.step(days=31)
        region.exchange()
        assert Conversation.objects.get().state == State.NO_ANSWER


class TestWhoMaySend:
    def test_a_person_needs_a_fresh_second_factor(self, region: Region) -> None:
        digest = region.agree()
        with pytest.raises(VaultError, match="step-up-needed"):
            actions.send(
                acting(Role.OFFICER), message=question(BORDUNA), to=BORDUNA, arrangement=digest, clock=region.clock
            )
        assert not Outbox.objects.exists()
        assert not Conversation.objects.exists()

    @pytest.mark.parametrize("outcome", Outcome)
    def test_a_machine_answers_anything_but_a_hit(
        self, region: Region, taken: list[Incoming], outcome: Outcome
    ) -> None:
        digest = region.agree()
        probe = probe_from(region)
        region.borduna.send(probe, digest)
        region.exchange()
        reply = answer(probe, outcome)
        if outcome is Outcome.HIT:
            with pytest.raises(PostError, match="hit-needs-a-person"):
                actions.send(actions.POST, message=reply, to=BORDUNA, arrangement=digest, clock=region.clock)
        else:
            actions.send(actions.POST, message=reply, to=BORDUNA, arrangement=digest, clock=region.clock)
            assert Conversation.objects.get().ended_at is not None

    def test_a_machine_says_no_hit_only_where_the_arrangement_leaves_it(
        self, region: Region, taken: list[Incoming]
    ) -> None:
        digest = region.agree(automatic_no_hit=False)
        probe = probe_from(region)
        region.borduna.send(probe, digest)
        region.exchange()
        with pytest.raises(PostError, match="not-left-to-the-machine"):
            actions.send(actions.POST, message=answer(probe), to=BORDUNA, arrangement=digest, clock=region.clock)

    def test_an_unknown_or_ended_arrangement_carries_nothing(self, region: Region) -> None:
        with pytest.raises(PostError, match="no-arrangement"):
            ask(region, secrets.token_bytes(32))
        digest = region.agree()
        region.clock.step(days=800)
        with pytest.raises(PostError, match="not-in-force"):
            ask(region, digest)

    def test_an_answer_leaves_on_its_tick_and_says_no_earlier_time(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        probe = probe_from(region)
        region.borduna.send(probe, digest)
        region.clock.step(seconds=17)
        region.exchange()
        tick = next_tick(region.now(), 60)
        row = actions.send(
            actions.POST, message=answer(probe), to=BORDUNA, arrangement=digest, not_before=tick, clock=region.clock
        )
        assert row.created_at == tick
        assert region.exchange().sent == 0
        region.clock.step(seconds=43)
        assert region.exchange().sent == 1


class TestTaking:
    def test_a_message_delivered_again_has_one_effect(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        sealed = region.borduna.send(probe_from(region), digest)
        delivery = region.relay.boxes[AVARIA][sealed.header.id]
        region.exchange()
        region.relay.boxes[AVARIA][sealed.header.id] = delivery
        region.exchange()
        region.relay.boxes[AVARIA][sealed.header.id] = delivery
        region.exchange()
        assert (len(taken), Inbox.objects.count(), Conversation.objects.count()) == (1, 1, 1)
        assert region.relay.acknowledged.count(sealed.header.id) == 3

    def test_a_crash_between_effect_and_acknowledgement(
        self, region: Region, taken: list[Incoming], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        region.borduna.send(probe_from(region), region.agree())
        with monkeypatch.context() as crashing:
            crashing.setattr(region.relay, "acknowledge_all", lambda ids: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                region.exchange()
        assert Inbox.objects.get().state == Inbox.State.APPLIED
        region.exchange()
        assert len(taken) == 1
        assert not region.relay.boxes[AVARIA]

    def test_a_replay_under_another_delivery_id_is_the_same_message(
        self, region: Region, taken: list[Incoming]
    ) -> None:
        sealed = region.borduna.send(probe_from(region), region.agree())
        region.exchange()
        row = actions.take(actions.POST, delivery=Delivery(uuid4(), sealed.envelope), now=region.now())
        assert row.pk == sealed.header.id
        assert len(taken) == 1

    @pytest.mark.parametrize(
        ("spoil", "step"),
        [
            (lambda data: b"", 2),
            (lambda data: data[:-1], 2),
            (lambda data: data + b"\x00", 2),
            (lambda data: data.replace(b"XBD/GOV/IMMIGRATION", b"XCS/GOV/IMMIGRATION"), 6),
            (lambda data: data.replace(b"XAV/GOV/BORDER", b"XCS/GOV/BORDER"), 5),
            (lambda data: b"\x00" * (17 * 1024 * 1024 + 1), 1),
        ],
        ids=["empty", "truncated", "longer", "another sender", "another recipient", "oversized"],
    )
    def test_what_does_not_verify_is_kept_with_its_step_and_the_rest_goes_on(
        self, region: Region, taken: list[Incoming], spoil, step: int
    ) -> None:  # type: ignore[no-untyped-def]
        digest = region.agree()
        bad = region.borduna.seal(probe_from(region), digest)
        box = region.relay.boxes.setdefault(AVARIA, {})
        box[bad.header.id] = Delivery(bad.header.id, spoil(bad.envelope))
        region.borduna.send(probe_from(region), digest)
        done = region.exchange()
        assert (done.refused, done.taken, done.code) == (1, 1, "")
        assert Inbox.objects.get(state=Inbox.State.REFUSED).step == step
        assert not region.relay.boxes[AVARIA]

    def test_rubbish_under_an_id_does_not_keep_the_true_message_out(
        self, region: Region, taken: list[Incoming]
    ) -> None:
        digest = region.agree()
        true = region.borduna.seal(probe_from(region), digest)
        actions.take(actions.POST, delivery=Delivery(true.header.id, b"rubbish"), now=region.now())
        region.relay.accept_all([(true.envelope, true.blind)])
        region.exchange()
        assert len(taken) == 1

    def test_an_arrangement_that_is_not_known_here_is_refused_at_its_step(
        self, region: Region, taken: list[Incoming]
    ) -> None:
        region.borduna.send(probe_from(region), secrets.token_bytes(32))
        assert region.exchange().refused == 1
        assert (Inbox.objects.get().step, Inbox.objects.get().code) == (13, "unknown-arrangement")
        assert not taken

    def test_a_defect_in_a_handler_holds_the_message_and_is_tried_again(
        self, region: Region, taken: list[Incoming], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digest = region.agree()
        with monkeypatch.context() as broken:
            broken.setattr(handlers, "_HANDLERS", {**handlers._HANDLERS, "probe": lambda incoming: 1 / 0})
            region.borduna.send(probe_from(region), digest)
            region.exchange()
            held = Inbox.objects.get()
            assert (held.state, held.code, Conversation.objects.count()) == ("held", "defect", 0)
        region.clock.step(minutes=1)
        region.exchange()
        assert Inbox.objects.get().state == Inbox.State.APPLIED
        assert len(taken) == 1

    def test_what_a_handler_refuses_has_no_effect(self, region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(incoming: Incoming) -> None:
            raise PostError("not-here", "This node has no gallery.")

        monkeypatch.setattr(handlers, "_HANDLERS", {**handlers._HANDLERS, "probe": refuse})
        region.borduna.send(probe_from(region), region.agree())
        assert region.exchange().refused == 1
        assert (Inbox.objects.get().code, Conversation.objects.count()) == ("not-here", 0)


class TestReceipts:
    def test_a_tampered_receipt_does_not_count_and_work_goes_on(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        row = ask(region, digest)
        region.relay.spoil_receipts = True
        region.exchange()
        row.refresh_from_db()
        assert (row.state, row.notarised_at, bool(row.receipt_error)) == ("at-relay", None, True)
        (probe,) = region.borduna.mail()
        region.borduna.send(answer(probe), digest)
        assert region.exchange().taken == 1
        region.relay.spoil_receipts = False
        region.clock.step(minutes=16)
        region.exchange()
        row.refresh_from_db()
        assert (row.notarised_at, row.receipt_error) == (region.now(), "")

    def test_the_evidence_of_either_side_stands_alone(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        row = ask(region, digest)
        region.exchange()
        (probe,) = region.borduna.mail()
        region.borduna.send(answer(probe), digest)
        region.exchange()
        row.refresh_from_db()
        sent = evidence.verify(actions.evidence(row).encode(), ANCHOR)
        assert (sent.header.id, sent.message) == (row.pk, None)
        came = evidence.verify(actions.evidence(Inbox.objects.get(), with_content=True).encode(), ANCHOR)
        assert came.message == answer(probe).encode()

    def test_without_a_receipt_there_is_no_evidence_yet(self, region: Region) -> None:
        with pytest.raises(PostError, match="not-notarised"):
            actions.evidence(ask(region, region.agree()))


class TestClock:
    @pytest.mark.parametrize("days", [-1, 1])
    def test_a_clock_wrong_by_a_day_stops_the_post_and_says_so(
        self, region: Region, taken: list[Incoming], days: int
    ) -> None:
        administrator = acting(Role.NODE_ADMINISTRATOR)
        region.borduna.send(probe_from(region), region.agree())
        region.relay.shift = timedelta(days=days)
        done = region.exchange()
        assert done.code == "clock-off"
        assert ("behind" if days > 0 else "ahead") in done.words
        assert queries.contact().clock_off_s == -days * DAY
        assert Notice.objects.filter(user_id=administrator.user_id, kind="post:clock").count() == 1
        region.exchange()
        assert Notice.objects.count() == 1
        assert not Inbox.objects.exists()
        region.relay.shift = timedelta()
        assert region.exchange().taken == 1
        assert queries.contact().clock_off_s == 0


class TestRefusedByTheRelay:
    def test_for_good(self, region: Region) -> None:
        row = ask(region, region.agree())
        region.relay.refuse_with = "arrangement-ended"
        region.exchange()
        row.refresh_from_db()
        assert (row.state, row.code) == ("stopped", "arrangement-ended")

    def test_for_now(self, region: Region) -> None:
        row = ask(region, region.agree())
        region.relay.refuse_with = "arrangement-waiting"
        region.exchange()
        row.refresh_from_db()
        assert (row.state, row.code) == ("queued", "arrangement-waiting")
        region.relay.refuse_with = ""
        region.clock.step(minutes=16)
        assert region.exchange().sent == 1


class TestContents:
    def test_a_destroyed_conversation_does_not_open_and_its_evidence_stands(
        self, region: Region, taken: list[Incoming]
    ) -> None:
        row = ask(region, region.agree())
        region.exchange()
        row.refresh_from_db()
        assert isinstance(queries.message_of(row), Probe)
        kept = bytes(row.content)
        actions.destroy_contents(
            actions.POST, conversations=[Conversation.objects.get()], reason="final-answer", now=region.now()
        )
        row = Outbox.objects.get(pk=row.pk)
        assert bytes(row.content) == b""
        row.content = kept  # as a backup of the main database would bring it back
        with pytest.raises(VaultError, match="key-destroyed"):
            queries.message_of(row)
        assert evidence.verify(actions.evidence(row).encode(), ANCHOR).header.id == row.pk
        actions.destroy_contents(
            actions.POST, conversations=[Conversation.objects.get()], reason="x", now=region.now(), evidence_too=True
        )
        with pytest.raises(PostError, match="blind-destroyed"):
            actions.evidence(Outbox.objects.get(pk=row.pk))

    def test_no_column_holds_what_was_said(self, region: Region) -> None:
        said = "Synthetic words that nobody else may read"
        row = ask(region, region.agree(), letter(BORDUNA, said))
        for table in (Outbox, Conversation):
            for stored in table.objects.values():
                assert not any(said.encode() in bytes(v) for v in stored.values() if isinstance(v, bytes | memoryview))
                assert said not in str(stored)
        assert queries.message_of(row).text == said  # type: ignore[attr-defined]


class TestFiles:
    def test_the_same_envelope_travels_as_a_file_too(self, region: Region, taken: list[Incoming]) -> None:
        digest = region.agree()
        row = ask(region, digest)
        carried = actions.write_file(acting(Role.NODE_ADMINISTRATOR), row=row, now=region.now())
        probe = region.borduna.open(carried)
        reply = region.borduna.seal(answer(probe), digest)
        taken_row = actions.read_file(acting(Role.NODE_ADMINISTRATOR), data=reply.envelope, now=region.now())
        assert (taken_row.state, taken_row.notarised_at) == ("applied", None)
        assert Conversation.objects.get().state == State.ANSWERED
        assert region.exchange().sent == 1  # the relay notarises it afterwards
        region.relay.accept_all([(reply.envelope, reply.blind)])
        region.exchange()
        assert len(taken) == 1


def test_waiting_doubles_and_never_exceeds_a_quarter_of_an_hour() -> None:
    waits = [wait_after(attempts, lambda: 0.0) for attempts in range(1, 60)]
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert max(waits) == waits[-1] == LONGEST_WAIT
    assert all(wait_after(a, lambda: 0.999) >= wait_after(a, lambda: 0.0) * 0.8 for a in range(1, 60))
