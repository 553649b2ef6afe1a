"""Browsers of the people at the desk."""

from __future__ import annotations

from django.test import Client
from tests.content.desk import Desk

from rso.accounts.factors import mark_demonstration
from rso.accounts.models import User
from rso.content.models import LanguageVersion
from rso.content.queries import heads


def browser(made: Desk, name: str) -> Client:
    """A browser of a person of the desk, signed in with both factors (the setting of a demonstration is needed)."""
    client = Client()
    client.force_login(
        User.objects.get(pk=made.actors[name].user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    mark_demonstration(session)
    session.save()
    return client


def text_of(made: Desk, version: LanguageVersion, key: str) -> str:
    """What a segment says in the working copy."""
    head = heads(version).get(made.segment(key).pk)
    return head.text if head else ""


def base_of(made: Desk, version: LanguageVersion, key: str) -> int:
    head = heads(version).get(made.segment(key).pk)
    return head.number if head else 0
