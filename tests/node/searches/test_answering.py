"""The holder's side: what the machine answers by itself, what waits for an examiner, and what nobody ever learns."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from tests.node.cast import MACHINE, REFUGEE, Cast, asked_by, cast, enrolled, mail_after_tick, probe_of, state
from tests.node.region import CESTRIA, Region

from rso.accounts.rules import NotAllowed
from rso.audit.models import Entry
from rso.base.clock import next_tick
from rso.node.gallery.actions import change_protection
from rso.node.gallery.models import Subject
from rso.node.post.models import Inbox, Outbox
from rso.node.searches.actions import destroying, examining, lapsing, searching
from rso.node.searches.models import Candidate, Finding, ReceivedProbe
from rso.node.searches.queries import answering as queries
from rso.node.searches.rules import SearchError, Verdict
from rso.policy.protection import Origin, ProtectionState, Reply
from rso.wire.header import Header
from rso.wire.messages import Answer, Deferred, DestructionReceipt, Message, Outcome, Probe

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def _row(probe: ReceivedProbe) -> Inbox:
    return Inbox.objects.get(conversation_id=probe.conversation_id, kind=Probe.kind)


def one(messages: list[Message], kind: type[Message]) -> Any:
    (found,) = [message for message in messages if isinstance(message, kind)]
    return found


def kinds(messages: list[Message]) -> list[str]:
    return sorted(message.kind for message in messages)


def found(actors: Cast, region: Region, probe: ReceivedProbe, verdict: Verdict, who: Any = None) -> ReceivedProbe:
    candidate = probe.candidates.first()
    assert candidate is not None
    return examining.find(
        who or actors.examiner, candidate=candidate, verdict=verdict, reason="ridge by ridge", stepped_up=True,
        clock=region.clock,
    )  # fmt: skip


def test_a_stranger_is_answered_no_hit_by_the_machine_on_the_tick_and_the_image_is_destroyed(region: Region) -> None:
    digest = region.agree()
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 9), digest)
    assert (probe.state, probe.outcome) == ("answered", "no-hit")
    assert probe.leaves_at == next_tick(region.now(), 60)
    assert region.exchange().sent == 0  # not before the tick
    mail = mail_after_tick(region, region.borduna)
    assert kinds(mail) == ["answer", "destruction-receipt"]
    assert one(mail, Answer).outcome is Outcome.NO_HIT
    receipt = one(mail, DestructionReceipt)
    assert (receipt.what, receipt.message_id) == ("probe", _row(probe).pk.bytes)
    assert probe.destroyed_at is not None
    with pytest.raises(Exception, match=r"kept|destroyed"):
        queries.post.message_of(_row(probe))


def test_a_candidate_waits_for_an_examiner_and_the_asker_is_told_to_wait(region: Region) -> None:
    digest, actors = region.agree(), cast()
    subject = enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    assert probe.state == "examine"
    assert kinds(mail_after_tick(region, region.borduna)) == ["deferred"]
    assert queries.queue(actors.examiner, now=region.now()) == [probe]
    found(actors, region, probe, Verdict.SAME)
    probe.refresh_from_db()
    assert (probe.outcome, probe.subject) == ("hit", subject)
    answer = one(mail_after_tick(region, region.borduna), Answer)
    assert answer.outcome is Outcome.HIT
    assert answer.hit_reference not in (None, subject.pk.bytes)
    assert not queries.queue(actors.examiner, now=region.now())


def test_not_the_same_is_no_hit_and_the_second_stage_stays_shut(region: Region) -> None:
    digest, actors = region.agree(), cast()
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    found(actors, region, probe, Verdict.NOT_SAME)
    answer = one(mail_after_tick(region, region.borduna), Answer)
    assert (answer.outcome, answer.hit_reference) == (Outcome.NO_HIT, None)
    probe.refresh_from_db()
    assert probe.subject is None


def test_cannot_tell_goes_to_a_second_examiner_and_twice_is_insufficient_quality(region: Region) -> None:
    digest, actors = region.agree(), cast()
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    found(actors, region, probe, Verdict.CANNOT_TELL)
    assert not queries.queue(actors.examiner, now=region.now())
    with pytest.raises(SearchError) as caught:
        found(actors, region, probe, Verdict.SAME)
    assert caught.value.code == "not-your-turn"
    assert queries.queue(actors.second, now=region.now()) == [probe]
    found(actors, region, probe, Verdict.CANNOT_TELL, actors.second)
    assert one(mail_after_tick(region, region.borduna), Answer).outcome is Outcome.INSUFFICIENT_QUALITY


def test_nobody_but_an_examiner_finds_and_never_without_a_reason_or_a_fresh_factor(region: Region) -> None:
    digest, actors = region.agree(), cast()
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    candidate = probe.candidates.get()
    for actor in (actors.officer, actors.approver, actors.protection, MACHINE):
        with pytest.raises(NotAllowed):
            found(actors, region, probe, Verdict.SAME, actor)
    values = {"candidate": candidate, "verdict": Verdict.SAME, "clock": region.clock}
    with pytest.raises(SearchError) as caught:
        examining.find(actors.examiner, reason=" ", stepped_up=True, **values)
    assert caught.value.code == "no-reason"
    with pytest.raises(Exception, match="second factor"):
        examining.find(actors.examiner, reason="looked", stepped_up=False, **values)
    assert not Finding.objects.exists()  # nothing is half-done


def test_what_the_arrangement_does_not_leave_to_the_machine_waits_for_a_person(region: Region) -> None:
    digest, actors = region.agree(automatic_no_hit=False), cast()
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 9), digest)
    assert (probe.state, probe.proposed) == ("examine", "no-hit")
    assert queries.queue(actors.examiner, now=region.now()) == [probe]
    examining.let_go(actors.examiner, probe=probe, reason="looked", stepped_up=True, clock=region.clock)
    assert one(mail_after_tick(region, region.borduna), Answer).outcome is Outcome.NO_HIT


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "image",
    [
        _png(Image.new("L", (320, 400), 255)),
        b"\x89PNG\r\n\x1a\n" + b"rubbish" * 50,
        _png(Image.new("L", (8, 8), 0)),
    ],
    ids=["no ridges", "corrupt", "tiny"],
)
def test_a_probe_that_shows_nothing_is_answered_insufficient_quality(region: Region, image: bytes) -> None:
    digest = region.agree()
    asked_by(region, region.borduna, probe_of(region.borduna, 1, image=image), digest)
    assert one(mail_after_tick(region, region.borduna), Answer).outcome is Outcome.INSUFFICIENT_QUALITY


def test_a_probe_below_the_floor_of_the_arrangement_is_not_searched(region: Region) -> None:
    digest = region.agree(quality_floor=100)
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    assert (probe.outcome, Candidate.objects.count()) == ("insufficient-quality", 0)


def test_a_question_over_the_quota_is_refused_on_the_tick_with_a_reason(region: Region) -> None:
    terms = region.terms()
    parties = tuple(replace(party, asks_per_day=1) for party in terms.parties)
    digest = region.agree(parties=parties)
    asked_by(region, region.borduna, probe_of(region.borduna, 9), digest)
    region.clock.step(minutes=3)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 8), digest)
    assert (probe.outcome, probe.reason) == ("refused", "quota-exceeded")
    answers = [m for m in mail_after_tick(region, region.borduna) if isinstance(m, Answer)]
    assert answers[-1].reason == "quota-exceeded"


# ---------------------------------------------------------------- protection before power

PROTECTED = {
    "refugee from the asker": REFUGEE,
    "asylum seeker who fears the asker": state(asylum_seeker=Reply.YES, feared=Origin.claimed("XBD")),
    "child of the asker's nationality": state("XBD", child=Reply.YES),
    "not asked, nationality of the asker": ProtectionState(nationality=Origin.known("XBD")),
    "nothing asked at all": ProtectionState(),
}


def _seen_by_the_asker(region: Region, digest: bytes) -> tuple[Any, ...]:
    """All that another state can see of one question (kinds, ticks, sizes on the wire, words), and our own audit."""
    start, before, puts = region.now(), Entry.objects.count(), len(region.relay.puts)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    rows = Outbox.objects.filter(conversation=probe.conversation).order_by("kind")
    ticks = [(row.kind, row.next_at - start, row.expires_at - start, Header.decode(row.header).bucket) for row in rows]
    audit = [
        (row.event, row.facts.get("outcome"), row.facts.get("quality"), sorted(row.facts))
        for row in Entry.objects.order_by("sequence")[before:]
    ]
    mail = sorted(mail_after_tick(region, region.borduna), key=lambda message: message.kind)
    told = [(m.kind, m.content() | {"message_id": "", "body_digest": "", "destroyed_at": ""}) for m in mail]
    sizes = [len(envelope) for _id, envelope in region.relay.puts[puts:]]
    return ticks, sizes, told, audit


@pytest.mark.parametrize("case", PROTECTED)
def test_with_and_without_a_barred_record_bytes_ticks_and_words_are_the_same(region: Region, case: str) -> None:
    digest, actors = region.agree(), cast()
    enrolled(region, 5)
    region.clock.step(seconds=7)
    without = _seen_by_the_asker(region, digest)
    enrolled(region, 1, PROTECTED[case])
    region.clock.step(seconds=3600 - 61)
    assert _seen_by_the_asker(region, digest) == without
    assert [name for name, *_rest in without[0]] == ["answer", "destruction-receipt"]
    assert len(without[1]) == 2
    assert not queries.queue(actors.examiner, now=region.now())
    assert not Candidate.objects.exists()


def test_that_comparison_would_see_a_record_that_is_not_barred(region: Region) -> None:
    """The control: the same two looks differ where the record may be a candidate."""
    digest = region.agree()
    enrolled(region, 5)
    without = _seen_by_the_asker(region, digest)
    enrolled(region, 1)
    region.clock.step(seconds=3600 - 61)
    assert _seen_by_the_asker(region, digest) != without


def test_the_same_record_is_found_for_a_state_that_is_not_barred(region: Region) -> None:
    digest = region.agree(CESTRIA)
    enrolled(region, 1, REFUGEE)
    probe = asked_by(region, region.cestria, probe_of(region.cestria, 1), digest)
    assert probe.state == "examine"


def test_a_record_that_becomes_protected_while_it_waits_is_answered_as_no_hit(region: Region) -> None:
    digest, actors = region.agree(), cast()
    subject = enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    change_protection(actors.protection, subject=subject, protection=REFUGEE, reason="told us today")
    found(actors, region, probe, Verdict.SAME)
    mail = mail_after_tick(region, region.borduna)
    assert one(mail, Answer).outcome is Outcome.NO_HIT
    assert one(mail, Deferred)
    probe.refresh_from_db()
    assert probe.subject is None


def test_searching_twice_answers_once(region: Region) -> None:
    digest = region.agree()
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 9), digest)
    assert searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock) == []
    assert destroying.destroy_answered(MACHINE, clock=region.clock) == 0
    assert kinds(mail_after_tick(region, region.borduna)) == ["answer", "destruction-receipt"]


def test_the_examiner_sees_prints_and_pairs_and_nothing_of_who_it_is(region: Region) -> None:
    digest, actors = region.agree(), cast()
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    compared = queries.compare(actors.examiner, probe.candidates.get(), now=region.now())
    assert compared.sheet.pairs > 10
    assert compared.probe_image.startswith(b"\x89PNG")
    assert compared.candidate_image != compared.probe_image
    assert "Canary" not in repr(compared)
    assert Entry.objects.filter(event="node:candidate:viewed").count() == 1


def _protect(actors: Cast, subject: Subject) -> None:
    change_protection(actors.protection, subject=subject, protection=REFUGEE, reason="told us today")


def test_a_record_that_becomes_protected_while_it_waits_is_shown_to_nobody(region: Region) -> None:
    digest, actors = region.agree(), cast()
    subject = enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    candidate = probe.candidates.get()
    assert queries.open_candidates(actors.examiner, probe, now=region.now()) == [candidate]
    _protect(actors, subject)
    assert queries.queue(actors.examiner, now=region.now()) == []
    for look in (queries.compare, queries.candidate_image):
        with pytest.raises(SearchError) as caught:
            look(actors.examiner, candidate, now=region.now())
        assert caught.value.code == "no-candidate"


def test_a_probe_all_of_whose_candidates_became_protected_is_answered_as_if_none_were_found(region: Region) -> None:
    digest, actors = region.agree(), cast()
    subject = enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    lapsing.lapse(MACHINE, clock=region.clock)
    probe.refresh_from_db()
    assert (probe.state, probe.candidates.count()) == ("examine", 1)  # nothing changed: it goes on waiting
    _protect(actors, subject)
    lapsing.lapse(MACHINE, clock=region.clock)
    probe.refresh_from_db()
    assert (probe.state, probe.candidates.count(), bytes(probe.template)) == ("received", 0, b"")
    searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock)
    probe.refresh_from_db()
    assert (probe.state, probe.outcome) == ("answered", "no-hit")
    assert one(mail_after_tick(region, region.borduna), Answer).outcome is Outcome.NO_HIT


@pytest.mark.parametrize("verdict", [Verdict.SAME, Verdict.NOT_SAME])
def test_where_one_of_two_candidates_became_protected_the_other_decides(region: Region, verdict: Verdict) -> None:
    digest, actors = region.agree(), cast()
    first, second = enrolled(region, 1), enrolled(region, 1, reference="B")
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    protected, left = (probe.candidates.get(finger__subject=subject) for subject in (first, second))
    _protect(actors, first)
    examining.find(
        actors.examiner, candidate=protected, verdict=Verdict.SAME, reason="a page left open", stepped_up=True,
        clock=region.clock,
    )  # fmt: skip
    probe.refresh_from_db()
    assert (probe.state, probe.subject) == ("examine", None)
    examining.find(
        actors.examiner, candidate=left, verdict=verdict, reason="ridge by ridge", stepped_up=True, clock=region.clock
    )
    probe.refresh_from_db()
    expected = ("hit", second) if verdict is Verdict.SAME else ("no-hit", None)
    assert (probe.outcome, probe.subject) == expected
