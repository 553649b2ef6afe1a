"""A GET of every plain route of the relay: no write, no 500, whoever asks."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.house.routes import all_faults, plain_paths, somebody
from tests.node.people import client_of

from rso.accounts.rules import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]  # a relay that is set up


def test_there_is_something_to_walk() -> None:
    assert {"/sign-in/login/", "/people/", "/audit/"} <= set(plain_paths())


def test_nobody_signed_in() -> None:
    assert all_faults(Client()) == []


def test_somebody_without_a_seat() -> None:
    assert all_faults(client_of(somebody())) == []


def test_somebody_without_a_second_factor() -> None:
    client = Client()
    client.force_login(somebody(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert all_faults(client) == []


def test_somebody_with_every_role() -> None:
    assert all_faults(client_of(somebody(*Role))) == []
