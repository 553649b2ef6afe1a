"""Signing in through an organisation's identity provider, against a real one that runs beside the tests."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from tests.accounts.identity_provider_said import PASSWORD, SECRET

from rso.accounts import actions, providers
from rso.accounts.models import Invitation, Organisation, Seat, User
from rso.accounts.providers import Provider
from rso.accounts.rules import ANONYMOUS, Role, system_actor
from rso.audit.models import Entry
from rso.base.errors import RsoError, SettingError

CHECKOUT = Path(__file__).resolve().parent.parent.parent
HOME = CHECKOUT / "build" / "provider"
SYSTEM = system_actor("tests")
LOGIN = "/sign-in/oidc/avaria/login/"


def _environment() -> Path:
    """The provider's own environment, made once from its own lock; its Python."""
    lock = CHECKOUT / "requirements" / "provider.txt"
    python, mark = HOME / "bin" / "python", HOME / ".ready"
    if mark.exists() and mark.read_text() == lock.read_text():
        return python
    uv = Path(sys.executable).with_name("uv")
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME],
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHECKOUT)
        if done.returncode != 0:
            reason = f"the identity provider (canaille) cannot be installed here: {done.stderr.strip()[-300:]}"
            if "CI" in os.environ:
                pytest.fail(reason)
            pytest.skip(reason)
    mark.write_text(lock.read_text())
    return python


def _run(*factors: str) -> tuple[subprocess.Popen[str], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    script = Path(__file__).with_name("identity_provider.py")
    process = subprocess.Popen(
        [_environment(), script, str(port), "http://testserver" + LOGIN + "callback/", *factors],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "ready":
            return process, f"http://localhost:{port}"
    raise AssertionError("the identity provider did not start")


@pytest.fixture(scope="module")
def running() -> Iterator[Callable[..., str]]:
    started: dict[tuple[str, ...], tuple[subprocess.Popen[str], str]] = {}

    def start(*factors: str) -> str:
        if factors not in started:
            started[factors] = _run(*factors)
        return started[factors][1]

    yield start
    for process, _url in started.values():
        process.terminate()
        process.wait(10)


@pytest.fixture
def provider(settings: Any, running: Callable[..., str]) -> Callable[..., Provider]:
    """Has the office know the provider, with ``second_factor`` as this installation accepts it."""

    def known(*factors: str, accepted: tuple[str, ...] = ()) -> Provider:
        one = Provider(
            "avaria", "Avaria's sign-in", "XAV", running(*factors), "rso", "a secret that both know",
            frozenset(accepted), domains=("avaria.example", "elsewhere.example"),
        )  # fmt: skip
        settings.RSO_PROVIDERS = (one,)
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": providers.as_apps((one,))}}
        return one

    return known


@pytest.fixture
def avaria() -> Organisation:
    return Organisation.objects.create(code="XAV", name="Avaria (synthetic)", kind="state")


def _invited(organisation: Organisation | None, name: str = "mira", seat: bool = True) -> User:
    user = actions.invite(SYSTEM, email=f"{name}@avaria.example", name=name.title(), organisation=organisation)
    if seat and organisation:
        actions.give_seat(
            SYSTEM, user=user, role=Role.MEMBER_OFFICIAL, organisation=organisation, starts_on=date(2020, 1, 1)
        )
    return user


def _code() -> str:
    digest = hmac.new(SECRET.encode(), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def come(name: str, client: Client | None = None) -> tuple[Client, Any]:
    """Goes the whole way as a browser does: our button, the provider's pages, back to us. Gives our last answer."""
    client = client or Client()
    sent = client.post(LOGIN)
    assert sent.status_code == 302, sent.content
    with httpx.Client(follow_redirects=False, timeout=20) as there:
        said = {"login": name, "password": PASSWORD}
        answer = there.get(sent["Location"])
        for _step in range(12):
            if answer.is_redirect:
                place = urljoin(str(answer.url), answer.headers["Location"])
                if urlsplit(place).hostname == "testserver":
                    back = urlsplit(place)
                    return client, client.get(f"{back.path}?{back.query}")
                answer = there.get(place)
                continue
            fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', answer.text))
            fields |= {k: unescape(v) for k, v in re.findall(r'name="(csrf_token)"[^>]*value="([^"]+)"', answer.text)}
            fields |= {name: text for name, text in said.items() if f'name="{name}"' in answer.text}
            if 'name="otp"' in answer.text:
                fields["otp"] = _code()
            answer = there.post(str(answer.url), data=fields)
    raise AssertionError(re.sub(r"<[^>]*>|\s+", " ", answer.text.partition("<body")[2])[:3000])


pytestmark = pytest.mark.django_db


class TestAgainstARealProvider:
    def test_an_invited_person_is_signed_in_and_still_asked_for_our_factor(
        self, provider: Callable[..., Provider], avaria: Organisation
    ) -> None:
        provider(accepted=("otp",))
        mira = _invited(avaria)
        client, answer = come("mira")
        assert client.session["_auth_user_id"] == str(mira.pk), answer.content.decode()[-3000:]
        assert answer["Location"] == "/sign-in/2fa/"
        assert client.get("/you/")["Location"] == "/sign-in/2fa/", "a password there is no second factor here"
        assert Entry.objects.filter(event="accounts:provider:linked", subject=str(mira.opaque)).count() == 1
        assert SocialAccount.objects.get(user=mira).provider == "avaria"
        again, _answer = come("mira")
        assert again.session["_auth_user_id"] == str(mira.pk)
        assert Entry.objects.filter(event="accounts:provider:linked").count() == 1

    def test_nobody_gets_an_account_or_a_seat(self, provider: Callable[..., Provider], avaria: Organisation) -> None:
        provider()
        before = (User.objects.count(), Seat.objects.count())
        client, answer = come("stranger")
        assert answer.status_code == 403
        assert "Nobody with this address was invited" in answer.content.decode()
        assert "_auth_user_id" not in client.session
        assert (User.objects.count(), Seat.objects.count()) == before
        refused = Entry.objects.get(event="accounts:provider:refused")
        assert refused.facts == {"provider": "avaria", "reason": "provider-unknown-person"}

    def test_a_second_factor_there_counts_where_the_setting_says_so(
        self, provider: Callable[..., Provider], avaria: Organisation
    ) -> None:
        mira = _invited(avaria)
        provider("password", "otp")
        client, _answer = come("mira")
        assert client.get("/you/")["Location"] == "/sign-in/2fa/", "said by the provider, accepted by nobody here"
        provider("password", "otp", accepted=("mfa",))
        client, _answer = come("mira")
        assert client.session["_auth_user_id"] == str(mira.pk)
        assert client.get("/you/").status_code == 200

    def test_an_address_that_nobody_vouches_for_signs_nobody_in(
        self, provider: Callable[..., Provider], avaria: Organisation, settings: Any
    ) -> None:
        _invited(avaria)
        one = provider()
        bare = Provider(**{name: getattr(one, name) for name in Provider.__slots__ if name != "domains"})
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": providers.as_apps((bare,))}}
        _client, answer = come("mira")
        assert answer.status_code == 403

    def test_who_left_is_refused_although_they_came_before(
        self, provider: Callable[..., Provider], avaria: Organisation
    ) -> None:
        provider()
        mira = _invited(avaria)
        come("mira")
        seat = Seat.objects.get(user=mira)
        actions.end_seat(SYSTEM, seat=seat, on=timezone.localdate() - timedelta(days=1))
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
        client, answer = come("mira")
        assert answer.status_code == 403
        assert "_auth_user_id" not in client.session

    def test_somebody_signed_in_connects_nothing(self, provider: Callable[..., Provider], avaria: Organisation) -> None:
        provider()
        _invited(avaria)
        other = User.objects.create_user(email="ada@rso.example", name="Ada")
        client = Client()
        client.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
        _client, answer = come("mira", client)
        assert answer.status_code == 403
        assert not SocialAccount.objects.exists()


ONE = Provider("avaria", "Avaria's sign-in", "XAV", "https://id.avaria.example", "rso", "x")


class TestWhoIsAdmitted:
    def _admit(self, address: str = "mira@avaria.example", now: Any = None) -> User:
        user, _first = actions.admit(
            ANONYMOUS, provider=ONE, known=None, addresses=[address], now=now or timezone.now()
        )
        return user

    def test_a_seat_elsewhere_too_closes_this_way(self, avaria: Organisation) -> None:
        mira = _invited(avaria)
        assert self._admit() == mira
        borduna = Organisation.objects.create(code="XBD", name="Borduna (synthetic)", kind="state")
        actions.give_seat(
            SYSTEM, user=mira, role=Role.MEMBER_OFFICIAL, organisation=borduna, starts_on=date(2999, 1, 1)
        )
        with pytest.raises(RsoError) as refused:
            self._admit()
        assert refused.value.code == "provider-other-organisation"

    def test_an_invitation_counts_while_it_works(self, avaria: Organisation) -> None:
        mira = _invited(avaria, seat=False)
        assert self._admit() == mira
        with pytest.raises(RsoError):
            self._admit(now=timezone.now() + timedelta(days=4))
        actions.withdraw_invitation(SYSTEM, user=mira, now=timezone.now())
        with pytest.raises(RsoError) as refused:
            self._admit()
        assert refused.value.code == "provider-closed"

    def test_an_invitation_of_another_organisation_does_not(self, avaria: Organisation) -> None:
        _invited(None, seat=False)
        with pytest.raises(RsoError) as refused:
            self._admit()
        assert refused.value.code == "provider-other-organisation"

    def test_an_address_that_its_holder_never_confirmed_does_not(self, avaria: Organisation) -> None:
        _invited(avaria)
        EmailAddress.objects.update(verified=False)
        with pytest.raises(RsoError) as refused:
            self._admit()
        assert refused.value.code == "provider-unknown-person"


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"amr": ["pwd", "otp", "mfa"]}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({"acr": "urn:avaria:two"}, True),
        ({"acr": ["urn:avaria:two"]}, False),
        ({}, False),
    ],
)
def test_what_counts_as_a_second_factor(claims: dict[str, Any], counts: bool) -> None:
    one = Provider("a", "A", "XAV", "https://a.example", "rso", "x", frozenset({"mfa", "urn:avaria:two"}))
    assert one.showed_second_factor(claims) is counts
    assert not ONE.showed_second_factor(claims), "without a setting nothing counts"


GOOD = """
[[provider]]
id = "avaria"
name = "Avaria's sign-in"
organisation = "XAV"
issuer = "https://id.avaria.example/"
client_id = "rso"
client_secret_file = "secret"
second_factor = ["mfa"]
domains = ["avaria.example"]
"""


class TestTheFile:
    def _read(self, folder: Path, text: str) -> tuple[Provider, ...]:
        (folder / "secret").write_text("kept in a file\n")
        (folder / "providers.toml").write_text(text)
        return providers.read(folder / "providers.toml")

    def test_a_good_one(self, tmp_path: Path) -> None:
        (one,) = self._read(tmp_path, GOOD)
        assert (one.issuer, one.client_secret) == ("https://id.avaria.example", "kept in a file")
        assert one.origins == ("https://id.avaria.example",)
        assert "kept in a file" not in django_settings.SECRET_KEY

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("https://", "http://", "begin with https"),
            ('["mfa"]', '["pwd"]', "which is a first one"),
            ('["mfa"]', '"mfa"', "list of texts"),
            ('id = "avaria"\n', "", "lacks one of"),
            ('"secret"', '"no-such"', "cannot be read"),
            ("domains", "domain", "not known: domain"),
            ("[[provider]]", "[provider", "no TOML"),
            ('id = "avaria"', 'id = "Avaria/.."', "small letters"),
        ],
    )
    def test_a_wrong_one_says_what_is_wrong(self, tmp_path: Path, old: str, new: str, told: str) -> None:
        with pytest.raises(SettingError, match=told):
            self._read(tmp_path, GOOD.replace(old, new, 1))
        with pytest.raises(SettingError, match="one id"):
            self._read(tmp_path, GOOD + GOOD)
