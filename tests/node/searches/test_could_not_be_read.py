"""An image that this machine did not get to the end of is tried again, and then a person's: never poor by itself."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.node.cast import MACHINE, cast, enrolled, mail_after_tick, probe_of
from tests.node.people import client_of
from tests.node.region import Region

from rso.accounts.models import User
from rso.biometrics.reader import image_error
from rso.node.searches.actions import examining, searching
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.queries import answering as held
from rso.node.searches.rules import SearchError
from rso.wire.messages import Answer, Deferred, Outcome

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


class Failing:
    """The reading of images, as it goes where the limited process is too slow, or ends before its time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        self.code, self.tries, self.working = code, 0, searching.read_image
        monkeypatch.setattr(searching, "read_image", self)

    def __call__(self, data: bytes, *, resolution_ppi: int, finger: int) -> object:
        self.tries += 1
        if self.code:
            raise image_error(self.code)
        return self.working(data, resolution_ppi=resolution_ppi, finger=finger)


def arrived(region: Region) -> ReceivedProbe:
    region.borduna.send(probe_of(region.borduna, 1), region.agree())
    region.exchange()
    return ReceivedProbe.objects.get()


def tried(region: Region, probe: ReceivedProbe) -> tuple[str, str, int]:
    searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock)
    probe.refresh_from_db()
    return probe.state, probe.proposed, probe.unread


@pytest.mark.parametrize("code", ["timed-out", "reader-failed"])
def test_three_attempts_then_an_examiner_and_nothing_is_said_by_itself(
    region: Region, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    reading, probe, actors = Failing(monkeypatch, code), arrived(region), cast()
    assert tried(region, probe) == ("received", "", 1)
    assert tried(region, probe) == ("received", "", 2)
    assert tried(region, probe) == ("examine", "insufficient-quality", 3)
    assert tried(region, probe) == ("examine", "insufficient-quality", 3)
    assert reading.tries == 3
    assert [type(message) for message in mail_after_tick(region, region.borduna)] == [Deferred]
    with pytest.raises(SearchError) as caught:
        held.probe_image(actors.examiner, probe)
    assert caught.value.code == "unreadable"
    client = client_of(User.objects.get(pk=actors.examiner.person))
    page = client.get(reverse("searches:probe", args=[probe.pk])).content.decode()
    assert "This node could not read the print" in page
    assert "<img" not in page.split("<main")[1]
    examining.let_go(actors.examiner, probe=probe, reason="Tried thrice.", stepped_up=True, clock=region.clock)
    (answer,) = mail_after_tick(region, region.borduna)
    assert isinstance(answer, Answer)
    assert answer.outcome is Outcome.INSUFFICIENT_QUALITY


def test_an_attempt_that_works_is_as_if_none_had_failed(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    enrolled(region, 1)
    probe, reading = arrived(region), Failing(monkeypatch, "timed-out")
    tried(region, probe)
    reading.code = ""
    assert tried(region, probe) == ("examine", "", 0)
    assert probe.candidates.count() == 1


def test_an_image_that_is_none_is_poor_at_once(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    probe, _reading = arrived(region), Failing(monkeypatch, "not-an-image")
    assert tried(region, probe) == ("answered", "", 0)
    assert probe.outcome == "insufficient-quality"
