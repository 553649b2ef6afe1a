"""How django-allauth behaves here: nobody signs up by themselves, an account comes by invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from rso.accounts import actions
from rso.accounts.factors import PROVIDER_ORGANISATION, has_second_factor, signed_in_just_now
from rso.accounts.presenters import words_of
from rso.accounts.providers import Provider
from rso.accounts.rules import ANONYMOUS
from rso.accounts.signals import mail_written
from rso.base.errors import RsoError

if TYPE_CHECKING:

    class DefaultAccountAdapter:
        """What we use of allauth's class: the package ships no types that a strict check would follow."""

        def render_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> EmailMessage: ...

        request: HttpRequest

        def get_login_redirect_url(self, request: HttpRequest) -> str: ...

        def get_login_stages(self) -> list[str]: ...

    class DefaultSocialAccountAdapter:
        """The same of its class for identity providers."""

        def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]: ...

else:
    from allauth.account.adapter import DefaultAccountAdapter
    from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


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

    def get_login_stages(self) -> list[str]:
        """allauth's, with ours where a second factor is asked for."""
        ours, theirs = "rso.accounts.stages.SecondFactorStage", "allauth.mfa.stages.AuthenticateStage"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

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


def provider_of(sign_in: Any) -> Provider | None:
    """The provider behind allauth's record of a sign-in, if this installation knows it."""
    known: tuple[Provider, ...] = settings.RSO_PROVIDERS
    return next((one for one in known if one.id == sign_in.account.provider), None)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """An identity provider signs in whoever was invited, of its organisation. It makes no account and gives no seat."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Providers come from the installation's file. Where it names none, nobody asks the database for them."""
        return super().list_apps(request, provider, client_id) if settings.RSO_PROVIDERS else []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Every sign-in is judged, not the first alone: people leave, and seats end."""
        provider = provider_of(sociallogin)
        if provider is None or sociallogin.state.get("process") != "login" or request.user.is_authenticated:
            raise self._refusal(request, provider, "provider-not-here")
        known = sociallogin.user if sociallogin.is_existing else None
        addresses = [row.email for row in sociallogin.email_addresses if row.verified]
        try:
            user, is_first = actions.admit(
                ANONYMOUS, provider=provider, known=known, addresses=addresses, now=timezone.now()
            )
        except RsoError as error:
            raise self._refusal(request, provider, error.code) from error
        if is_first:
            sociallogin.connect(request, user)
            actions.note_provider(ANONYMOUS, provider=provider, user=user)
        # What this session may do is bound to the organisation that vouches for it, whatever seats come later.
        request.session[PROVIDER_ORGANISATION] = provider.organisation

    def _refusal(self, request: HttpRequest, provider: Provider | None, code: str) -> ImmediateHttpResponse:
        if provider is not None:
            actions.note_provider(ANONYMOUS, provider=provider, user=None, refused=code)
        context = {"words": words_of(RsoError(code, code)), "provider": provider}
        return ImmediateHttpResponse(render(request, "accounts/provider_refused.html", context, status=403))
