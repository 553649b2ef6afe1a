"""An organisation's administrator keeps its own people, and sees nothing of anybody else's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.accounts.places import actor, client, holder, place

from rso.accounts import actions, queries
from rso.accounts.models import Agency, Invitation, Seat, User
from rso.accounts.presenters import password_path
from rso.accounts.rules import NotAllowed, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Mail
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")


@pytest.fixture
def avaria() -> Client:
    """Avaria's administrator; Borduna has people of its own."""
    holder("Kelu", Role.MEMBER_OFFICIAL, "XBD")
    return client("Ada", Role.MEMBER_ADMINISTRATOR)


def test_from_an_invitation_to_a_seat(avaria: Client) -> None:
    page = avaria.get(reverse("accounts:people")).content.decode()
    assert "Avaria (synthetic)" in page
    assert "Kelu" not in page
    form = avaria.get(reverse("accounts:invite")).context["form"]
    assert [row.code for row in form.fields["organisation"].queryset] == ["XAV"]
    given = {"name": "Noor", "email": "noor@avaria.example", "organisation": place("XAV").pk}
    answer = avaria.post(reverse("accounts:invite"), given)
    noor = User.objects.get(name="Noor")
    assert f"user={noor.pk}" in answer["Location"]
    assert Mail.objects.filter(to_address=noor.email).count() == 1
    seat = avaria.get(answer["Location"]).context["form"]
    assert {code for code, _words in seat.fields["role"].choices} == {
        "", "member-official", "focal-point", "national-training-director", "national-reviewer",
    }  # fmt: skip
    assert set(seat.fields["user"].queryset) == {noor, User.objects.get(name="Ada")}
    assert "Kelu" not in str(seat)
    given = {
        "user": noor.pk, "role": "focal-point", "organisation": place("XAV").pk, "subject": "trafficking",
        "starts_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert avaria.post(reverse("accounts:give-seat"), given)["Location"] == reverse(
        "accounts:person", args=[noor.opaque]
    )
    assert actor(noor).subjects(Role.FOCAL_POINT) == {"trafficking"}
    assert avaria.get(reverse("accounts:person", args=[noor.opaque])).status_code == 200


@pytest.mark.parametrize("role", ["member-administrator", "office-administrator", "co-manager", "rso-staff", "auditor"])
def test_other_roles_are_not_theirs_to_give(avaria: Client, role: str) -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    given = {"user": noor.pk, "role": role, "organisation": place("XAV").pk, "starts_on": "2026-01-01"}
    assert "role" in avaria.post(reverse("accounts:give-seat"), given).context["form"].errors
    with pytest.raises(NotAllowed, match="role-not-theirs"):
        actions.give_seat(
            actor(User.objects.get(name="Ada")), user=noor, role=Role(role), organisation=place("XAV"),
            starts_on=date(2026, 1, 1),
        )  # fmt: skip
    assert Seat.objects.filter(user=noor).count() == 1


def test_another_organisations_people_are_not_found(avaria: Client) -> None:
    kelu, seat = User.objects.get(name="Kelu"), Seat.objects.get(user__name="Kelu")
    borduna = place("XBD")
    agency = Agency.objects.create(organisation=borduna, code="XBD/P", name="Police")
    for path in (
        reverse("accounts:person", args=[kelu.opaque]),
        reverse("accounts:mark-leave-for", args=[kelu.opaque]),
        reverse("accounts:organisation", args=[borduna.pk]),
        reverse("accounts:add-agency", args=[borduna.pk]),
        reverse("accounts:rename-agency", args=[borduna.pk, agency.pk]),
    ):
        assert avaria.get(path).status_code == 404, path
    for name, key in (("invite-again", kelu.opaque), ("withdraw", kelu.opaque), ("end-seat", seat.pk)):
        assert avaria.post(reverse(f"accounts:{name}", args=[key])).status_code == 404, name
    for name in ("add-organisation",):
        assert avaria.get(reverse(f"accounts:{name}")).status_code == 403
    assert avaria.post(reverse("accounts:set-active", args=[kelu.opaque])).status_code == 403
    assert avaria.post(reverse("accounts:end-sessions-of", args=[kelu.opaque])).status_code == 403
    ada = actor(User.objects.get(name="Ada"))
    for act in (
        lambda: actions.invite(ada, email="x@y.example", name="X", organisation=borduna),
        lambda: actions.invite(ada, email="x@y.example", name="X"),
        lambda: actions.end_seat(ada, seat=seat, on=date(2026, 1, 1)),
        lambda: actions.add_agency(ada, organisation=borduna, code="A", name="A"),
        lambda: queries.seats_at(ada, borduna, date(2026, 1, 1)),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_went_to_another_organisation_is_that_ones_to_see(avaria: Client) -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    ada, today = actor(User.objects.get(name="Ada")), timezone.localdate()
    Seat.objects.filter(user=noor).update(ends_on=today - timedelta(days=1))
    assert noor in queries.people(ada, day=today), "without a seat elsewhere they are still Avaria's"
    Seat.objects.create(user=noor, role=Role.MEMBER_OFFICIAL, organisation=place("XBD"), starts_on=today)
    assert noor not in queries.people(ada, day=today)
    assert queries.names(ada, [noor.opaque], day=today) == {}


def test_only_the_seats_there_are_shown_of_somebody_with_two_organisations(avaria: Client) -> None:
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    Seat.objects.create(user=noor, role=Role.MEMBER_OFFICIAL, organisation=place("XBD"), starts_on=timezone.localdate())
    page = avaria.get(reverse("accounts:person", args=[noor.opaque])).content.decode()
    assert "Noor" in page
    assert "Borduna" not in page
    assert "Noor" not in avaria.get(reverse("accounts:people"), {"q": "borduna"}).content.decode()


def test_its_agencies(avaria: Client) -> None:
    here = reverse("accounts:organisation", args=[place("XAV").pk])
    assert avaria.get(reverse("accounts:organisations"))["Location"] == here
    page = avaria.get(here).content.decode()
    assert reverse("accounts:rename-organisation", args=[place("XAV").pk]) not in page
    avaria.post(reverse("accounts:add-agency", args=[place("XAV").pk]), {"name": "Coast Guard", "code": "XAV/COAST"})
    assert place("XAV").agencies.get().name == "Coast Guard"


def test_an_interested_partys_administrator_seats_its_own_kind() -> None:
    harbour = client("Hana", Role.PARTY_ADMINISTRATOR, "HARBOUR")
    noor = holder("Noor", Role.INTERESTED_PARTY, "HARBOUR")
    form = harbour.get(reverse("accounts:give-seat")).context["form"]
    assert [code for code, _words in form.fields["role"].choices] == ["", "interested-party"]
    assert harbour.get(reverse("accounts:person", args=[noor.opaque])).status_code == 200
    rows = harbour.get(reverse("accounts:seats")).context["rows"]
    assert {row.seat.organisation.code for row in rows} == {"HARBOUR"}


@pytest.mark.parametrize(
    ("role", "code", "more"),
    [
        (Role.MEMBER_OFFICIAL, "HARBOUR", {}),
        (Role.RSO_STAFF, "XAV", {}),
        (Role.OFFICE_ADMINISTRATOR, "XAV", {}),
        (Role.INTERESTED_PARTY, "XAV", {}),
        (Role.CO_MANAGER, "RSO", {}),
        (Role.EXAMINER, "XAV", {}),
        (Role.TRANSLATOR, "XAV", {}),
        (Role.TRANSLATOR, "XAV", {"language": "km", "subject": "x"}),
        (Role.FOCAL_POINT, "XAV", {}),
        (Role.MEMBER_OFFICIAL, "XAV", {"language": "km"}),
    ],
)
def test_a_role_is_held_where_and_for_what_it_means_something(role: Role, code: str, more: dict[str, Any]) -> None:
    noor = actions.invite(SYSTEM, email="noor@x.example", name="Noor", synthetic=True)
    with pytest.raises(RsoError) as refused:
        actions.give_seat(SYSTEM, user=noor, role=role, organisation=place(code), starts_on=date(2026, 1, 1), **more)
    assert refused.value.code in {
        "role-not-at-this-kind", "role-unknown-here", "language-where-needed", "subject-where-needed",
    }  # fmt: skip
    assert not Seat.objects.exists()


def test_the_form_says_where_the_language_is_missing_or_idle() -> None:
    office = client("Olga", Role.OFFICE_ADMINISTRATOR, "RSO")
    noor = holder("Noor", Role.MEMBER_OFFICIAL)
    given = {"user": noor.pk, "organisation": place("XAV").pk, "starts_on": "2026-01-01"}
    for role, more, wrong in (
        ("translator", {}, "language"),
        ("translator", {"language": "no-such"}, "language"),
        ("member-official", {"language": "km"}, "language"),
        ("focal-point", {}, "subject"),
        ("focal-point", {"subject": "Trafficking in persons!"}, "subject"),
        ("rso-staff", {}, "organisation"),
    ):
        answer = office.post(reverse("accounts:give-seat"), given | {"role": role} | more)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [wrong], role
    good = given | {"role": "translator", "language": "fa-AF"}
    assert office.post(reverse("accounts:give-seat"), good).status_code == 302
    assert actor(noor).languages(Role.TRANSLATOR) == {"fa-AF"}


class TestInvitations:
    def _invite(self, avaria: Client) -> User:
        given = {"name": "Noor", "email": "noor@avaria.example", "organisation": place("XAV").pk}
        avaria.post(reverse("accounts:invite"), given)
        return User.objects.get(name="Noor")

    def test_sending_again_ends_the_earlier_link(self, avaria: Client) -> None:
        noor = self._invite(avaria)
        first = password_path(noor)
        assert b'name="password2"' in Client().get(first, follow=True).content
        avaria.post(reverse("accounts:invite-again", args=[noor.opaque]))
        noor.refresh_from_db()
        assert Client().get(first, follow=True).context["token_fail"]
        assert b'name="password2"' in Client().get(password_path(noor), follow=True).content

    def test_withdrawing_ends_the_link_and_closes_the_account(self, avaria: Client) -> None:
        noor = self._invite(avaria)
        link = password_path(noor)
        page = avaria.post(reverse("accounts:withdraw", args=[noor.opaque]), follow=True).content.decode()
        assert "withdrawn" in page
        assert Client().get(link, follow=True).context["token_fail"]
        noor.refresh_from_db()
        assert not noor.is_active
        with pytest.raises(RsoError, match="withdrawn"):
            actions.invite_again(SYSTEM, user=noor, now=timezone.now())
        with pytest.raises(RsoError, match="no open invitation"):
            actions.withdraw_invitation(SYSTEM, user=noor, now=timezone.now())
        assert Entry.objects.filter(event="accounts:person:withdrawn", subject=str(noor.opaque)).count() == 1

    def test_the_list_shows_where_each_stands_and_of_ones_own_alone(self, avaria: Client) -> None:
        noor = self._invite(avaria)
        actions.invite(SYSTEM, email="x@borduna.example", name="Xenia", organisation=place("XBD"))
        late = actions.invite(SYSTEM, email="late@avaria.example", name="Late", organisation=place("XAV"))
        Invitation.objects.filter(user=late).update(expires_at=timezone.now() - timedelta(days=1))
        shown = {row.user.name: str(words) for row, words, _tone in self._rows(avaria)}
        assert shown == {"Noor": "waiting", "Late": "out of date"}
        noor.set_password("a long sentence that nobody guesses")
        noor.save()
        assert [row.user.name for row, *_more in self._rows(avaria)] == ["Late"]
        with pytest.raises(RsoError, match="has a password"):
            actions.withdraw_invitation(SYSTEM, user=noor, now=timezone.now())

    def _rows(self, browser: Client) -> list[Any]:
        return list(browser.get(reverse("accounts:invitations")).context["rows"])

    def test_the_first_link_leads_on(self, avaria: Client) -> None:
        self._invite(avaria)
        body = Mail.objects.get().body
        path = next(word for word in body.split() if "/password/reset/key/" in word)
        assert b'name="password2"' in Client().get(urlsplit(path).path, follow=True).content


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_every_word_is_translated(language: str) -> None:
    browser = client("Ada", Role.MEMBER_ADMINISTRATOR)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    noor = actions.invite(SYSTEM, email="noor@avaria.example", name="Noor", organisation=place("XAV"))
    for path in (
        reverse("accounts:people"), reverse("accounts:invite"), reverse("accounts:give-seat"),
        reverse("accounts:invitations"), reverse("accounts:person", args=[noor.opaque]),
        reverse("accounts:organisation", args=[place("XAV").pk]),
        reverse("accounts:mark-leave-for", args=[noor.opaque]),
        reverse("accounts:seats"),
    ):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert untranslated(answer.content.decode()) == [], path


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_the_link_of_an_invitation_is_shown_in_a_demonstration_only(
    avaria: Client, settings: Any, *, is_demonstration: bool
) -> None:
    settings.RSO_DEMONSTRATION = is_demonstration
    given = {"name": "Noor", "email": "noor@avaria.example", "organisation": place("XAV").pk}
    avaria.post(reverse("accounts:invite"), given)
    noor = User.objects.get(name="Noor")
    page = avaria.get(reverse("accounts:person", args=[noor.opaque])).content.decode()
    assert (password_path(noor) in page) == is_demonstration


def test_a_term_that_has_ended_is_not_opened_again_by_ending_it() -> None:
    ada, noor = actor(holder("Ada", Role.MEMBER_ADMINISTRATOR)), holder("Noor", Role.MEMBER_OFFICIAL)
    seat = Seat.objects.get(user=noor)
    actions.end_seat(ada, seat=seat, on=date(2021, 5, 1))
    with pytest.raises(RsoError) as refused:
        actions.end_seat(ada, seat=seat, on=date(2026, 5, 1))
    assert refused.value.code == "term-has-ended"
    seat.refresh_from_db()
    assert seat.ends_on == date(2021, 5, 1)
    assert actions.end_seat(ada, seat=seat, on=date(2021, 4, 1)).ends_on == date(2021, 4, 1)


def test_a_members_administrator_lets_nobody_into_a_body_of_the_bali_process() -> None:
    """A seat for a working group opens what is for that group alone."""
    from rso.office.directory.models import Body
    from rso.search.audiences import audiences_of

    Body.objects.create(
        code="wg-x", kind="working-group", name="Group X (synthetic)", since=date(2020, 1, 1), order=99, version=1
    )
    ada, noor = actor(holder("Ada", Role.MEMBER_ADMINISTRATOR)), holder("Noor", Role.MEMBER_OFFICIAL)
    given = {"user": noor, "role": Role.FOCAL_POINT, "organisation": place("XAV"), "starts_on": date(2026, 1, 1)}
    with pytest.raises(RsoError) as refused:
        actions.give_seat(ada, subject="wg-x", **given)
    assert refused.value.code == "subject-is-the-offices"
    assert "group:wg-x" not in audiences_of(actor(noor))
    actions.give_seat(SYSTEM, subject="wg-x", **given)
    assert "group:wg-x" in audiences_of(actor(noor))


@pytest.mark.parametrize("act", [actions.withdraw_invitation, actions.invite_again])
def test_who_has_come_by_an_identity_provider_is_no_longer_a_guest(act: Any) -> None:
    """They have no password, and still nobody but the office closes their account."""
    ada = actor(holder("Ada", Role.MEMBER_ADMINISTRATOR))
    noor = actions.invite(ada, email="noor@avaria.example", name="Noor", organisation=place("XAV"))
    User.objects.filter(pk=noor.pk).update(last_login=timezone.now())
    with pytest.raises(RsoError) as refused:
        act(ada, user=noor, now=timezone.now())
    assert refused.value.code == "has-signed-in"
    noor.refresh_from_db()
    assert noor.is_active
