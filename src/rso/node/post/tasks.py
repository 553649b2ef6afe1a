"""Kicks and rounds of the post. A lost kick costs one round: the exchange finds what is due."""

from __future__ import annotations

import logging
from threading import Event
from typing import Final

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from rso.base.errors import RsoError
from rso.jobs.actions import kick
from rso.jobs.queries import is_waiting
from rso.jobs.registry import beside, every, task
from rso.jobs.rules import Retry
from rso.node.post import actions
from rso.node.post.adapters.http import relay
from rso.node.vault.actions import turn
from rso.wire.limits import HOUR

logger = logging.getLogger("rso.node.post")
LISTEN_S: Final = 25
LISTEN_AGAIN_S: Final = 0.5


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


@beside
def listen(stop: Event) -> None:
    """Waits at the relay for mail, and kicks an exchange when there is some. Without it, the round finds the mail.

    A relay that is away is left alone for a round: the exchange's own back-off says when it is tried again.
    """
    while not stop.is_set():
        try:
            known = bool(settings.RSO_AGENCY and settings.RSO_RELAY_URL)
            waits = known and relay().wait(LISTEN_S) > 0
            if waits:
                kick(exchange, now=timezone.now())
                while not stop.wait(LISTEN_AGAIN_S) and is_waiting(exchange, timezone.now()):
                    pass  # until the worker has come to it, the same mail would ring again
            pause = 0 if known else settings.RSO_EXCHANGE_SECONDS
        except (RsoError, DatabaseError) as error:
            logger.info("Listening at the relay ended (%s); again in a while.", type(error).__name__)
            pause = settings.RSO_EXCHANGE_SECONDS
        close_old_connections()
        stop.wait(pause)


@every(seconds=HOUR, name="post.keys")
def keep_keys() -> None:
    """Destroys the weekly keys whose time is over, and turns the key ring at the week's turn."""
    now = timezone.now()
    actions.destroy_old_keys(actions.POST, now=now)
    turn(actions.POST, now=now)
