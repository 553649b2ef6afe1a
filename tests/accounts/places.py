"""Organisations and people of the office, for tests about who keeps whom."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.utils import timezone
from tests.node.people import client_of

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, Role

KINDS = {"XAV": "state", "XBD": "state", "HARBOUR": "ngo", "RSO": "office"}
NAMES = {"XAV": "Avaria (synthetic)", "XBD": "Borduna (synthetic)", "HARBOUR": "Harbour Foundation (synthetic)"}


def place(code: str) -> Organisation:
    defaults = {"name": NAMES.get(code, code), "kind": KINDS[code]}
    return Organisation.objects.get_or_create(code=code, defaults=defaults)[0]


def holder(name: str, role: Role, code: str = "XAV") -> User:
    """A person with one seat since 2020."""
    user = User.objects.create_user(email=f"{name.lower()}@{code.lower()}.example", name=name)
    Seat.objects.create(user=user, role=role, organisation=place(code), starts_on=date(2020, 1, 1))
    return user


def actor(user: User) -> Actor:
    return actor_of(user, timezone.localdate())


def client(name: str, role: Role, code: str = "XAV") -> Client:
    """A browser in which a new person with this seat is signed in."""
    return client_of(holder(name, role, code))


def stale(browser: Client) -> Client:
    """The same browser an hour after its second factor was shown."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp() - 3600}]
    session.save()
    return browser
