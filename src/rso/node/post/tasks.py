"""Kicks and rounds of the post. A lost kick costs one round: the exchange finds what is due."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from rso.jobs.registry import every, task
from rso.jobs.rules import Retry
from rso.node.post import actions
from rso.node.post.adapters.http import relay
from rso.node.vault.actions import turn
from rso.wire.limits import HOUR


def _exchange(*, force: bool = False) -> None:
    if settings.RSO_AGENCY and settings.RSO_RELAY_URL:
        actions.exchange_once(relay(), force=force)


@task(retry=Retry(attempts=1))  # the outbox has its own retries
def exchange() -> None:
    """A kick after something was put into the outbox."""
    _exchange()


@task(retry=Retry(attempts=1))
def exchange_now() -> None:
    """An administrator does not want to wait."""
    _exchange(force=True)


@every(seconds=settings.RSO_EXCHANGE_SECONDS, name="post.exchange", retry=Retry(attempts=1))
def exchange_round() -> None:
    """What waits on either side; also what a lost kick left behind."""
    _exchange()


@every(seconds=HOUR, name="post.keys")
def keep_keys() -> None:
    """Destroys the weekly keys whose time is over, and turns the key ring at the week's turn."""
    now = timezone.now()
    actions.destroy_old_keys(actions.POST, now=now)
    turn(actions.POST, now=now)
