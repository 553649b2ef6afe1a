"""Reading notices and the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from rso.accounts.rules import Actor, require
from rso.notices.models import Mail, Notice
from rso.notices.rules import NoticesPermission


def mine(actor: Actor) -> QuerySet[Notice]:
    """The actor's own notices, the latest first; of nobody, none."""
    if actor.user_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(user_id=actor.user_id)


def unread_count(actor: Actor) -> int:
    return mine(actor).filter(read_at__isnull=True).count() if actor.signed_in else 0


def outbox(actor: Actor) -> QuerySet[Mail]:
    """All mail, the latest first, for an administrator."""
    require(actor, NoticesPermission.SEE_OUTBOX)
    return Mail.objects.all()


def due_mail(now: datetime) -> QuerySet[Mail, UUID]:
    """Ids of the mail that should be out by ``now``, the longest due first."""
    waiting = Mail.objects.filter(state=Mail.State.WAITING, next_at__lte=now)
    return waiting.order_by("next_at").values_list("pk", flat=True)
