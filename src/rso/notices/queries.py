"""Reading notices and the outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from rso.accounts.rules import Actor, require
from rso.notices.kinds import OTHER, group_of, groups
from rso.notices.models import Mail, Notice, Wish
from rso.notices.rules import Manner, NoticesPermission


def mine(actor: Actor) -> QuerySet[Notice]:
    """The actor's own notices, the latest first; of nobody, none."""
    if actor.user_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(user_id=actor.user_id)


def of_group(code: str) -> Q:
    """Notices of one group, as a condition; of an unknown one, none."""
    found = {group.code: group.prefixes for group in groups()}
    begins = [prefix for group, prefixes in found.items() if code in (group, OTHER) for prefix in prefixes]
    if code not in found:
        return Q(pk__in=[])
    any_of = Q(*(Q(kind__startswith=prefix) for prefix in begins), _connector=Q.OR)
    return ~any_of if code == OTHER and begins else any_of


def unread_by_group(actor: Actor) -> dict[str, int]:
    """How many of the actor's notices of each group are unread."""
    kinds = mine(actor).filter(read_at__isnull=True).order_by().values_list("kind").annotate(n=Count("pk"))
    found: dict[str, int] = {}
    for kind, number in kinds:
        code = group_of(kind).code
        found[code] = found.get(code, 0) + number
    return found


def wishes(users: Collection[int], kind: str) -> dict[int, Manner]:
    """How each of these people wants to be told of a kind; who is not in it is told at once."""
    rows = Wish.objects.filter(user__in=users, group=group_of(kind).code).values_list("user_id", "manner")
    return {user: Manner(manner) for user, manner in rows}


def wishes_of(actor: Actor) -> dict[str, Manner]:
    """The actor's own wish for each group."""
    said = {} if actor.user_id is None else dict(Wish.objects.filter(user=actor.user_id).values_list("group", "manner"))
    return {group.code: Manner(said.get(group.code, Manner.NOW)) for group in groups()}


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
