"""What another member says is compared with what was sent and asked: else it is refused, and changes nothing."""

from __future__ import annotations

import secrets
from uuid import UUID

import pytest
from tests.node.cast import cast, drafted
from tests.node.region import BORDUNA, Region

from rso.base.clock import unix_seconds
from rso.node.post.models import Inbox, Outbox
from rso.node.searches.actions import asking, disclosing
from rso.node.searches.models import DisclosureAsk, Question
from rso.wire.limits import DAY
from rso.wire.messages import Answer, DestructionReceipt, Disclosure, Outcome, Probe

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def _asked(region: Region, digest: bytes) -> tuple[Question, Probe]:
    officer = cast().officer
    search = drafted(region, officer)
    (question,) = asking.send(officer, search=search, to=[str(BORDUNA)], stepped_up=True, clock=region.clock)
    region.exchange()
    (probe,) = region.borduna.mail()
    assert isinstance(probe, Probe)
    return question, probe


def _refused() -> list[str]:
    return list(Inbox.objects.filter(state=Inbox.State.REFUSED).values_list("code", flat=True))


def _receipt(region: Region, digest: bytes, probe: Probe, message_id: UUID, body_digest: bytes) -> None:
    now = unix_seconds(region.now())
    said = DestructionReceipt(probe.meta.reply(), message_id.bytes, body_digest, now, "probe")
    region.borduna.send(said, digest)
    region.exchange()


def _answered(region: Region, digest: bytes, probe: Probe) -> None:
    region.borduna.send(Answer(probe.meta.reply(), Outcome.NO_HIT), digest)
    region.exchange()


@pytest.mark.parametrize("case", ["true", "never sent", "other exchange", "other content"])
def test_a_destruction_receipt_is_of_what_was_sent_in_its_exchange(region: Region, case: str) -> None:
    digest = region.agree()
    question, probe = _asked(region, digest)
    other, _probe = _asked(region, digest)
    _answered(region, digest, probe)
    ours = Outbox.objects.get(conversation=question.conversation, kind=Probe.kind)
    theirs = Outbox.objects.get(conversation=other.conversation, kind=Probe.kind)
    named, body, code = {
        "true": (ours.pk, bytes(ours.body_digest), []),
        "never sent": (UUID(int=0), bytes(ours.body_digest), ["never-sent"]),
        "other exchange": (theirs.pk, bytes(theirs.body_digest), ["never-sent"]),
        "other content": (ours.pk, bytes(32), ["other-content"]),
    }[case]
    _receipt(region, digest, probe, named, body)
    question.refresh_from_db()
    assert (_refused(), question.destruction_told_at is not None) == (code, case == "true")


@pytest.mark.parametrize("where", ["given", "withheld", "asked"])
def test_a_disclosure_of_what_was_not_asked_is_refused_on_arrival(region: Region, where: str) -> None:
    digest, actors = region.agree(), cast()
    search = drafted(region, actors.officer)
    (question,) = asking.send(actors.officer, search=search, to=[str(BORDUNA)], stepped_up=True, clock=region.clock)
    region.exchange()
    (probe,) = region.borduna.mail()
    region.borduna.send(Answer(probe.meta.reply(), Outcome.HIT, hit_reference=secrets.token_bytes(16)), digest)
    region.exchange()
    question.refresh_from_db()
    disclosing.request(
        actors.officer, question=question, fields=["family-name"], justification="A lost passport.",
        stepped_up=True, clock=region.clock,
    )  # fmt: skip
    region.exchange()
    (request,) = region.borduna.mail()
    fields = {"family-name": "Canary"} | ({"birth-date": "1990-05-01"} if where == "given" else {})
    withheld = {"birth-date": "declined"} if where == "withheld" else {}
    expires = unix_seconds(region.now()) + 30 * DAY
    region.borduna.send(Disclosure(request.meta.reply(), fields, withheld, ("lead-only",), expires), digest)
    region.exchange()
    assert _refused() == ([] if where == "asked" else ["field-not-asked"])
    assert (DisclosureAsk.objects.get().came_at is not None) == (where == "asked")
