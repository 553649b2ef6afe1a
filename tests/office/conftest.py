"""A demonstration's office: its people, and browsers that have shown both factors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Protocol

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real
from pytest_django import Settings

from rso.accounts.factors import mark_demonstration
from rso.accounts.models import Organisation, Seat, User
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, Role, system_actor
from rso.office.directory.actions.loading import load
from rso.ui import pseudo

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEATS = {
    "official": (Role.MEMBER_OFFICIAL, "XAV"),
    "colleague": (Role.MEMBER_OFFICIAL, "XAV"),
    "stranger": (Role.MEMBER_OFFICIAL, "XBD"),
    "manager-a": (Role.CO_MANAGER, "XAV"),
    "manager-b": (Role.CO_MANAGER, "XBD"),
    "steering": (Role.STEERING_GROUP, "XCS"),
    "staff": (Role.RSO_STAFF, "RSO"),
    "administrator": (Role.OFFICE_ADMINISTRATOR, "RSO"),
    "party": (Role.INTERESTED_PARTY, "NGO"),
}


class Browser(Protocol):
    """Makes a browser for a person of :data:`SEATS`."""

    def __call__(self, name: str, *, checks: bool = False) -> Client: ...


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One synthetic person for each name of :data:`SEATS`, at invented members."""
    made = {}
    for code, kind in {"XAV": "state", "XBD": "state", "XCS": "state", "RSO": "office", "NGO": "ngo"}.items():
        Organisation.objects.get_or_create(code=code, defaults={"name": f"{code} (synthetic)", "kind": kind})
    for name, (role, code) in SEATS.items():
        user = User.objects.create_user(email=f"{name}@synthetic.invalid", name=f"P. {name.title()}", is_synthetic=True)
        organisation = Organisation.objects.get(code=code)
        Seat.objects.create(user=user, role=role, organisation=organisation, starts_on=date(2020, 1, 1))
        made[name] = user
    return made


@pytest.fixture
def actors(people: dict[str, User]) -> dict[str, Actor]:
    return {name: actor_of(user, NOW.date()) for name, user in people.items()}


@pytest.fixture
def directory(db: None) -> None:
    load(system_actor("command-line"))


@pytest.fixture
def browser(people: dict[str, User], settings: Settings) -> Browser:
    """Makes a browser for a person of :data:`SEATS`, signed in with both factors; it checks forgery if asked."""
    settings.RSO_DEMONSTRATION = True

    def make(name: str, *, checks: bool = False) -> Client:
        client = Client(enforce_csrf_checks=checks)
        client.force_login(people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        mark_demonstration(session)
        session.save()
        return client

    return make


@pytest.fixture(scope="session", autouse=True)
def _made_up_languages() -> None:
    if not django_settings.RSO_PSEUDO_LOCALES:
        django_settings.LANGUAGES = [*django_settings.LANGUAGES, *pseudo.LANGUAGES]
        trans_real.get_languages.cache_clear()
        pseudo.install()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language behind in the thread: here it ends with the test."""
    with translation.override("en"):
        yield
