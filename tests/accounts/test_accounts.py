from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rso.accounts import actions, queries
from rso.accounts.models import Organisation, Seat, SignInLink, User
from rso.accounts.rules import ANONYMOUS, NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("command-line")


@pytest.fixture
def avaria() -> Organisation:
    return Organisation.objects.create(code="XAV", name="Avaria (synthetic)", kind="state")


@pytest.fixture
def official(avaria: Organisation) -> User:
    user = actions.invite(SYSTEM, email="Mira@Avaria.example", name="Mira Sol", synthetic=True)
    actions.give_seat(SYSTEM, user=user, role=Role.MEMBER_OFFICIAL, organisation=avaria, starts_on=date(2018, 1, 1))
    return user


def test_who_held_this_seat_on_a_day(official: User, avaria: Organisation) -> None:
    seat = Seat.objects.get()
    actions.end_seat(SYSTEM, seat=seat, on=date(2018, 3, 1))
    assert queries.actor_of(official, date(2018, 3, 1)).holds(Role.MEMBER_OFFICIAL)
    assert not queries.actor_of(official, date(2018, 3, 2)).roles
    assert not queries.actor_of(official, date(2017, 12, 31)).roles
    assert list(queries.holders(Role.MEMBER_OFFICIAL, date(2018, 2, 1), "XAV")) == [official]
    assert not queries.holders(Role.MEMBER_OFFICIAL, date(2018, 2, 1), "XBD").exists()


def test_an_account_that_may_not_sign_in_is_nobody(official: User) -> None:
    official.is_active = False
    assert queries.actor_of(official, date(2020, 1, 1)) is ANONYMOUS
    assert queries.actor_of(AnonymousUser(), date(2020, 1, 1)) is ANONYMOUS


def test_nobody_seats_themselves_and_a_plain_official_seats_nobody(official: User, avaria: Organisation) -> None:
    today = timezone.localdate()
    plain = queries.actor_of(official, today)
    with pytest.raises(NotAllowed):
        actions.give_seat(plain, user=official, role=Role.CO_MANAGER, organisation=avaria, starts_on=today)
    office = Organisation.objects.create(code="RSO", name="Office (synthetic)", kind="office")
    actions.give_seat(SYSTEM, user=official, role=Role.OFFICE_ADMINISTRATOR, organisation=office, starts_on=today)
    administrator = queries.actor_of(official, today)
    with pytest.raises(RsoError, match="themselves"):
        actions.give_seat(administrator, user=official, role=Role.CO_MANAGER, organisation=avaria, starts_on=today)


def test_every_change_leaves_an_audit_row_without_a_name(official: User) -> None:
    events = list(Entry.objects.values_list("event", flat=True))
    assert events == ["accounts:person:invited", "accounts:seat:given"]
    assert "Mira" not in str(list(Entry.objects.values()))


def test_an_address_is_used_once_whatever_its_case(official: User) -> None:
    with pytest.raises(RsoError, match="already an account"):
        actions.invite(SYSTEM, email="MIRA@avaria.EXAMPLE", name="Another")


class TestDemonstrationLink:
    def test_it_signs_in_once_and_only_by_post(self, client: Client, official: User, settings) -> None:  # type: ignore[no-untyped-def]
        settings.RSO_DEMONSTRATION = True
        token = actions.make_sign_in_link(SYSTEM, user=official, now=timezone.now())
        path = reverse("accounts:demonstration-sign-in", args=[token])
        assert client.get(path).status_code == 200
        assert "_auth_user_id" not in client.session
        assert client.post(path).status_code == 302
        assert client.session["_auth_user_id"] == str(official.pk)
        assert Client().post(path).status_code == 410

    def test_it_cannot_be_made_or_used_outside_of_a_demonstration(
        self, client: Client, official: User, settings
    ) -> None:  # type: ignore[no-untyped-def]
        settings.RSO_DEMONSTRATION = True
        token = actions.make_sign_in_link(SYSTEM, user=official, now=timezone.now())
        settings.RSO_DEMONSTRATION = False
        with pytest.raises(RsoError, match="demonstration only"):
            actions.make_sign_in_link(SYSTEM, user=official, now=timezone.now())
        assert client.post(reverse("accounts:demonstration-sign-in", args=[token])).status_code == 404
        assert "_auth_user_id" not in client.session

    def test_it_is_for_synthetic_people_only_and_ends(self, client: Client, official: User, settings) -> None:  # type: ignore[no-untyped-def]
        settings.RSO_DEMONSTRATION = True
        now = timezone.now()
        token = actions.make_sign_in_link(SYSTEM, user=official, now=now)
        with pytest.raises(RsoError, match="out of date"):
            actions.use_sign_in_link(ANONYMOUS, token=token, now=now + timedelta(hours=25))
        User.objects.update(is_synthetic=False)
        with pytest.raises(RsoError):
            actions.use_sign_in_link(ANONYMOUS, token=token, now=now)
        assert SignInLink.objects.get().used_at is None


def test_a_session_without_a_second_factor_reaches_nothing_but_setting_one_up(client: Client, official: User) -> None:
    client.force_login(official)
    answer = client.get(reverse("accounts:permissions"))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("mfa_index")


def test_a_refusal_says_which_permission_is_missing(client: Client, official: User, settings) -> None:  # type: ignore[no-untyped-def]
    settings.RSO_DEMONSTRATION = True
    token = actions.make_sign_in_link(SYSTEM, user=official, now=timezone.now())
    client.post(reverse("accounts:demonstration-sign-in", args=[token]))
    assert client.get(reverse("accounts:people")).status_code == 403
    assert client.get(reverse("accounts:permissions")).status_code == 200
