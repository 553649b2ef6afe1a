"""How django-allauth behaves here: nobody signs up by themselves, an account comes by invitation."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse

from rso.accounts.factors import has_second_factor, signed_in_just_now

if TYPE_CHECKING:

    class DefaultAccountAdapter:
        """What we use of allauth's class: the package ships no types that a strict check would follow."""

        def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None: ...

        request: HttpRequest

        def get_login_redirect_url(self, request: HttpRequest) -> str: ...

else:
    from allauth.account.adapter import DefaultAccountAdapter

logger = logging.getLogger("rso.accounts")


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-registration; a mail server that is away does not break the page. Everything else is allauth's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Asks for the password or factor again before factors, password or address change, but not of somebody
        who signed in within the last minutes: the first set-up of a factor comes right after signing in."""
        return not signed_in_just_now(self.request.session)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever has no second factor yet is led to set one up at once, and not to a public page first."""
        if not has_second_factor(request.session):
            return reverse("mfa_index")
        return super().get_login_redirect_url(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends at once, past the outbox, since its links work for a short time: whoever waits in vain asks again."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.error("A mail (%s) could not be sent: %s.", template_prefix, type(error).__name__)
