"""Sessions are listed and ended, and sensitive acts ask for a fresh second factor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.accounts.places import client, holder, place, stale
from tests.node.people import client_of

from rso.accounts.models import User
from rso.accounts.presenters import device_of
from rso.accounts.rules import Role
from rso.audit.models import Entry

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"


def browser(user: User, agent: str) -> Client:
    """A browser that has been seen: its first request after a while."""
    made = client_of(user, headers={"user-agent": agent})
    session = made.session
    session["rso_seen"] = 0.0
    session.save()
    made.get("/about/")
    return made


def test_ones_own_sessions_are_listed_and_ended() -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    here, there = browser(noor, FIREFOX), browser(noor, PHONE)
    rows = here.get(reverse("accounts:sessions")).context["sessions"]
    assert [(str(row.device), row.place, row.current) for row in rows] == [
        ("Firefox on Linux", "127.0.0.1", True), ("Chrome on Android", "127.0.0.1", False),
    ]  # fmt: skip
    here.post(reverse("accounts:end-sessions"), {"session": rows[1].pk})
    assert there.get(reverse("accounts:you")).status_code == 302
    assert here.get(reverse("accounts:you")).status_code == 200
    assert "Chrome" not in here.get(reverse("accounts:sessions")).content.decode()
    row = Entry.objects.get(event="accounts:session:ended")
    assert (row.subject, row.facts) == (str(noor.opaque), {"sessions": 1})


def test_all_others_at_once_and_nobody_elses() -> None:
    noor, mira = holder("Noor", Role.MEMBER_OFFICIAL), holder("Mira", Role.MEMBER_OFFICIAL)
    here, there, hers = browser(noor, FIREFOX), browser(noor, PHONE), browser(mira, PHONE)
    foreign = UserSession.objects.get(user=mira).pk
    said = here.post(reverse("accounts:end-sessions"), {"session": foreign}, follow=True).content.decode()
    assert "ended already" in said
    here.post(reverse("accounts:end-sessions"))
    assert [one.get(reverse("accounts:you")).status_code for one in (here, there, hers)] == [200, 302, 200]


def test_an_administrator_signs_somebody_out_everywhere() -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    hers, office = browser(noor, PHONE), client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO")
    office.post(reverse("accounts:end-sessions-of", args=[noor.opaque]))
    assert hers.get(reverse("accounts:you")).status_code == 302
    assert not UserSession.objects.filter(user=noor).exists()


def test_last_seen_is_noted_now_and_then_and_signing_out_takes_the_session_off() -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    here = browser(noor, FIREFOX)
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    here.get("/about/")
    assert UserSession.objects.get().last_seen_at < timezone.now() - timedelta(minutes=50), "not at every page"
    session = here.session
    session["rso_seen"] = 0.0
    session.save()
    here.get("/about/")
    assert UserSession.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)
    here.post("/sign-in/logout/")
    assert not UserSession.objects.exists()


def test_a_device_is_told_as_far_as_the_browser_says() -> None:
    assert str(device_of(FIREFOX)) == "Firefox on Linux"
    assert str(device_of("curl/8")) == "A program that does not say what it is"
    assert str(device_of("<script>")) == "A program that does not say what it is"


class TestFreshFactor:
    def test_opening_a_sensitive_page_leads_to_showing_the_factor_and_back(self) -> None:
        office = stale(client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO"))
        answer = office.get(reverse("accounts:invite") + "?organisation=1")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/2fa/")
        assert "next=%2Fpeople%2Finvite%2F%3Forganisation%3D1" in answer["Location"]

    def test_what_was_typed_is_kept_and_nothing_is_done(self) -> None:
        office = stale(client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO"))
        given = {"name": 'Noor "of the coast"', "email": "noor@avaria.example", "organisation": place("XAV").pk}
        answer = office.post(reverse("accounts:invite"), given)
        assert answer.status_code == 403
        page = answer.content.decode()
        assert 'value="Noor &quot;of the coast&quot;"' in page
        assert page.count('name="csrfmiddlewaretoken"') >= 1
        assert not User.objects.filter(email="noor@avaria.example").exists()

    @pytest.mark.parametrize("name", ["set-active", "end-sessions-of"])
    def test_acts_upon_others_are_guarded(self, name: str) -> None:
        noor = holder("Noor", Role.MEMBER_OFFICIAL)
        office = stale(client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO"))
        answer = office.post(reverse(f"accounts:{name}", args=[noor.opaque]), {"active": "no"})
        assert answer.status_code == 403
        assert "Show your second factor again" in answer.content.decode()
        noor.refresh_from_db()
        assert noor.is_active

    def test_whoever_may_not_is_told_so_first(self) -> None:
        noor = stale(client("Noor", Role.MEMBER_OFFICIAL))
        answer = noor.get(reverse("accounts:invite"))
        assert answer.status_code == 403
        assert "accounts:person:invite" in answer.content.decode()
