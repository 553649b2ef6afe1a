"""How django-allauth behaves here: nobody signs up by themselves, an account comes by invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from rso.accounts.factors import has_second_factor, signed_in_just_now
from rso.accounts.signals import mail_written

if TYPE_CHECKING:

    class DefaultAccountAdapter:
        """What we use of allauth's class: the package ships no types that a strict check would follow."""

        def render_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> EmailMessage: ...

        request: HttpRequest

        def get_login_redirect_url(self, request: HttpRequest) -> str: ...

else:
    from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Closes self-registration; its mail goes through the outbox. Everything else is allauth's."""

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
        """Hands the mail to the outbox, which stands on a floor above and listens: a mail server that is away
        loses nothing, and the page does not wait for it."""
        here = {"name": settings.RSO_SITE_NAME, "domain": settings.RSO_BASE_URL}
        said = {"request": self.request, "email": email, "current_site": here, **context}
        mail = self.render_mail(template_prefix, email, said)
        mail_written.send(
            AccountAdapter,
            to_address=email,
            template=template_prefix,
            subject=mail.subject,
            body=mail.body,
            language=get_language() or settings.LANGUAGE_CODE,
        )

    def format_email_subject(self, subject: str) -> str:
        """The name of the site as it is set, and not the host name of whoever asked."""
        return f"[{settings.RSO_SITE_NAME}] {subject}"
