"""Telling people. Everything is written in the caller's transaction: what is undone is not told.

The caller's own action leaves the audit row; the outbox row is the record of the message itself.
"""

from __future__ import annotations

import logging
import random as _random
from collections.abc import Iterable, Mapping
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from rso import sql
from rso.accounts.models import User
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.jobs.rules import Random
from rso.notices.models import Mail, Notice
from rso.notices.presenters import render_mail
from rso.notices.queries import wishes
from rso.notices.rules import DIGESTS, MAIL_RETRY, Manner, NoticesEvent, NoticesPermission, check_path

logger = logging.getLogger("rso.notices")
Context = Mapping[str, str | int]
#: Stands where an address was that is kept no longer.
FORGOTTEN: Final = "erased@erased.invalid"


@transaction.atomic
def notify(
    actor: Actor,
    *,
    recipients: Iterable[User],
    kind: str,
    title: str | Promise,
    path: str,
    context: Context | None = None,
    by_mail: bool = True,
    reference: str = "",
) -> list[Notice]:
    """Leaves a notice for each recipient but the actor, and with ``by_mail`` a mail that leads to the page: at once,
    or in a digest, as each of them wishes for this kind.

    ``title`` is a msgid (``gettext_noop`` or ``gettext_lazy``) with ``%(name)s`` places for ``context``. It
    goes out by mail, so it names no person whose data the site protects. ``reference`` says which of several alike
    it is; it is data, and goes into digests, so it names no person either.
    """
    check_path(path)
    with override(None):
        msgid = str(title)
    now = timezone.now()
    wanted = [user for user in dict.fromkeys(recipients) if user.pk != actor.user_id and user.is_active]
    manners = wishes([user.pk for user in wanted], str(kind)) if by_mail else {}
    told = []
    for user in wanted:
        manner = manners.get(user.pk, Manner.NOW) if by_mail else Manner.SITE
        notice = Notice(
            user=user, kind=str(kind), title=msgid, context=dict(context or {}), path=path, created_at=now,
            reference=reference[:200], digest=manner.value if manner in DIGESTS else "",
        )  # fmt: skip
        sql.add(notice)
        told.append(notice)
        if manner is Manner.NOW:
            with override(user.language or settings.LANGUAGE_CODE):
                said = {"notice_title": notice.words, "path": path, "name": user.name, "reference": notice.reference}
            send_mail(
                actor,
                to_address=user.email,
                template="notices/mail/notice.txt",
                context=said,
                key=f"notice:{notice.pk}",
                language=user.language,
            )
    return told


@transaction.atomic
def send_mail(
    actor: Actor,
    *,
    to_address: str,
    template: str,
    context: Mapping[str, Any],
    key: str,
    language: str = "",
    unsubscribe: str = "",
) -> Mail:
    """Puts a plain-text mail into the outbox, once for a ``key``: a second call gives the first one's row.

    The template's first line is ``Subject: ...``; it may use ``base_url`` and ``site_name`` beside ``context``.
    """
    known = Mail.objects.filter(key=key).first()
    if known is not None:
        return known
    language = language or settings.LANGUAGE_CODE
    subject, body = render_mail(template, context, language)
    return post_mail(
        actor, to_address=to_address, template=template, subject=subject, body=body, key=key, language=language,
        unsubscribe=unsubscribe,
    )  # fmt: skip


@transaction.atomic
def post_mail(
    actor: Actor,
    *,
    to_address: str,
    template: str,
    subject: str,
    body: str,
    key: str,
    language: str,
    unsubscribe: str = "",
) -> Mail:
    """Puts a mail that is written already into the outbox, once for a ``key``; ``template`` names its origin."""
    from rso.notices.tasks import deliver  # the task calls back into this module

    now = timezone.now()
    mail, is_new = Mail.objects.get_or_create(
        key=key,
        defaults={
            "to_address": to_address,
            "language": language,
            "template": template,
            "subject": subject[:300],
            "body": body,
            "unsubscribe": unsubscribe,
            "created_at": now,
            "next_at": now,
        },
    )
    if is_new:
        deliver.enqueue(str(mail.pk))
    return mail


@transaction.atomic
def _take(pk: UUID, now: datetime, random: Random) -> Mail | None:
    """Counts the attempt before it is made, so that a crash in the middle waits like a failure."""
    mail = (
        Mail.objects.select_for_update(skip_locked=True)
        .filter(pk=pk, state=Mail.State.WAITING, next_at__lte=now)
        .first()
    )
    if mail is None:
        return None
    mail.attempts += 1
    mail.next_at = now + MAIL_RETRY.wait(mail.attempts, random)
    mail.save(update_fields=["attempts", "next_at"])
    return mail


def deliver(actor: Actor, *, pk: UUID, now: datetime, random: Random = _random.random) -> bool:
    """Sends one mail if it waits and is due; ``False`` if sending failed (it will be tried again, or is dead).

    A crash between sending and writing that down sends it again later, with the same ``Message-ID``.
    """
    mail = _take(pk, now, random)
    if mail is None:
        return True
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to_address],
        headers={"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated", **_one_click(mail)},
    )
    try:
        message.send()
    except (OSError, SMTPException, ValueError) as error:
        _failed(actor, mail, error, now)
        return False
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENT, sent_at=now, body="", last_error="")
    return True


def _one_click(mail: Mail) -> dict[str, str]:
    """The headers of RFC 8058, with which a mail program ends such mail by one press."""
    if not mail.unsubscribe:
        return {}
    return {
        "List-Unsubscribe": f"<{settings.RSO_BASE_URL}{mail.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@transaction.atomic
def _failed(actor: Actor, mail: Mail, error: Exception, now: datetime) -> None:
    why = type(error).__name__
    if not _is_final(error) and not MAIL_RETRY.is_spent(mail.attempts):
        Mail.objects.filter(pk=mail.pk).update(last_error=why)
        return
    logger.error("Mail %s could not be sent (%s); it stays in the outbox.", mail.pk, why)
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.DEAD, last_error=why)
    record(actor, NoticesEvent.DEAD, subject=mail.pk, facts={"error": why, "attempts": mail.attempts})


def _is_final(error: Exception) -> bool:
    """A server's 5xx about the recipient, or an address that no message can carry, does not get better."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, ValueError)


@transaction.atomic
def resend(actor: Actor, *, mail: Mail) -> Mail:
    """Gives a dead mail its attempts anew."""
    from rso.notices.tasks import deliver as kick

    require(actor, NoticesPermission.RESEND, mail)
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    if mail.state != Mail.State.DEAD:
        raise RsoError("mail-not-dead", "This mail is not among those that could not be sent.")
    mail.state, mail.attempts, mail.next_at = Mail.State.WAITING, 0, timezone.now()
    mail.save(update_fields=["state", "attempts", "next_at"])
    record(actor, NoticesEvent.RESENT, subject=mail.pk)
    kick.enqueue(str(mail.pk))
    return mail


def mark_read(actor: Actor, *, notices: QuerySet[Notice]) -> int:
    """Marks the actor's own among ``notices`` as read; returns how many were unread."""
    if actor.user_id is None:
        return 0
    mine = notices.filter(user_id=actor.user_id, read_at__isnull=True)
    return mine.update(read_at=timezone.now())


@transaction.atomic
def forget_address(actor: Actor, *, key_begins: str) -> int:
    """Takes the addresses off mail whose key begins so, once their matter is erased; what waited is not sent.

    The row stays as proof that something was sent. The caller's own action leaves the audit row.
    """
    rows = Mail.objects.filter(key__startswith=key_begins).exclude(to_address=FORGOTTEN)
    rows.filter(state=Mail.State.WAITING).update(state=Mail.State.DEAD, last_error="Erased")
    return rows.update(to_address=FORGOTTEN, body="", subject="")
