"""Mail about what happens on floors below, which cannot call the outbox themselves."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.dispatch import receiver

from rso.accounts.models import User
from rso.accounts.presenters import password_path
from rso.accounts.rules import Actor, system_actor
from rso.accounts.signals import invitation_wanted, mail_written
from rso.notices.actions import post_mail, send_mail

SIGN_IN = system_actor("sign-in")


@receiver(invitation_wanted)
def on_invitation_wanted(sender: object, *, actor: Actor, user: User, key: str, **_: Any) -> None:
    send_mail(
        actor,
        to_address=user.email,
        template="notices/mail/invitation.txt",
        context={"name": user.name, "path": password_path(user)},
        key=key,
        language=user.language,
    )


@receiver(mail_written)
def on_mail_written(
    sender: object, *, to_address: str, template: str, subject: str, body: str, language: str, **_: Any
) -> None:
    """Each such mail holds a link or a code of its own, so each is a mail of its own."""
    post_mail(
        SIGN_IN,
        to_address=to_address,
        template=template,
        subject=subject,
        body=body,
        key=f"sign-in:{uuid4()}",
        language=language,
    )
