"""People of a node, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from rso.accounts.models import Agency, Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, Role


def person(*roles: Role, name: str = "") -> User:
    """A person with seats at the invented state Avaria."""
    organisation = Organisation.objects.get_or_create(code="XAV", defaults={"name": "Avaria", "kind": "state"})[0]
    agency = Agency.objects.get_or_create(organisation=organisation, code="BORDER", defaults={"name": "Border"})[0]
    # An address has 254 characters at most, and somebody may hold every role.
    name = name or "-".join(roles[:3]) + str(User.objects.count())
    user = User.objects.create_user(email=f"{name}@example.invalid", name=name, is_synthetic=True)
    for role in roles:
        Seat.objects.create(user=user, role=role, organisation=organisation, agency=agency, starts_on=date(2020, 1, 1))
    return user


def acting(*roles: Role, name: str = "") -> Actor:
    """The actor of a new person."""
    return actor_of(person(*roles, name=name), timezone.localdate())


def client_of(user: User, **options: Any) -> Client:
    """A browser in which ``user`` has signed in and shown a second factor just now."""
    client = Client(**options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp()}]
    session.save()
    return client
