"""Mail about what happens on floors below, which cannot call the outbox themselves."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from rso.accounts.models import User
from rso.accounts.presenters import password_path
from rso.accounts.rules import Actor
from rso.accounts.signals import invitation_wanted
from rso.notices.actions import send_mail


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
