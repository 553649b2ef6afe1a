"""Digests: one mail a day or a week in place of many, at the reader's own hour and in the reader's own language."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from rso.accounts.models import User
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.defaults.queries import value_of
from rso.notices.actions import send_mail
from rso.notices.kinds import groups
from rso.notices.models import Notice, Wish
from rso.notices.rules import DIGESTS, Manner, NoticesEvent, NoticesPermission, slot
from rso.notices.settings import DIGEST_HOUR

#: So many lines, and then how many more there are.
MOST_LINES: Final = 60
_SALT: Final = "rso.notices.digest"


def zone_of(user: User) -> tzinfo:
    """The person's time zone; UTC where none is known here."""
    return ZoneInfo(user.time_zone) if user.time_zone in available_timezones() else ZoneInfo("UTC")


def send_due(actor: Actor, *, now: datetime) -> int:
    """Writes every digest that is due at ``now``; returns how many mails. A round that runs twice, or late, writes
    each once: what a digest has told of waits for none."""
    require(actor, NoticesPermission.DIGEST)
    hour = value_of(DIGEST_HOUR)
    waiting = Notice.objects.exclude(digest="").order_by("user_id", "digest").values_list("user_id", "digest")
    users = User.objects.in_bulk({user for user, _manner in waiting.distinct()})
    pairs = sorted(set(waiting))
    return sum(_send(actor, users[user], Manner(manner), hour, now) for user, manner in pairs)


@transaction.atomic
def _send(actor: Actor, user: User, manner: Manner, hour: int, now: datetime) -> int:
    due = slot(now, zone_of(user), manner, hour)
    found = Notice.objects.select_for_update().filter(user=user, digest=manner.value, created_at__lte=due)
    rows = list(found.order_by("created_at", "pk"))
    if not rows:
        return 0
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(digest="")
    news = [row for row in rows if row.read_at is None]
    if not news or not user.is_active:
        return 0
    with override(user.language or settings.LANGUAGE_CODE), timezone.override(zone_of(user)):
        lines = [
            {"words": row.words, "reference": row.reference, "path": row.path, "at": _local(row.created_at)}
            for row in news[:MOST_LINES]
        ]
    send_mail(
        actor,
        to_address=user.email,
        template="notices/mail/digest.txt",
        context={
            "name": user.name,
            "lines": lines,
            "more": len(news) - len(lines),
            "number": len(news),
            "weekly": manner is Manner.WEEKLY,
            "notices_path": reverse("notices:notices"),
            "wishes_path": reverse("notices:wishes"),
            "end_path": end_path(user),
        },
        key=f"digest:{user.opaque}:{manner.value}:{due.isoformat()}",
        language=user.language,
        unsubscribe=end_path(user),
    )
    return 1


def _local(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


@transaction.atomic
def wish(actor: Actor, *, manners: dict[str, Manner]) -> None:
    """Keeps how the actor wants to be told, by group. What waits for a digest that was given up goes into none."""
    known = {group.code for group in groups()}
    for group, manner in manners.items():
        if group not in known:
            raise RsoError("unknown-group", f"There is no group of notices named {group}.")
        Wish.objects.update_or_create(user_id=actor.person, group=group, defaults={"manner": manner.value})
    _drop(actor.person, [manner for manner in DIGESTS if manner not in manners.values()])
    record(actor, NoticesEvent.WISHED, subject=actor.opaque, facts={g: str(m) for g, m in manners.items()})


def _drop(user: int, manners: list[Manner]) -> None:
    Notice.objects.filter(user=user, digest__in=[manner.value for manner in manners]).update(digest="")


# ---- the link in a digest
def end_path(user: User) -> str:
    """The signed path that ends this person's digests. It signs nobody in, and does nothing else."""
    return reverse("notices:end-digest", args=[signing.dumps(str(user.opaque), salt=_SALT)])


def whose(token: str) -> User:
    """The person of a link; raises ``RsoError`` for one that we did not write."""
    try:
        return User.objects.get(opaque=signing.loads(token, salt=_SALT))
    except (signing.BadSignature, User.DoesNotExist):
        raise RsoError("unknown-link", "This link is incomplete, or was not written by this site.") from None


@transaction.atomic
def end(actor: Actor, *, token: str) -> User:
    """Turns the digests of the link's person into notices on the site; mail at once and all else stay as they are.

    No sign-in is asked for, as RFC 8058 wants it: the link itself says whose digests they are.
    """
    user = whose(token)
    digests = Wish.objects.filter(user=user, manner__in=[manner.value for manner in DIGESTS])
    changed = digests.update(manner=Manner.SITE.value)
    _drop(user.pk, list(DIGESTS))
    if changed:
        record(actor, NoticesEvent.ENDED, subject=user.opaque, facts={"groups": changed})
    return user
