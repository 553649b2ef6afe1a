"""Notices. They name nobody and say nothing of a person."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from rso.accounts.models import User
from rso.accounts.rules import Actor
from rso.notices.actions import notify

AGREE = gettext_noop("A question about a person of unknown origin waits for you.")
AGREED = gettext_noop("The protection officer has answered about your question.")
ANSWERED = gettext_noop("An answer to your question has arrived.")
EXAMINE = gettext_noop("A print waits to be compared.")
REQUESTED = gettext_noop("A request for disclosure waits for you.")
GIVEN_UP = gettext_noop("A question that was never sent was destroyed.")
DISCLOSED = gettext_noop("The answer to your request for disclosure has arrived.")


def tell(actor: Actor, people: Iterable[User], title: str, path: str) -> None:
    """Leaves a notice for each of ``people``."""
    notify(actor, recipients=people, kind="node:search:notice", title=title, path=path, by_mail=False)
