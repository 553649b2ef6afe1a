"""Leave and deputies: named, asked, agreed, ended; and what the audit says of acts done for another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.accounts.places import actor, client, holder, place
from tests.node.people import client_of

from rso.accounts import actions, queries
from rso.accounts.models import Delegation, Leave, Seat, User
from rso.accounts.rules import NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")


@pytest.fixture
def mira() -> User:
    return holder("Mira", Role.STEERING_GROUP)


@pytest.fixture
def noor() -> User:
    return holder("Noor", Role.MEMBER_OFFICIAL)


def _leave(user: User, first: int = 0, last: int = 10) -> Leave:
    today = timezone.localdate()
    return actions.mark_leave(
        actor(user), user=user, starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last), on=today
    )


def test_from_the_pages(mira: User, noor: User) -> None:
    hers, his, today = client_of(mira), client_of(noor), timezone.localdate()
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=5)).isoformat()}
    assert hers.post(reverse("accounts:mark-leave"), days)["Location"] == reverse("accounts:you")
    leave, seat = Leave.objects.get(), Seat.objects.get(user=mira)
    path = reverse("accounts:name-deputy", args=[leave.pk, seat.pk])
    assert path in hers.get(reverse("accounts:you")).content.decode()
    assert list(hers.get(path).context["form"].fields["deputy"].queryset) == [noor]
    assert hers.post(path, {"deputy": noor.pk}).status_code == 302
    assert not actor(noor).holds(Role.STEERING_GROUP), "asked is not agreed"
    row = Delegation.objects.get()
    answer = reverse("accounts:answer-as-deputy", args=[row.pk])
    assert answer in his.get(reverse("accounts:you")).content.decode()
    assert client_of(mira).post(answer, {"agree": "yes"}).status_code == 404, "nobody agrees for another"
    his.post(answer, {"agree": "yes"})
    assert actor(noor).holds(Role.STEERING_GROUP)
    assert "Noor" in hers.get(reverse("accounts:you")).content.decode()
    hers.post(reverse("accounts:end-leave", args=[leave.pk]))
    assert not actor(noor).holds(Role.STEERING_GROUP)
    events = set(Entry.objects.values_list("event", flat=True))
    assert {"accounts:leave:marked", "accounts:deputy:named", "accounts:deputy:agreed", "accounts:leave:changed"} <= (
        events
    )


def test_the_audit_says_for_whom(mira: User, noor: User) -> None:
    today, seat = timezone.localdate(), Seat.objects.get(user=mira)
    actions.name_deputy(SYSTEM, leave=_leave(mira), seat=seat, deputy=noor, on=today)
    actions.mark_leave(
        actor(noor), user=noor, starts_on=today + timedelta(days=90), ends_on=today + timedelta(days=91), on=today
    )
    row = Entry.objects.filter(event="accounts:leave:marked").order_by("-sequence")[0]
    assert (row.actor, row.facts["standing_in_for"]) == (noor.opaque, str(mira.opaque))
    actions.mark_leave(
        actor(mira), user=mira, starts_on=today + timedelta(days=90), ends_on=today + timedelta(days=91), on=today
    )
    row = Entry.objects.filter(event="accounts:leave:marked").order_by("-sequence")[0]
    assert "standing_in_for" not in row.facts


def test_a_deputy_does_not_pass_the_seat_on(mira: User, noor: User) -> None:
    today, seat = timezone.localdate(), Seat.objects.get(user=mira)
    actions.name_deputy(SYSTEM, leave=_leave(mira), seat=seat, deputy=noor, on=today)
    third = holder("Third", Role.MEMBER_OFFICIAL)
    later = _leave(noor, 20, 30)
    with pytest.raises((NotAllowed, RsoError)):
        actions.name_deputy(actor(noor), leave=later, seat=seat, deputy=third, on=today)
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize("declined", [True, False])
def test_a_no_leaves_room_for_another(mira: User, noor: User, declined: bool) -> None:
    today, seat, leave = timezone.localdate(), Seat.objects.get(user=mira), _leave(mira)
    row = actions.name_deputy(actor(mira), leave=leave, seat=seat, deputy=noor, on=today)
    third = holder("Third", Role.MEMBER_OFFICIAL)
    if declined:
        actions.answer_as_deputy(actor(noor), delegation=row, agree=False, on=today)
        assert actions.name_deputy(actor(mira), leave=leave, seat=seat, deputy=third, on=today).agreed_on is None
    else:
        with pytest.raises(RsoError, match="deputy for this seat"):
            actions.name_deputy(actor(mira), leave=leave, seat=seat, deputy=third, on=today)


def test_what_is_refused(mira: User, noor: User) -> None:
    today, seat, leave = timezone.localdate(), Seat.objects.get(user=mira), _leave(mira)
    administrator, elsewhere = holder("Ada", Role.MEMBER_ADMINISTRATOR), holder("Kelu", Role.MEMBER_OFFICIAL, "XBD")
    away = holder("Away", Role.MEMBER_OFFICIAL)
    _leave(away, 5, 6)
    refusals = {}
    for name, deputy in (("own", mira), ("elsewhere", elsewhere), ("away", away)):
        with pytest.raises(RsoError) as refused:
            actions.name_deputy(actor(mira), leave=leave, seat=seat, deputy=deputy, on=today)
        refusals[name] = refused.value.code
    assert refusals == {"own": "own-deputy", "elsewhere": "deputy-elsewhere", "away": "deputy-away"}
    with pytest.raises(RsoError) as refused:
        actions.name_deputy(
            actor(administrator), leave=_leave(administrator), seat=Seat.objects.get(user=administrator), deputy=noor,
            on=today,
        )  # fmt: skip
    assert refused.value.code == "role-not-delegable"
    with pytest.raises(RsoError) as refused:
        _leave(mira, 3, 4)
    assert refused.value.code == "leave-meets-another"
    with pytest.raises(RsoError) as refused:
        _leave(mira, -20, -10)
    assert refused.value.code == "leave-is-past"
    with pytest.raises(NotAllowed):
        actions.mark_leave(actor(noor), user=mira, starts_on=today, ends_on=today, on=today)
    with pytest.raises(NotAllowed):
        actions.name_deputy(actor(noor), leave=leave, seat=seat, deputy=noor, on=today)


def test_an_administrator_sets_a_deputy_only_for_roles_that_are_theirs(mira: User, noor: User) -> None:
    ada = client("Ada", Role.MEMBER_ADMINISTRATOR)
    today, away = timezone.localdate(), holder("Away", Role.MEMBER_OFFICIAL)
    days = {"starts_on": today.isoformat(), "ends_on": today.isoformat()}
    assert ada.post(reverse("accounts:mark-leave-for", args=[away.opaque]), days).status_code == 302
    leave = Leave.objects.get(user=away)
    ada.post(reverse("accounts:name-deputy", args=[leave.pk, Seat.objects.get(user=away).pk]), {"deputy": noor.pk})
    assert actor(noor).stands_in_for == {away.opaque}, "set by an administrator it counts at once"
    hers = _leave(mira)
    answer = ada.post(
        reverse("accounts:name-deputy", args=[hers.pk, Seat.objects.get(user=mira).pk]), {"deputy": noor.pk}
    )
    assert answer.status_code in (403, 422), "a seat of the Steering Group is the office's to lend"
    assert not Delegation.objects.filter(leave=hers).exists()


def test_a_closed_account_lends_nothing(mira: User, noor: User) -> None:
    today = timezone.localdate()
    actions.name_deputy(SYSTEM, leave=_leave(mira), seat=Seat.objects.get(user=mira), deputy=noor, on=today)
    mira.is_active = False
    mira.save()
    assert not actor(noor).holds(Role.STEERING_GROUP)


class TestSeatsOnADay:
    def _names(self, browser: Client, **asked: str) -> list[str]:
        return [row.name for row in browser.get(reverse("accounts:seats"), asked).context["rows"]]

    def test_who_held_this_seat_on_1_march_2018(self) -> None:
        office = client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO")
        one, two = holder("Before", Role.CO_CHAIR), holder("After", Role.CO_CHAIR)
        Seat.objects.filter(user=one).update(starts_on=date(2016, 1, 1), ends_on=date(2018, 3, 1))
        Seat.objects.filter(user=two).update(starts_on=date(2018, 3, 2))
        asked = {"role": "co-chair", "organisation": "XAV"}
        assert self._names(office, on="2018-03-01", **asked) == ["Before"]
        assert self._names(office, on="2018-03-02", **asked) == ["After"]
        assert self._names(office, on="2015-12-31", **asked) == []
        assert self._names(office, **asked) == ["After"]
        assert [s.user for s in queries.seats_on(date(2018, 3, 1)).filter(role=Role.CO_CHAIR)] == [one]

    def test_names_are_of_ones_own_organisation_and_a_search_tells_no_more(self) -> None:
        holder("Kelu", Role.MEMBER_OFFICIAL, "XBD")
        noor = client("Noor", Role.MEMBER_OFFICIAL)
        assert self._names(noor) == ["Noor", ""]
        assert "Kelu" not in noor.get(reverse("accounts:seats")).content.decode()
        assert self._names(noor, q="kelu") == []
        assert self._names(noor, q="noor") == ["Noor"]
        assert self._names(noor, q="borduna") == [""]
        answer = noor.post(reverse("accounts:export-seats") + "?q=borduna", {"format": "csv"})
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert "Kelu" not in lines[1]
        assert Entry.objects.get(event="accounts:person:exported").facts["rows"] == 1

    def test_an_interested_party_does_not_see_the_list(self) -> None:
        assert client("Hana", Role.INTERESTED_PARTY, "HARBOUR").get(reverse("accounts:seats")).status_code == 403

    def test_nonsense_narrows_nothing(self) -> None:
        office = client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO")
        assert self._names(office, on="soon", role="emperor", organisation="NOWHERE", page="x") == ["Olga"]


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_every_word_is_translated(mira: User, noor: User, language: str) -> None:
    today, seat, leave = timezone.localdate(), Seat.objects.get(user=mira), _leave(mira)
    hers = client_of(mira, headers={"accept-language": language})
    form = reverse("accounts:name-deputy", args=[leave.pk, seat.pk])
    pages = [hers.get(form), hers.post(form, {}), hers.get(reverse("accounts:you"))]
    actions.name_deputy(actor(mira), leave=leave, seat=seat, deputy=noor, on=today)
    his = client_of(noor, headers={"accept-language": language})
    pages += [browser.get(reverse("accounts:you")) for browser in (hers, his)]
    place("XAV")
    for page in pages:
        assert untranslated(page.content.decode()) == []
