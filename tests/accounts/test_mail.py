"""Mail of signing in goes through the outbox: a mail server that is away loses none of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from rso.accounts import actions
from rso.accounts.models import User
from rso.accounts.presenters import password_path
from rso.accounts.rules import system_actor
from rso.notices.actions import deliver
from rso.notices.models import Mail

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("tests")


class Away(EmailBackend):
    """A server that nobody reaches."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("no server here")


@pytest.fixture
def noor() -> User:
    user = actions.invite(SYSTEM, email="noor@rso.example", name="Noor", synthetic=True)
    user.set_password("a long sentence that nobody guesses")
    user.save()
    return user


def test_a_forgotten_password_while_the_mail_server_is_away(noor: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    settings.RSO_SITE_NAME = "Regional Support Office"
    page = Client().post("/sign-in/password/reset/", {"email": noor.email})
    assert page.status_code == 302
    row = Mail.objects.get()
    assert (row.to_address, row.template) == (noor.email, "account/email/password_reset_key")
    assert row.subject.startswith("[Regional Support Office] ")
    assert not deliver(SYSTEM, pk=row.pk, now=timezone.now())
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Mail.State.WAITING, 1)
    assert deliver(SYSTEM, pk=row.pk, now=row.next_at)
    (sent,) = django_mail.outbox
    link = re.search(r"https?://\S+(/sign-in/password/reset/key/\S+)", str(sent.body))
    assert link
    assert Client().get(link.group(1), follow=True).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.body) == (Mail.State.SENT, ""), "the link does not lie about"


def test_two_requests_are_two_mails(noor: User) -> None:
    for _ in range(2):
        Client().post("/sign-in/password/reset/", {"email": noor.email})
    assert Mail.objects.filter(to_address=noor.email).count() == 2


def test_the_mail_is_in_the_language_of_the_page(noor: User) -> None:
    Client(headers={"accept-language": "en-xa"}).post("/sign-in/password/reset/", {"email": noor.email})
    assert Mail.objects.get().language == "en-xa"


def test_whoever_gets_a_new_password_is_told(noor: User) -> None:
    browser = Client()
    entry = browser.get(password_path(noor), follow=True).redirect_chain[-1][0]
    new = "another long sentence that nobody guesses"
    assert browser.post(entry, {"password1": new, "password2": new}).status_code == 302
    assert Mail.objects.get(to_address=noor.email).template == "account/email/password_reset"
