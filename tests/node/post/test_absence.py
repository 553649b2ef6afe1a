"""The relay is out of reach: its administrators are told once, and once more when it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.node.people import acting, client_of, person
from tests.node.region import Region

from rso.accounts.rules import Actor, Role
from rso.node.post import actions, queries
from rso.node.post.actions import absence
from rso.node.post.models import RelayContact
from rso.node.post.ports import TransportError
from rso.node.post.rules import is_out_of_reach
from rso.notices.models import Mail, Notice

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
AWAY, BACK = "post:relay-away", "post:relay-back"


@pytest.fixture
def administrator() -> Actor:
    return acting(Role.NODE_ADMINISTRATOR)


def told(administrator: Actor) -> list[str]:
    found = Notice.objects.filter(user_id=administrator.user_id, kind__in=[AWAY, BACK])
    return list(found.order_by("created_at", "pk").values_list("kind", flat=True))


def pass_for(region: Region, minutes: int, every: int = 10) -> None:
    """Exchanges every few minutes, the last one when ``minutes`` are over."""
    for _ in range(0, minutes, every):
        region.clock.step(minutes=every)
        region.exchange()


def test_an_hour_without_the_relay_is_told_once_and_its_return_once(region: Region, administrator: Actor) -> None:
    region.exchange()
    region.relay.away = True
    region.exchange()  # the hour begins with the first attempt that fails
    pass_for(region, 50)
    assert told(administrator) == []
    pass_for(region, 10)
    assert told(administrator) == [AWAY]
    pass_for(region, 300)
    assert told(administrator) == [AWAY]
    region.relay.away = False
    pass_for(region, 60)
    assert told(administrator) == [AWAY, BACK]


def test_down_up_down_is_told_each_time_it_lasts(region: Region, administrator: Actor) -> None:
    for times in (1, 2):
        region.relay.away = True
        pass_for(region, 70)
        assert told(administrator) == [AWAY, BACK] * (times - 1) + [AWAY]
        region.relay.away = False
        pass_for(region, 10)
        assert told(administrator) == [AWAY, BACK] * times


def test_a_relay_that_comes_and_goes_within_the_hour_is_not_told(region: Region, administrator: Actor) -> None:
    for _ in range(6):
        region.relay.away = True
        pass_for(region, 50)
        region.relay.away = False
        pass_for(region, 10)
    assert told(administrator) == []
    assert queries.contact().away_since is None


def test_a_worker_that_begins_anew_goes_on_counting_and_tells_nothing_twice(
    region: Region, administrator: Actor
) -> None:
    """All that is known stands in the database; between two passes there may be no process at all."""
    region.relay.away = True
    region.exchange()
    began = queries.contact().away_since
    region.clock.step(days=3)  # no worker runs
    region.exchange()
    assert queries.contact().away_since == began == region.now() - timedelta(days=3)
    assert told(administrator) == [AWAY]
    region.clock.step(days=3)
    region.exchange()
    assert told(administrator) == [AWAY]
    region.clock.step(days=3)
    region.relay.away = False
    region.exchange()
    region.clock.step(days=3)
    region.exchange()
    assert told(administrator) == [AWAY, BACK]


def test_days_without_a_worker_are_no_absence_of_the_relay(region: Region, administrator: Actor) -> None:
    region.exchange()
    region.clock.step(days=3)
    region.relay.away = True
    region.exchange()
    assert told(administrator) == []


def test_two_workers_tell_it_once(region: Region, administrator: Actor) -> None:
    """Each of them finds the hour to be over, or the relay to be back."""
    RelayContact.objects.create(pk=1, away_since=region.now() - timedelta(hours=1))
    for _ in range(2):
        absence.out_of_reach(actions.POST, now=region.now())
    for _ in range(2):
        absence.within_reach(actions.POST, now=region.now())
    assert told(administrator) == [AWAY, BACK]


@pytest.mark.parametrize(("seconds", "kinds"), [(119, []), (120, [AWAY])])
def test_the_setting_says_how_long(
    region: Region, administrator: Actor, settings: Settings, seconds: int, kinds: list[str]
) -> None:
    settings.RSO_RELAY_AWAY_SECONDS = 120
    region.relay.away = True
    region.exchange()
    region.clock.step(seconds=seconds)
    region.exchange()
    assert told(administrator) == kinds


def test_a_relay_that_refuses_is_there(region: Region, administrator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is wrong then is said otherwise, as a wrong clock is."""
    region.relay.away = True
    pass_for(region, 70)

    def refuse() -> None:
        raise TransportError("unknown-key", "The directory has no such key.", away=True)

    monkeypatch.setattr(region.relay, "contact", refuse)
    pass_for(region, 120)
    assert told(administrator) == [AWAY, BACK]


def test_a_wrong_clock_is_no_absence(region: Region, administrator: Actor) -> None:
    region.relay.shift = timedelta(days=1)
    pass_for(region, 120)
    assert told(administrator) == []
    assert Notice.objects.filter(user_id=administrator.user_id, kind="post:clock").count() == 1


@pytest.mark.parametrize(
    ("code", "is_away"),
    [
        ("relay-away", True),
        ("answer-malformed", True),
        ("answer-too-large", True),
        ("answer-too-slow", True),
        ("not-ready", True),
        ("clock-off", False),
        ("unknown-key", False),
        ("quota-used", False),
        ("", False),
    ],
)
def test_which_answers_are_none(code: str, is_away: bool) -> None:
    assert is_out_of_reach(code) is is_away


def test_only_administrators_are_told_and_of_nobody(region: Region) -> None:
    people = {role: person(role) for role in (Role.NODE_ADMINISTRATOR, Role.OFFICER, Role.AUDITOR, Role.APPROVER)}
    region.relay.away = True
    pass_for(region, 70)
    since = queries.contact().away_since
    region.relay.away = False
    pass_for(region, 10)
    notices = list(Notice.objects.order_by("created_at", "pk"))
    assert {notice.user_id for notice in notices} == {people[Role.NODE_ADMINISTRATOR].pk}
    assert [notice.context for notice in notices] == [{"since": f"{since:%Y-%m-%d %H:%M} UTC"}] * 2
    said = " ".join([*(notice.words for notice in notices), *Mail.objects.values_list("subject", flat=True)])
    assert not any(person.name in said or person.email in said for person in people.values())


def test_the_page_says_since_when(region: Region) -> None:
    client: Client = client_of(person(Role.NODE_ADMINISTRATOR))
    region.relay.away = True
    region.exchange()
    page = client.get(reverse("post:state")).content.decode()
    assert "Out of reach since" in page
    assert f"{region.now():%Y-%m-%d %H:%M:%S} UTC" in page
    region.relay.away = False
    region.clock.step(minutes=1)
    region.exchange()
    assert "Out of reach since" not in client.get(reverse("post:state")).content.decode()
