"""People's pages as an administrator uses them, and sign-in's pages in languages that nobody speaks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.node.people import client_of, person

from rso.accounts import actions, queries
from rso.accounts.models import Organisation, Seat, User
from rso.accounts.presenters import password_path
from rso.accounts.roles import ROLE_WORDS, ROLES_AT
from rso.accounts.rules import Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError
from rso.notices.models import Mail
from rso.ui.pseudo import untranslated

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("command-line")


@pytest.fixture
def administrator() -> Client:
    return client_of(person(Role.OFFICE_ADMINISTRATOR, name="Ada"))


def test_inviting_mails_a_link_that_sets_a_password_once(administrator: Client) -> None:
    answer = administrator.post(reverse("accounts:invite"), {"name": "Noor", "email": "noor@rso.example"})
    assert answer.status_code == 302
    path = password_path(User.objects.get(email="noor@rso.example"))
    mail = Mail.objects.get(to_address="noor@rso.example")
    assert mail.template == "notices/mail/invitation.txt"
    stranger = Client()
    page = stranger.get(path, follow=True)
    entry = page.redirect_chain[-1][0]
    given = {"password1": "a long sentence that nobody guesses", "password2": "a long sentence that nobody guesses"}
    done = stranger.post(entry, given, follow=True).content.decode()
    assert f'href="{reverse("account_login")}"' in done.partition("<main")[2], "the page leads on"
    assert User.objects.get(email="noor@rso.example").has_usable_password()
    assert Client().get(path, follow=True).context["token_fail"]


def test_an_invented_person_is_mailed_nothing() -> None:
    actions.invite(SYSTEM, email="nobody@avaria.example", name="Nobody", synthetic=True)
    assert not Mail.objects.exists()


def test_an_invitation_is_sent_again_until_a_password_is_set(administrator: Client) -> None:
    user = actions.invite(SYSTEM, email="noor@rso.example", name="Noor")
    administrator.post(reverse("accounts:invite-again", args=[user.opaque]))
    assert Mail.objects.filter(to_address=user.email).count() == 2
    user.set_password("something long enough")
    user.save()
    with pytest.raises(RsoError, match="has a password"):
        actions.invite_again(SYSTEM, user=user, now=timezone.now())
    answer = administrator.post(reverse("accounts:invite-again", args=[user.opaque]), follow=True)
    assert "ask for a new one" in answer.content.decode()


def test_closing_an_account_ends_its_session_and_nobody_closes_their_own(administrator: Client) -> None:
    noor = person(Role.MEMBER_OFFICIAL, name="Noor")
    hers = client_of(noor)
    assert hers.get(reverse("accounts:permissions")).status_code == 200
    administrator.post(reverse("accounts:set-active", args=[noor.opaque]), {"active": "no"})
    assert hers.get(reverse("accounts:permissions")).status_code == 302
    administrator.post(reverse("accounts:set-active", args=[noor.opaque]), {"active": "yes"})
    assert User.objects.get(pk=noor.pk).is_active
    ada = User.objects.get(name="Ada")
    said = administrator.post(reverse("accounts:set-active", args=[ada.opaque]), {"active": "no"}, follow=True)
    assert "ask another administrator" in said.content.decode()
    assert User.objects.get(pk=ada.pk).is_active
    events = list(Entry.objects.filter(event__startswith="accounts:person:").values_list("event", flat=True))
    assert events == ["accounts:person:closed", "accounts:person:opened"]


def test_people_are_found_by_name_address_and_organisation(administrator: Client) -> None:
    person(Role.MEMBER_OFFICIAL, name="Mira")
    elsewhere = actions.invite(SYSTEM, email="kelu@borduna.example", name="Kelu", synthetic=True)
    organisation = Organisation.objects.create(code="XBD", name="Borduna (synthetic)", kind="state")
    actions.give_seat(
        SYSTEM, user=elsewhere, role=Role.MEMBER_OFFICIAL, organisation=organisation, starts_on=date(2020, 1, 1)
    )

    def found(words: str) -> set[str]:
        return {user.name for user in administrator.get(reverse("accounts:people"), {"q": words}).context["page"]}

    assert found("mir") == {"Mira"}
    assert found("kelu@BORDUNA") == {"Kelu"}
    assert found("borduna") == {"Kelu"}
    assert found("kelu borduna") == {"Kelu"}
    assert found("kelu avaria") == set()
    assert found("") == {"Ada", "Mira", "Kelu"}


def test_the_list_has_pages(administrator: Client) -> None:
    for number in range(35):
        actions.invite(SYSTEM, email=f"p{number}@avaria.example", name=f"Person {number:02d}", synthetic=True)
    first = administrator.get(reverse("accounts:people")).context["page"]
    second = administrator.get(reverse("accounts:people"), {"page": 2}).context["page"]
    assert (len(first), len(second)) == (30, 6)


def test_only_roles_that_open_something_here_are_offered_and_none_is_chosen(administrator: Client) -> None:
    noor = actions.invite(SYSTEM, email="noor@rso.example", name="Noor", synthetic=True)
    offered = dict(administrator.get(reverse("accounts:give-seat")).context["form"].fields["role"].choices)
    assert set(offered) == {"", *(role.value for role in ROLES_AT["office"])}
    given = {
        "user": noor.pk,
        "organisation": Organisation.objects.get(code="XAV").pk,
        "starts_on": timezone.localdate().isoformat(),
    }
    for role in ("", "examiner"):
        answer = administrator.post(reverse("accounts:give-seat"), given | {"role": role})
        assert "role" in answer.context["form"].errors
    assert not Seat.objects.filter(user=noor).exists()
    table = administrator.get(reverse("accounts:permissions")).content.decode()
    assert ("Examiner" in table, "Relay staff" in table, "RSO staff" in table) == (False, False, True)


def test_a_seat_is_given_and_ended_from_the_pages(administrator: Client) -> None:
    noor = actions.invite(SYSTEM, email="noor@rso.example", name="Noor", synthetic=True)
    organisation, today = Organisation.objects.get(code="XAV"), timezone.localdate()
    given = {
        "user": noor.pk,
        "role": "member-official",
        "organisation": organisation.pk,
        "starts_on": today.isoformat(),
    }
    backward = given | {"ends_on": (today - timedelta(days=1)).isoformat()}
    assert "before it begins" in administrator.post(reverse("accounts:give-seat"), backward).content.decode()
    administrator.post(reverse("accounts:give-seat"), given)
    assert queries.actor_of(noor, today).holds(Role.MEMBER_OFFICIAL)
    administrator.post(reverse("accounts:end-seat", args=[Seat.objects.get(user=noor).pk]))
    assert not queries.actor_of(noor, today + timedelta(days=1)).holds(Role.MEMBER_OFFICIAL)


@pytest.mark.parametrize(
    ("deployment", "there", "absent"),
    [("office", "rso-staff", "examiner"), ("node", "examiner", "rso-staff"), ("relay", "relay-staff", "examiner")],
)
def test_a_deployment_offers_and_shows_its_own_roles_and_none_is_chosen_before(
    administrator: Client, settings: Any, deployment: str, there: str, absent: str
) -> None:
    settings.DEPLOYMENT = deployment
    choices = [
        code for code, _words in administrator.get(reverse("accounts:give-seat")).context["form"]["role"].field.choices
    ]
    assert choices[0] == ""
    assert there in choices
    assert absent not in choices
    shown = {
        str(words) for _name, roles, _rule in administrator.get("/permissions/").context["rows"] for words in roles
    }
    assert str(ROLE_WORDS[Role(absent)]) not in shown


def test_every_role_means_something_somewhere() -> None:
    assert {role for roles in ROLES_AT.values() for role in roles} == set(Role)


def test_without_a_second_factor_a_session_acts_as_nobody_even_on_public_pages(client: Client) -> None:
    client.force_login(person(Role.OFFICE_ADMINISTRATOR), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/").content.decode()
    assert reverse("accounts:people") not in page
    assert client.get("/sign-in/password/change/")["Location"] == reverse("mfa_index")


def test_the_command_makes_the_first_administrator_and_prints_the_link(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "invite_administrator", email="first@rso.example", name="First", organisation="RSO", kind="office",
        organisation_name="Regional Support Office",
    )  # fmt: skip
    first = User.objects.get()
    assert queries.actor_of(first, timezone.localdate()).holds(Role.OFFICE_ADMINISTRATOR)
    link = capsys.readouterr().out.split()[-1]
    # The link names its second, so another that is made now may differ: followed, it must let its holder choose.
    assert b'name="password2"' in client.get(urlsplit(link).path, follow=True).content


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "nonsense"}, "email: .*valid email address"),
        ({"email": ""}, "email: "),
        ({"name": "n" * 300}, "name: .*at most"),
        ({"organisation": "O" * 21}, "code: .*at most"),
    ],
)
def test_the_command_refuses_what_a_form_would(wrong: dict[str, str], words: str) -> None:
    good = {"email": "first@rso.example", "name": "First", "organisation": "RSO", "kind": "office"}
    with pytest.raises(CommandError, match=words):
        call_command("invite_administrator", **(good | wrong))
    assert not User.objects.exists()


def _factor_pages(user: User) -> list[str]:
    """The pages of factors that are set up: a passkey renamed and removed, an app removed, recovery codes."""
    TOTP.activate(user, "a" * 32)
    RecoveryCodes.activate(user)
    known = {"name": "Telephone", "credential": {"clientExtensionResults": {}}}
    passkey = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=known)
    one = [reverse(f"mfa_{name}_webauthn", kwargs={"pk": passkey.pk}) for name in ("edit", "remove")]
    several = ("mfa_list_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
    return [*one, *(reverse(name) for name in several), reverse("mfa_index")]


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
class TestEveryWordIsTranslated:
    def test_of_people(self, language: str) -> None:
        client = client_of(person(Role.OFFICE_ADMINISTRATOR), headers={"accept-language": language})
        noor = actions.invite(SYSTEM, email="noor@rso.example", name="Noor")
        paths = [
            reverse("accounts:people"),
            reverse("accounts:people") + "?q=nothing-like-this",
            reverse("accounts:invite"),
            reverse("accounts:give-seat"),
            reverse("accounts:permissions"),
            reverse("accounts:permissions") + "?role=co-manager",
            reverse("accounts:permissions") + "?role=secondee",
            reverse("accounts:invitations"),
            reverse("accounts:seats"),
            reverse("accounts:seats") + "?q=nothing-like-this",
            reverse("accounts:bring"),
            reverse("accounts:you"),
            reverse("accounts:mark-leave"),
            reverse("accounts:sessions"),
            reverse("accounts:shown"),
            reverse("accounts:person", args=[noor.opaque]),
            reverse("accounts:person", args=[User.objects.exclude(pk=noor.pk).get().opaque]),
            reverse("notices:notices"),
            reverse("notices:outbox"),
        ]
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert untranslated(answer.content.decode()) == [], path

    def test_of_signing_in(self, language: str) -> None:
        stranger = Client(headers={"accept-language": language})
        noor = actions.invite(SYSTEM, email="noor@rso.example", name="Noor")
        paths = [
            "/sign-in/login/", "/sign-in/password/reset/", "/sign-in/password/reset/done/", "/sign-in/signup/",
            "/sign-in/password/reset/key/done/", password_path(noor), "/sign-in/password/reset/key/1-no-such/",
        ]  # fmt: skip
        for path in paths:
            answer = stranger.get(path, follow=True)
            assert answer.status_code == 200, path
            assert untranslated(answer.content.decode()) == [], path

    def test_of_setting_up_factors(self, language: str) -> None:
        noor = person(Role.MEMBER_OFFICIAL, name="Noor")
        noor.set_password("a long sentence that nobody guesses")
        noor.save()
        client = client_of(noor, headers={"accept-language": language})
        session = client.session
        session["account_authentication_methods_user_id"] = str(noor.pk)
        session.save()
        for path in (
            "/sign-in/2fa/", "/sign-in/2fa/totp/activate/", "/sign-in/2fa/webauthn/add/", "/sign-in/2fa/webauthn/",
            "/sign-in/email/", "/sign-in/password/change/", "/sign-in/logout/", "/sign-in/reauthenticate/",
        ):  # fmt: skip
            answer = client.get(path, follow=True)
            assert answer.status_code == 200, path
            assert untranslated(answer.content.decode()) == [], path

    def test_of_factors_that_are_set_up(self, language: str) -> None:
        noor = person(Role.MEMBER_OFFICIAL, name="Noor")
        client = client_of(noor, headers={"accept-language": language})
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp()}]
        session.save()
        for path in _factor_pages(noor):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert untranslated(answer.content.decode()) == [], path
