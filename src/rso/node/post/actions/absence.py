"""A relay that is out of reach for long: the administrators are told once when it is, and once when it is back.

What was told stands in the contact's row, so that neither a worker that begins anew nor a second one tells it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require
from rso.node.post.models import RelayContact
from rso.node.post.rules import PostPermission
from rso.notices.actions import notify


@transaction.atomic
def out_of_reach(actor: Actor, *, now: datetime) -> None:
    """Notes that the relay was not reached at ``now``; tells so once that has lasted ``RSO_RELAY_AWAY_SECONDS``."""
    require(actor, PostPermission.EXCHANGE)
    row = RelayContact.objects.filter(pk=1)
    row.filter(away_since=None).update(away_since=now)
    long_ago = now - timedelta(seconds=settings.RSO_RELAY_AWAY_SECONDS)
    if row.filter(away_told=False, away_since__lte=long_ago).update(away_told=True):
        title = gettext_noop("The relay has been out of reach since %(since)s: nothing is sent or taken")
        _tell(actor, "post:relay-away", title, row.get().away_since, now)


@transaction.atomic
def within_reach(actor: Actor, *, now: datetime) -> None:
    """Notes that the relay has answered; tells so if it was told that it did not."""
    require(actor, PostPermission.EXCHANGE)
    contact = RelayContact.objects.select_for_update().filter(pk=1).first()
    if contact is None or contact.away_since is None:
        return
    RelayContact.objects.filter(pk=1).update(away_since=None, away_told=False)
    if contact.away_told:
        title = gettext_noop("The relay is within reach again; it was not since %(since)s")
        _tell(actor, "post:relay-back", title, contact.away_since, now)


def _tell(actor: Actor, kind: str, title: str, since: datetime | None, now: datetime) -> None:
    people = holders(Role.NODE_ADMINISTRATOR, now.date())
    context = {"since": f"{since:%Y-%m-%d %H:%M} UTC"}
    notify(actor, recipients=people, kind=kind, title=title, path=reverse("post:state"), context=context)
